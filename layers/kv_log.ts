/**
 * What the log looks like in Deno KV, and how it is read.
 *
 * ```text
 * ["layer"]                        → {epoch, shards}   written once for a database
 * ["log", group, stamp]            → string[]          one commit's events of a group; "" where a transient one was, and
 *                                                      where one was trimmed; a blank before the JSON of an erased one
 * ["feed", shard, stamp]           → FeedRow[]         one commit's events of a shard, none where it erased; expires
 * ["bell", shard]                  → ""                rung by every commit that wrote to the shard's feed
 * ["sent", group, author, key]     → [nonce, index]    which commit published the key, and where in it
 * ["sent", nonce]                  → [nonce, 0]        proof of a commit without keys; expires
 * ["floor", group]                 → cursor            what trim forgot
 * ["doc", ...key]                  → a document        its version is its versionstamp
 * ["amend", group, stamp, index]   → json              what that entry reads as; of an erased one for a minute
 * ["rewritten"]                    → ""                changes when rows of logs are rewritten or deleted
 * ```
 *
 * @module
 */

import { type Cursor, entryCursor, indexOf, newEpoch, originCursor, stampOf } from "./cursor.ts";
import { decideOnce } from "./decide_once.ts";
import { checkEpoch } from "./fanout.ts";
import { CursorExpired, type Entry, type Page } from "./layer.ts";
import { cutPage, MAX_PAGE_LENGTH, type PageEntry } from "./page.ts";

/** Changes with every commit that rewrites or deletes rows of logs. */
export const REWRITTEN: Deno.KvKey = ["rewritten"];

/** What an erased event begins with in its row: JSON allows it, and no event that was published begins like this. */
export const ERASED = " ";

/** Feed shards of a new database: with eight bells one `watch` call (ten keys) hears them all. */
const SHARDS = 8;

/** Milliseconds of a pause after which a write that finds the database locked is given up. */
const MAX_LOCKED_MS = 1_000;

/** Rows of the first step of a page. */
const FIRST_STEP = 8;

/** The versionstamp before all others. */
export const FIRST_STAMP = "0".repeat(20);

/**
 * One group's events in a feed value: the group, its events, the indexes of the transient ones. No events: earlier ones
 * were erased, and who has them in memory forgets them.
 */
export type FeedRow = readonly [group: string, events: readonly string[], transient: readonly number[]];

/** A database that holds logs. */
export interface KvDatabase {
  /** The database's own mark: cursors carry it. */
  readonly epoch: string;
  /** Feeds that groups are spread over; the same for all isolates. */
  readonly shards: number;
}

/**
 * Opens the database's logs: reads what it says of itself, or says it first.
 *
 * @param deadlineMs How long it is tried.
 */
export function openDatabase(kv: Deno.Kv, deadlineMs: number): Promise<KvDatabase> {
  return decideOnce(kv, ["layer"], () => ({ epoch: newEpoch(), shards: SHARDS }), deadlineMs);
}

/** The feed that a group's events go through. */
export function shardOf(group: string, shards: number): number {
  let hash = 0x811c9dc5; // FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/
  for (let i = 0; i < group.length; i++) hash = Math.imul(hash ^ group.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % shards;
}

/** The part of a key that sorts behind `stamp` and before every later one. */
export function behind(stamp: string): string {
  return `${stamp}~`;
}

/** Reads logs of one database. */
export class KvLog {
  readonly #kv: Deno.Kv;
  readonly #epoch: string;

  /**
   * Makes a reader.
   *
   * @param kv The handle to read with.
   * @param epoch The database's.
   */
  constructor(kv: Deno.Kv, epoch: string) {
    this.#kv = kv;
    this.#epoch = epoch;
  }

  /**
   * The first entries after a cursor of this epoch.
   *
   * @param upTo Ends there, with it.
   * @throws {CursorExpired} The group was trimmed beyond `after`.
   */
  async readAfter(group: string, after: Cursor, limit: number, upTo?: Cursor): Promise<Page> {
    const stamp = stampOf(after);
    // From the cursor's own commit on: there may be more of it behind the cursor.
    const start = ["log", group, stamp];
    const end = ["log", group, behind(upTo === undefined ? "~" : stampOf(upTo))];
    const page = await this.#page({ start, end }, {
      limit,
      head: after,
      keep: (cursor) => cursor > after && (upTo === undefined || cursor <= upTo),
    });
    // Afterwards, not before: what is trimmed while we read must not look as if it had never been.
    const floor = await this.#kv.get<Cursor>(["floor", group]);
    if (floor.value !== null && after < floor.value) {
      throw new CursorExpired(`Cannot read on from ${after}: the log is kept from ${floor.value} on`);
    }
    return page;
  }

  /** The last entries before a cursor, or of all; none before `downTo`. */
  async readBefore(
    group: string,
    limit: number,
    { before, downTo }: { before?: Cursor | undefined; downTo?: Cursor | undefined } = {},
  ): Promise<Page> {
    const start = ["log", group, downTo === undefined ? FIRST_STAMP : stampOf(earlier(downTo, before))];
    const end = ["log", group, behind(before === undefined ? "~" : stampOf(before))];
    const page = await this.#page({ start, end }, {
      limit,
      head: originCursor(this.#epoch),
      reverse: true,
      keep: (cursor) => (before === undefined || cursor < before) && (downTo === undefined || cursor >= downTo),
    });
    if (page.entries.length > 0) return page;
    const floor = await this.#kv.get<Cursor>(["floor", group]);
    return floor.value === null ? page : { ...page, head: floor.value };
  }

  /** One entry's event as it was published, or as it was erased; no `json` when it was trimmed. */
  async readFirst(group: string, cursor: Cursor): Promise<{ json?: string; isErased: boolean }> {
    const { value } = await this.#kv.get<string[]>(["log", group, stampOf(cursor)]);
    const json = value?.[indexOf(cursor)];
    return json === undefined || json === ""
      ? { isErased: false }
      : { json: withoutMark(json), isErased: json.startsWith(ERASED) };
  }

  /** Forgets all up to a cursor, in steps that fit a commit. */
  async trim(group: string, upTo: Cursor): Promise<void> {
    checkEpoch(upTo, this.#epoch);
    // The floor first: from then on nobody takes the half that is left for all there is.
    await this.#raiseFloor(group, upTo);
    const stamp = stampOf(upTo);
    await this.#deleteAll({ start: ["log", group, FIRST_STAMP], end: ["log", group, stamp] });
    await this.#change<string[]>(["log", group, stamp], (events) => {
      if (events === null) return undefined;
      const rest = events.map((json, index) => index <= indexOf(upTo) ? "" : json);
      return rest.some((json) => json !== "") ? rest : null;
    });
    const end = ["amend", group, stamp, indexOf(upTo) + 1];
    await this.#deleteAll({ start: ["amend", group, FIRST_STAMP], end });
  }

  async #deleteAll(range: { start: Deno.KvKey; end: Deno.KvKey }): Promise<void> {
    let keys: Deno.KvKey[] = [];
    const deleteKeys = async () => {
      if (keys.length === 0) return;
      const step = this.#kv.atomic().set(REWRITTEN, "");
      for (const key of keys) step.delete(key);
      await step.commit();
      keys = [];
    };
    for await (const { key } of this.#kv.list(range)) {
      if (keys.push(key) === 500) await deleteKeys();
    }
    await deleteKeys();
  }

  /** Never lowers it, however many trim at once. */
  async #raiseFloor(group: string, upTo: Cursor): Promise<void> {
    await this.#change<Cursor>(["floor", group], (floor) => floor !== null && floor >= upTo ? undefined : upTo);
  }

  /**
   * Makes a value of what it is.
   *
   * @param change Null deletes it; undefined leaves it as it is.
   */
  async #change<T>(key: Deno.KvKey, change: (value: T | null) => T | null | undefined): Promise<void> {
    for (let pauseMs = 2; pauseMs < MAX_LOCKED_MS; pauseMs *= 2) {
      const { value, versionstamp } = await this.#kv.get<T>(key);
      const changed = change(value);
      if (changed === undefined) return;
      try {
        const step = this.#kv.atomic().check({ key, versionstamp }).set(REWRITTEN, "");
        const { ok } = await (changed === null ? step.delete(key) : step.set(key, changed)).commit();
        if (ok) return;
      } catch {
        // "database is locked", or a reply that was lost: the next look tells.
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
    throw new Error(`${JSON.stringify(key)} could not be changed`);
  }

  async #page(
    range: { start: Deno.KvKey; end: Deno.KvKey },
    options: { limit: number; head: Cursor; reverse?: boolean; keep: (cursor: Cursor) => boolean },
  ): Promise<Page> {
    const { limit, head, reverse = false, keep } = options;
    const entries: Entry[] = [];
    let length = 0;
    // One more than fits, to know whether there is more.
    for await (const { key, value } of this.#rows(range, reverse, () => limit + 1 - entries.length)) {
      const found = this.#entries(String(key[2]), value, keep);
      if (reverse) found.reverse();
      for (const entry of found) {
        entries.push(entry);
        length += entry.json.length;
      }
      if (entries.length > limit || length > MAX_PAGE_LENGTH) break;
    }
    return cutPage(await this.#amend(range.start, entries), { limit, head, reverse });
  }

  /** As they read now. Their amendments are read after them: what was amended before is so in every page that is read later. */
  async #amend([, group = ""]: Deno.KvKey, entries: readonly Entry[]): Promise<readonly PageEntry[]> {
    const [first, last] = [entries[0], entries.at(-1)].map((entry) => entry?.cursor).toSorted();
    if (first === undefined || last === undefined) return entries;
    const amended = new Map<Cursor, string>();
    const start = ["amend", group, stampOf(first), indexOf(first)];
    const end = ["amend", group, stampOf(last), indexOf(last) + 1];
    for await (const { key, value } of this.#kv.list<string>({ start, end })) {
      amended.set(entryCursor(this.#epoch, String(key[2]), Number(key[3])), value);
    }
    if (amended.size === 0) return entries;
    return entries.map((entry) => {
      const json = amended.get(entry.cursor);
      // Its page ends no later than it would as it was: only so much was read.
      return json === undefined ? entry : { ...entry, json, length: Math.max(json.length, entry.json.length) };
    });
  }

  /**
   * Rows in growing steps, for whoever stops when it has enough: a row of a busy room holds a hundred events, one of a quiet room a
   * single one, and who wants fifty should not read five thousand. Some hold nothing that is wanted, so their number says nothing;
   * but no step has more rows than entries are missing, for the rows behind those of a quiet hour may be full ones.
   */
  async *#rows(
    range: { start: Deno.KvKey; end: Deno.KvKey },
    reverse: boolean,
    missing: () => number,
  ): AsyncGenerator<Deno.KvEntry<string[]>> {
    let cursor: string | undefined;
    for (let step = FIRST_STEP;; step *= 4) {
      const limit = Math.min(step, 100, Math.max(FIRST_STEP, missing()));
      const rows = this.#kv.list<string[]>(range, { reverse, limit, ...(cursor !== undefined && { cursor }) });
      let count = 0;
      for await (const row of rows) {
        count++;
        yield row;
      }
      if (count < limit) return;
      cursor = rows.cursor;
    }
  }

  #entries(stamp: string, events: readonly string[], keep: (cursor: Cursor) => boolean): Entry[] {
    const entries: Entry[] = [];
    for (const [index, json] of events.entries()) {
      const cursor = entryCursor(this.#epoch, stamp, index);
      if (json !== "" && keep(cursor)) entries.push({ cursor, json: withoutMark(json), transient: false });
    }
    return entries;
  }
}

/** A range must not begin behind its end. */
function earlier(cursor: Cursor, other: Cursor = cursor): Cursor {
  return cursor < other ? cursor : other;
}

/** An event as a reader sees it. */
export function withoutMark(json: string): string {
  return json.startsWith(ERASED) ? json.slice(ERASED.length) : json;
}
