/**
 * A {@linkcode Change} as it is at the call: checked, copied and weighed, before anything is written. A store refuses what is too big
 * together with everything that is committed beside it, so it is refused here, alone.
 *
 * @module
 */

import { ChatError } from "../protocol/errors.ts";
import { type Cursor, parseCursor } from "./cursor.ts";
import { encodeEvent, storedBytes } from "./event.ts";
import { type Change, type DocumentKey, type ListOptions, Stale } from "./layer.ts";
import { checkNames } from "./names.ts";

/** Checks of one change. */
const MAX_CHECKS = 80;
/** Sets, deletes, amends and erases of one change. */
const MAX_WRITES = 400;
/** Bytes of all values of one change: one atomic holds 819,200, of which 124,000 may be entries. */
const MAX_CHANGE_BYTES = 500_000;
/** Bytes of all keys of one change: one atomic holds 81,920. */
const MAX_CHANGE_KEY_BYTES = 60_000;
const MAX_KEY_BYTES = 1_000;
const MAX_VALUE_BYTES = 60_000;
/** V8's serializer goes down by recursion, and what it throws would be everybody's in the same commit. */
const MAX_DEPTH = 100;
const MAX_LIST = 1_000;
/** A hundred years. */
const MAX_EXPIRY_MS = 100 * 365 * 86_400_000;
const VERSION = /^[0-9a-f]{20}$/;

/**
 * Bytes by which an event may be longer than what it replaces: a message of one letter becomes a tombstone. A value of 300 such entries
 * grows by 2,400 bytes, and has 3,500 to spare.
 */
export const ERASE_SLACK_BYTES = 8;

/** A document that must be as it was read. */
export interface DocumentCheck {
  /** The key in one string. */
  readonly name: string;
  /** See `Change.checks`. */
  readonly key: DocumentKey;
  /** See `Change.checks`. */
  readonly version: string | null;
}

/** A document to write. */
export interface DocumentSet {
  /** Where. */
  readonly key: DocumentKey;
  /** A copy of what. */
  readonly value: unknown;
  /** See `Change.sets`. */
  readonly expireInMs: number | undefined;
}

/** An entry that becomes another. */
export interface Rewrite {
  /** Its group. */
  readonly group: string;
  /** Its place. */
  readonly cursor: Cursor;
  /** What it becomes. */
  readonly json: string;
  /** What that takes in the store. */
  readonly bytes: number;
}

/** See the module. */
export interface PreparedChange {
  /** See `Change`. */
  readonly checks: readonly DocumentCheck[];
  /** See `Change`. */
  readonly sets: readonly DocumentSet[];
  /** See `Change`. */
  readonly deletes: readonly DocumentKey[];
  /** See `Change`. */
  readonly amends: readonly Rewrite[];
  /** See `Change`. */
  readonly erases: readonly Rewrite[];
  /** Names of the documents and entries that it writes, other than by erasing: two changes that meet in one cannot be one step. */
  readonly writes: readonly string[];
  /** Bytes of what it writes, without what it erases, which has to be read first. */
  readonly bytes: number;
  /** Bytes of its keys. */
  readonly keyBytes: number;
}

/**
 * Prepares a change.
 *
 * @param maxChecks Checks that the backend allows one change, where that is fewer than 80.
 * @throws {RangeError} It is over a limit.
 * @throws {TypeError} A value is not plain data.
 * @throws {ChatError} `too_long`, `bad_cursor`.
 */
export function prepareChange(change: Change, maxChecks = MAX_CHECKS): PreparedChange {
  const { checks, ...writes } = change;
  // Every message of a room makes the same checks: they are looked at once, if nobody can change them meanwhile.
  const isSame = checks !== undefined && Object.isFrozen(checks) && Object.keys(writes).length === 0;
  if (!isSame) return prepare(change, maxChecks);
  let known = prepared.get(checks);
  if (known === undefined) prepared.set(checks, known = prepare(change, maxChecks));
  return known;
}

const prepared = new WeakMap<NonNullable<Change["checks"]>, PreparedChange>();

function prepare(change: Change, maxChecks: number): PreparedChange {
  const { checks = [], sets = [], deletes = [], amends = [], erases = [] } = change;
  checkCount("checks", checks.length, Math.min(maxChecks, MAX_CHECKS));
  checkCount(
    "sets, deletes, amends and erases",
    sets.length + deletes.length + amends.length + erases.length,
    MAX_WRITES,
  );
  let bytes = 0;
  let keyBytes = 0;
  const writes: string[] = [];
  const take = (key: DocumentKey): DocumentKey => {
    keyBytes += documentKeyBytes(key);
    // Ours from now on, whatever the caller does with theirs.
    const [first, ...rest] = key;
    return [first, ...rest];
  };
  const rewrite = ({ group, cursor, event }: NonNullable<Change["amends"]>[number]): Rewrite => {
    checkNames(group);
    const encoded = encodeEvent(event);
    keyBytes += keyBytesOf(group) + 60;
    bytes += encoded.bytes;
    return { group, cursor: parseCursor(cursor), ...encoded };
  };
  const parts = {
    checks: checks.map(({ key, version }) => {
      if (version !== null && !VERSION.test(version)) {
        throw new RangeError(`Cannot check for the version ${version}: it is none that was read`);
      }
      return { name: nameOf(key), key: take(key), version };
    }),
    sets: sets.map(({ key, value, expireInMs }) => {
      const copied = copyDocument(value);
      bytes += copied.bytes;
      writes.push(nameOf(key));
      return {
        key: take(key),
        value: copied.value,
        expireInMs: expireInMs === undefined ? undefined : checkExpiry(expireInMs),
      };
    }),
    deletes: deletes.map((key) => {
      writes.push(nameOf(key));
      return take(key);
    }),
    amends: amends.map((amend) => {
      const amended = rewrite(amend);
      // No document's name begins like this.
      writes.push(`@${amended.cursor}${amended.group}`);
      return amended;
    }),
    erases: erases.map(rewrite),
  };
  if (bytes > MAX_CHANGE_BYTES) {
    throw new RangeError(`Cannot change ${bytes} bytes in one step: at most ${MAX_CHANGE_BYTES}`);
  }
  if (keyBytes > MAX_CHANGE_KEY_BYTES) {
    throw new RangeError(`Cannot change keys of ${keyBytes} bytes in one step: at most ${MAX_CHANGE_KEY_BYTES}`);
  }
  return { ...parts, writes, bytes, keyBytes };
}

/** A document's key in one string. */
export function nameOf(key: DocumentKey): string {
  return JSON.stringify(key);
}

/** The error for a document that is not what a check says. */
export function staleError({ name, version }: DocumentCheck): Stale {
  return new Stale(
    version === null ? `The document ${name} exists already` : `The document ${name} is no longer what was read`,
  );
}

/**
 * Checks a document's key.
 *
 * @returns How many bytes it has in the store, at most.
 * @throws {RangeError} It is empty or too long.
 */
export function documentKeyBytes(key: readonly string[]): number {
  let bytes = 6;
  for (const part of key) bytes += keyBytesOf(part) + 2;
  if (key.length > 0 && bytes - 6 - 2 * key.length <= MAX_KEY_BYTES) return bytes;
  throw new RangeError(
    `Cannot use a key of ${key.length} parts and ${bytes} bytes: at most ${MAX_KEY_BYTES}, and a part`,
  );
}

/** Throws a RangeError when they are not as {@linkcode ListOptions} says. */
export function checkListOptions({ prefix, after = "", before = "", limit }: ListOptions): void {
  documentKeyBytes([...prefix, after]);
  documentKeyBytes([...prefix, before]);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIST) return;
  throw new RangeError(`Cannot list ${limit} documents: 1 to ${MAX_LIST}`);
}

/** Bytes of a part of a key: UTF-8, where NUL takes two; half a pair of surrogates becomes U+FFFD. */
function keyBytesOf(part: string): number {
  let bytes = part.length;
  for (let i = 0; i < part.length; i++) {
    const unit = part.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdbff && (part.codePointAt(i) ?? 0) > 0xffff) {
      bytes += 2;
      i++;
    } else if (unit >= 0x800) bytes += 2;
    else if (unit >= 0x80 || unit === 0) bytes++;
  }
  return bytes;
}

/**
 * Copies a document's value.
 *
 * @returns The copy, and what it takes in the store, at most.
 * @throws {TypeError} It is not plain data.
 * @throws {ChatError} `too_long`.
 */
export function copyDocument(value: unknown): { value: unknown; bytes: number } {
  let bytes = 0;
  const copy = (part: unknown, depth: number): unknown => {
    bytes += weigh(part);
    if (bytes > MAX_VALUE_BYTES) {
      throw new ChatError("too_long", `Cannot keep a document over ${MAX_VALUE_BYTES} bytes`);
    }
    if (typeof part !== "object" || part === null) return part;
    if (depth > MAX_DEPTH) throw new TypeError(`Cannot keep a document that is nested more than ${MAX_DEPTH} times`);
    // A view of a larger buffer would be stored with all of that.
    if (part instanceof Uint8Array) return part.slice();
    if (Array.isArray(part)) return part.map((item) => copy(item, depth + 1));
    return Object.fromEntries(
      Object.entries(part).map(([name, field]) => {
        bytes += storedBytes(name);
        return [name, copy(field, depth + 1)];
      }),
    );
  };
  return { value: copy(value, 0), bytes };
}

function weigh(part: unknown): number {
  switch (typeof part) {
    case "string":
      return storedBytes(part);
    case "number":
    case "boolean":
    case "undefined":
      return 10;
    case "object":
      if (part instanceof Uint8Array) return part.byteLength + 24;
      if (part === null || Array.isArray(part)) return 16;
      if ([Object.prototype, null].includes(Object.getPrototypeOf(part))) return 8;
  }
  throw new TypeError(`Cannot keep a ${typeof part} in a document: only what JSON holds, and Uint8Array`);
}

function checkExpiry(expireInMs: number): number {
  if (expireInMs > 0 && expireInMs <= MAX_EXPIRY_MS) return Math.ceil(expireInMs);
  throw new RangeError(`Cannot keep a document for ${expireInMs} ms: more than 0, and at most ${MAX_EXPIRY_MS}`);
}

function checkCount(what: string, count: number, max: number): void {
  if (count > max) throw new RangeError(`Cannot make ${count} ${what} in one step: at most ${max}`);
}
