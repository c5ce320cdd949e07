/**
 * What the log looks like in Deno KV, and how it is read.
 *
 * ```text
 * ["layer"]                        → {epoch, shards}   written once for a database
 * ["log", group, stamp]            → string[]          one commit's events of a group; "" where a transient one was
 * ["feed", shard, stamp]           → FeedRow[]         one commit's events of a shard; expires
 * ["bell", shard]                  → ""                rung by every commit that wrote to the shard's feed
 * ["sent", group, author, key]     → [nonce, index]    which commit published the key, and where in it
 * ["sent", nonce]                  → [nonce, 0]        proof of a commit without keys; expires
 * ["floor", group]                 → cursor            what trim forgot
 * ```
 *
 * @module
 */

import { type Cursor, entryCursor, indexOf, newEpoch, originCursor, stampOf } from "./cursor.ts";
import { decideOnce } from "./decide_once.ts";
import { checkEpoch } from "./fanout.ts";
import { CursorExpired, type Entry, type Page } from "./layer.ts";
import { cutPage, MAX_PAGE_LENGTH } from "./page.ts";

/** Feed shards of a new database: with eight bells one `watch` call (ten keys) hears them all. */
const SHARDS = 8;

/** Milliseconds of a pause after which a write that finds the database locked is given up. */
const MAX_LOCKED_MS = 1_000;

/** Rows of the first step of a page. */
const FIRST_STEP = 8;

/** The versionstamp before all others. */
export const FIRST_STAMP = "0".repeat(20);

/** One group's events in a feed value: the group, its events, the indexes of the transient ones. */
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

  /** The last entries before a cursor, or of all. */
  async readBefore(group: string, before: Cursor | undefined, limit: number): Promise<Page> {
    const start = ["log", group, FIRST_STAMP];
    const end = ["log", group, behind(before === undefined ? "~" : stampOf(before))];
    const page = await this.#page({ start, end }, {
      limit,
      head: originCursor(this.#epoch),
      reverse: true,
      keep: (cursor) => before === undefined || cursor < before,
    });
    if (page.entries.length > 0) return page;
    const floor = await this.#kv.get<Cursor>(["floor", group]);
    return floor.value === null ? page : { ...page, head: floor.value };
  }

  /** One entry's event, unless it was trimmed. */
  async readOne(group: string, cursor: Cursor): Promise<string | undefined> {
    const { value } = await this.#kv.get<string[]>(["log", group, stampOf(cursor)]);
    return value?.[indexOf(cursor)];
  }

  /** Forgets all up to a cursor, in steps that fit a commit. */
  async trim(group: string, upTo: Cursor): Promise<void> {
    checkEpoch(upTo, this.#epoch);
    // The floor first: from then on nobody takes the half that is left for all there is.
    await this.#raiseFloor(group, upTo);
    const stamp = stampOf(upTo);
    const rows = this.#kv.list<string[]>({ start: ["log", group, FIRST_STAMP], end: ["log", group, behind(stamp)] });
    let step = this.#kv.atomic();
    let steps = 0;
    for await (const { key, value } of rows) {
      const rest = key[2] === stamp ? value.map((json, index) => index <= indexOf(upTo) ? "" : json) : [];
      if (rest.some((json) => json !== "")) step.set(key, rest);
      else step.delete(key);
      if (++steps % 500 === 0) {
        await step.commit();
        step = this.#kv.atomic();
      }
    }
    await step.commit();
  }

  /** Never lowers it, however many trim at once. */
  async #raiseFloor(group: string, upTo: Cursor): Promise<void> {
    const key = ["floor", group];
    for (let pauseMs = 2; pauseMs < MAX_LOCKED_MS; pauseMs *= 2) {
      const { value, versionstamp } = await this.#kv.get<Cursor>(key);
      if (value !== null && value >= upTo) return;
      try {
        const { ok } = await this.#kv.atomic().check({ key, versionstamp }).set(key, upTo).commit();
        if (ok) return;
      } catch {
        // "database is locked", or a reply that was lost: the next look tells.
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
    throw new Error(`The floor of ${group} could not be raised`);
  }

  async #page(
    range: { start: Deno.KvKey; end: Deno.KvKey },
    options: { limit: number; head: Cursor; reverse?: boolean; keep: (cursor: Cursor) => boolean },
  ): Promise<Page> {
    const { limit, head, reverse = false, keep } = options;
    const entries: Entry[] = [];
    let length = 0;
    // One more than fits, to know whether there is more.
    for await (const { key, value } of this.#rows(range, reverse)) {
      const found = this.#entries(String(key[2]), value, keep);
      if (reverse) found.reverse();
      for (const entry of found) {
        entries.push(entry);
        length += entry.json.length;
      }
      if (entries.length > limit || length > MAX_PAGE_LENGTH) break;
    }
    return cutPage(entries, { limit, head, reverse });
  }

  /**
   * Rows in growing steps, for whoever stops when it has enough: a row of a busy room holds a hundred events, one of a quiet room a
   * single one, and who wants fifty should not read five thousand. Some hold nothing that is wanted, so their number says nothing.
   */
  async *#rows(
    range: { start: Deno.KvKey; end: Deno.KvKey },
    reverse: boolean,
  ): AsyncGenerator<Deno.KvEntry<string[]>> {
    let cursor: string | undefined;
    for (let step = FIRST_STEP;; step *= 4) {
      const limit = Math.min(step, 100);
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
      if (json !== "" && keep(cursor)) entries.push({ cursor, json, transient: false });
    }
    return entries;
  }
}
