/**
 * What the writer has on its way.
 *
 * @module
 */

import type { Append } from "./appends.ts";
import type { PreparedChange } from "./change.ts";
import type { PublishOptions, Receipt } from "./layer.ts";

/** What waits to become durable: an entry with those that appear with it, or a change without one. */
export interface Pending {
  /** What it appends, the entry that is answered with first. */
  readonly appends: readonly Append[];
  /** What it changes. */
  readonly change: PreparedChange | undefined;
  /** Bytes of its values. */
  readonly bytes: number;
  /** Bytes of its keys. */
  readonly keyBytes: number;
  /** Milliseconds after which the store may forget the entry. */
  readonly expireInMs: number | undefined;
  /** What makes a second one with the same key be answered as the first. */
  readonly once: Once | undefined;
  /** When it is refused, by `performance.now()`. */
  readonly deadline: number;
  /** Answers; of a change without an entry the receipt says nothing. */
  readonly resolve: (receipt: Receipt) => void;
  /** Refuses. */
  readonly reject: (error: unknown) => void;
}

/** A client's key, and what it is used for. */
export interface Once {
  /** The group. */
  readonly group: string;
  /** The entry's event. */
  readonly json: string;
  /** The key. */
  readonly key: string;
  /** See `PublishOptions`. */
  readonly isSame: PublishOptions["isSame"];
  /** Where its first use is kept. */
  readonly index: Deno.KvKey;
}

/** Where an entry is: in which commit, and where in its group's part of that. */
export interface Place {
  /** The commit's versionstamp. */
  readonly stamp: string;
  /** See `entryCursor`. */
  readonly index: number;
}

/** Bytes of a key in the store, at most: a part is its UTF-8, where NUL takes two, between two marks. */
export function storeKeyBytes(parts: readonly Deno.KvKeyPart[]): number {
  return parts.reduce((bytes: number, part) => bytes + 3 * String(part).length + 2, 0);
}
