/**
 * Cursors: 6 characters of epoch, 20 hex digits of versionstamp, 3 hex digits of the entry's index in its commit. Fixed
 * widths make the order of strings the order of the log. Only this folder knows the form.
 *
 * @module
 */

import { ChatError, quote } from "../protocol/errors.ts";

/** A place in a log; opaque outside this folder, sortable as a string. */
export type Cursor = string;

const CURSOR = /^[0-9a-z]{6}[0-9a-f]{23}$/;
const EPOCH_LENGTH = 6;
const STAMP_END = EPOCH_LENGTH + 20;

/** Most entries that one commit holds for one group. */
export const MAX_INDEX = 0xffe;

// Behind every entry of its commit: "all of it".
const WHOLE = "fff";

/** The cursor of entry `index` of the commit `stamp` (20 hex digits). */
export function entryCursor(epoch: string, stamp: string, index: number): Cursor {
  return epoch + stamp + index.toString(16).padStart(3, "0");
}

/** The place behind everything of the commit `stamp`. */
export function commitCursor(epoch: string, stamp: string): Cursor {
  return epoch + stamp + WHOLE;
}

/** The place before the first entry of every log. */
export function originCursor(epoch: string): Cursor {
  return epoch + "0".repeat(23);
}

/** The place right before an entry: reading on from there begins with it. */
export function justBefore(cursor: Cursor): Cursor {
  const index = indexOf(cursor);
  if (index > 0) return cursor.slice(0, STAMP_END) + (index - 1).toString(16).padStart(3, "0");
  const stamp = BigInt(`0x${stampOf(cursor)}`);
  return stamp === 0n ? cursor : commitCursor(epochOf(cursor), (stamp - 1n).toString(16).padStart(20, "0"));
}

/** The place right behind an entry: what is before it ends with the entry. */
export function justBehind(cursor: Cursor): Cursor {
  return cursor.slice(0, STAMP_END) + (indexOf(cursor) + 1).toString(16).padStart(3, "0");
}

/** The place behind whatever may ever come. */
export function endCursor(epoch: string): Cursor {
  return commitCursor(epoch, "f".repeat(20));
}

/** A random epoch: 6 of [0-9a-z], 2 billion of them. */
export function newEpoch(): string {
  const digits = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  return digits.toString(36).padStart(EPOCH_LENGTH, "0").slice(-EPOCH_LENGTH);
}

/**
 * Which database it belongs to.
 *
 * @returns The cursor's epoch.
 */
export function epochOf(cursor: Cursor): string {
  return cursor.slice(0, EPOCH_LENGTH);
}

/**
 * Which commit it points into.
 *
 * @returns The versionstamp of the commit that the cursor points into.
 */
export function stampOf(cursor: Cursor): string {
  return cursor.slice(EPOCH_LENGTH, STAMP_END);
}

/**
 * Which entry of its commit it is.
 *
 * @returns The index of the entry in its commit; 0xfff for "behind all of it".
 */
export function indexOf(cursor: Cursor): number {
  return parseInt(cursor.slice(STAMP_END), 16);
}

/**
 * Parses what a client says is a cursor.
 *
 * @throws {ChatError} `bad_cursor`.
 */
export function parseCursor(value: string): Cursor {
  if (CURSOR.test(value)) return value;
  throw new ChatError("bad_cursor", `Cannot read from ${quote(value)}: it is not a cursor of ours`);
}
