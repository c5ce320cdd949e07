/**
 * A room's messages, as they have become: a log read backwards and forwards, without what else happened.
 *
 * @module
 */

import type { ChannelLayer, Cursor, Entry } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import { ChatError } from "../protocol/errors.ts";
import { allowed } from "./allowed.ts";
import { roomGroup } from "./keys.ts";
import type { Reactions } from "./reactions.ts";
import type { Standings } from "./standings.ts";
import { findMessage, isMessage } from "./stored_message.ts";

/** Entries that one request looks at, about: somebody may have filled a log with reactions. */
const MAX_WORK = 5_000;

/** Which part of a room's history to read; at most one of `before`, `after` and `around`. */
export interface HistoryOptions {
  /** The last ones before it. */
  readonly before?: Cursor | undefined;
  /** The first ones after it. */
  readonly after?: Cursor | undefined;
  /** Half before, half from it on. */
  readonly around?: Cursor | undefined;
  /** 1 to 200. */
  readonly limit: number;
}

/** A part of a room's history. */
export interface HistoryPage {
  /** Oldest first. */
  readonly items: readonly Entry[];
  /** Whether there are older ones. */
  readonly hasBefore: boolean;
  /** Whether there are newer ones. */
  readonly hasAfter: boolean;
  /** Cursor → emoji that the caller gave, of messages that do not name all who gave them. */
  readonly mine: Readonly<Record<string, readonly string[]>>;
  /** Where to look on, with the same `before` or `after`: there was more than could be looked at. */
  readonly next?: Cursor;
}

/** What {@linkcode History} is made of. */
export interface HistoryParts {
  /** Holds the logs. */
  readonly layer: ChannelLayer;
  /** Who is what. */
  readonly standings: Standings;
  /** Knows who gave which emoji. */
  readonly reactions: Pick<Reactions, "mine">;
}

/** Where to begin, and which way. */
type Place = { readonly before?: Cursor } | { readonly after: Cursor };

interface Found {
  /** Oldest first. */
  readonly items: Entry[];
  /** Whether there are more in the direction of reading. */
  readonly more: boolean;
  /** The head of the first page that was read. */
  readonly head: Cursor;
  readonly next?: Cursor;
}

/** See the module. */
export class History {
  readonly #parts: HistoryParts;

  /**
   * Makes it.
   *
   * @param parts See {@linkcode HistoryParts}.
   */
  constructor(parts: HistoryParts) {
    this.#parts = parts;
  }

  /**
   * Reads a part of a room's history.
   *
   * @param room A parsed room name.
   * @throws {ChatError} `bad_cursor`, `bad_request` (two cursors), `cursor_expired`, `forbidden`, `unavailable`.
   */
  async read(caller: Caller, room: string, options: HistoryOptions): Promise<HistoryPage> {
    const { before, after, around } = options;
    if ([before, after, around].filter((cursor) => cursor !== undefined).length > 1) {
      throw new ChatError("bad_request", "Cannot read from two places at once: give one of before, after and around");
    }
    await allowed(this.#parts.standings, caller, room, () => ["read"], true);
    const page = await this.#page((place, most) => this.#find(room, place, most), options);
    return { ...page, mine: await this.#parts.reactions.mine(caller, room, page.items) };
  }

  /**
   * One message.
   *
   * @param room A parsed room name.
   * @param cursor As it came.
   * @throws {ChatError} `bad_cursor`, `forbidden`, `not_found`, `unavailable`.
   */
  async message(caller: Caller, room: string, cursor: string): Promise<Entry> {
    await allowed(this.#parts.standings, caller, room, () => ["read"], true);
    return await findMessage(this.#parts.layer, room, cursor);
  }

  /** The last messages before a cursor, oldest first, at most `limit`. Asks nobody whether one may. */
  async messagesBefore(room: string, cursor: Cursor, limit: number): Promise<Entry[]> {
    return (await this.#find(room, { before: cursor }, limit)).items;
  }

  async #page(
    find: (place: Place, most: number) => Promise<Found>,
    { before, after, around, limit }: HistoryOptions,
  ): Promise<Omit<HistoryPage, "mine">> {
    if (around !== undefined) {
      const half = Math.floor(limit / 2);
      const older = await find({ before: around }, half);
      // After the last entry before it: so the message itself comes first.
      const newer = await find({ after: older.head }, limit - half);
      return { items: [...older.items, ...newer.items], hasBefore: older.more, hasAfter: newer.more };
    }
    if (after !== undefined) {
      const { items, more, next } = await find({ after }, limit);
      const first = items[0];
      // Without newer ones, all there are are older.
      const older = await find(first === undefined ? {} : { before: first.cursor }, 0);
      return { items, hasBefore: older.more, hasAfter: more, ...(next !== undefined && { next }) };
    }
    const { items, more, next } = await find(before === undefined ? {} : { before }, limit);
    const last = items.at(-1);
    const hasAfter = before !== undefined && (await find(last === undefined ? {} : { after: last.cursor }, 0)).more;
    return { items, hasBefore: more, hasAfter, ...(next !== undefined && { next }) };
  }

  /** Reads entries until there are `most` messages, and knows whether there is one more. */
  async #find(room: string, start: Place, most: number): Promise<Found> {
    const { layer } = this.#parts;
    const isBack = !("after" in start);
    let items: Entry[] = [];
    let place = start;
    let head: Cursor | undefined;
    for (let [seen, step] = [0, most + 1];;) {
      const { entries, more, head: end } = await layer.read(roomGroup(room), { ...place, limit: step });
      const found = entries.filter(isMessage);
      items = isBack ? [...found, ...items] : [...items, ...found];
      head ??= end;
      const first = entries[0];
      const isOver = items.length > most;
      if (isOver || !more || first === undefined) {
        items = isBack ? items.slice(Math.max(0, items.length - most)) : items.slice(0, most);
        return { items, more: isOver, head };
      }
      seen += entries.length;
      const next = isBack ? first.cursor : end;
      if (seen >= MAX_WORK) return { items, more: true, head, next };
      place = isBack ? { before: next } : { after: next };
      // What is missing, and as much again where it is rare: a page of a lively room takes two reads, one full of reactions few.
      step = Math.min(1_000, Math.max(most + 1 - items.length, seen - 2 * items.length));
    }
  }
}
