/**
 * Search: the log is the index. What a stretch of the log may contain is kept beside it (segments.ts); what is found is read
 * from the log and looked at as it is now, so a deleted message is never found, and an edited one by its new text only.
 *
 * @module
 */

import { endCursor, epochOf, justBehind, parseCursor } from "../../layers/cursor.ts";
import type { Change, ChannelLayer, Cursor, Entry } from "../../layers/layer.ts";
import { roomGroup } from "../keys.ts";
import { BackwardScan } from "./backward_scan.ts";
import { Bounds } from "./bounds.ts";
import { scanForward } from "./forward_scan.ts";
import { extendFilter, indexRoom } from "./index_room.ts";
import { messageQuery, type Query, threadQuery, type Wanted } from "./query.ts";
import { SEGMENT_ENTRIES } from "./segments.ts";

/** Rooms whose messages are counted at a time. */
const MAX_COUNTED = 10_000;

/** Rooms that are all begun at once; of more it is first found out which of them come first. */
const MAX_BEGUN = 16;

/** Rooms that are asked at a time where they end. */
const AT_ONCE = 8;

/** Options of {@linkcode Search}. */
export interface SearchOptions {
  /** Milliseconds of work after which a page is answered with what was found so far. Default 40. */
  readonly budgetMs?: number;
  /** Told when a room could not be indexed; it is tried again. Default: nobody is told. */
  readonly failed?: (room: string, error: unknown) => void;
  /** Milliseconds on a clock that never goes back. Default `performance.now`. */
  readonly clock?: () => number;
}

/** A message that was found. */
export interface FoundMessage {
  /** Where. */
  readonly room: string;
  /** Its cursor. */
  readonly cursor: Cursor;
  /** Its event, as history gives it. */
  readonly json: string;
}

/** A page of what was found. */
export interface FoundMessages {
  /** Newest first. */
  readonly items: readonly FoundMessage[];
  /** What to ask with for the next page; absent: there is no more. A page can be short, even empty, and still have a next one. */
  readonly next?: string;
}

/** A page of a thread. */
export interface ThreadPage {
  /** Oldest first. */
  readonly items: readonly Entry[];
  /** What to go on after; absent: there is no more now. */
  readonly next?: Cursor;
}

/** Finds messages, and keeps the index of what is said on this isolate. */
export class Search {
  readonly #layer: ChannelLayer;
  readonly #budgetMs: number;
  readonly #failed: (room: string, error: unknown) => void;
  readonly #clock: () => number;
  readonly #closing = new AbortController();
  readonly #bounds = new Bounds();
  /** Messages since the room was last indexed, of this isolate. */
  #counts = new Map<string, number>();
  readonly #indexing = new Map<string, Promise<number>>();

  /**
   * Makes it with nothing to do.
   *
   * @param layer Holds logs and index.
   */
  constructor(layer: ChannelLayer, options: SearchOptions = {}) {
    this.#layer = layer;
    this.#budgetMs = options.budgetMs ?? 40;
    this.#failed = options.failed ?? (() => {});
    this.#clock = options.clock ?? (() => performance.now());
  }

  /**
   * Finds messages, newest first.
   *
   * @param rooms Where; those that the asker may read. Each costs at least one read, over several pages if need be: until all of them
   * are known the pages are empty, and `next` may stay the same.
   * @param wanted See {@linkcode messageQuery}.
   * @param page `next` of the page before, if there was one; `limit` 1 to 50. More are answered only if they have the last one's very cursor.
   * @throws {ChatError} `bad_request`, `bad_cursor`, `cursor_expired`, `unavailable`.
   */
  async messages(
    rooms: readonly string[],
    wanted: Wanted,
    { next, limit }: { readonly next?: string | undefined; readonly limit: number },
  ): Promise<FoundMessages> {
    const query = messageQuery(wanted);
    if (next !== undefined) parseCursor(next);
    const endsAt = this.#clock() + this.#budgetMs;
    const scans = await this.#begin(rooms, query, next, endsAt);
    if (!Array.isArray(scans)) return { items: [], next: scans.next };
    for (;;) {
      // Whatever is still to be found is older than this.
      const lead = leadOf(scans);
      const bound = lead === undefined ? "" : lead.reached ?? "~";
      const found = scans.flatMap(({ room, found }) =>
        found.filter(({ cursor }) => cursor >= bound).map(({ cursor, json }) => ({ room, cursor, json }))
      );
      // However late it is, a page ends below where it began.
      const isLate = bound < (next ?? "~") && this.#clock() >= endsAt;
      if (lead === undefined || bound === "" || found.length >= limit || isLate) {
        for (const scan of scans) if (scan.tail >= 2 * SEGMENT_ENTRIES) this.index(scan.room);
        return cut(found, bound, limit);
      }
      await lead.step();
    }
  }

  /** Scans of the rooms in which there is anything; or where to go on, when there was no time to find out where each begins. */
  async #begin(
    rooms: readonly string[],
    query: Query,
    next: Cursor | undefined,
    endsAt: number,
  ): Promise<BackwardScan[] | { readonly next: Cursor }> {
    if (rooms.length <= MAX_BEGUN) {
      const scans = rooms.map((room) => new BackwardScan(this.#layer, room, query, next));
      await Promise.all(scans.map((scan) => scan.step()));
      return scans;
    }
    const lasts = rooms.map((room) => next === undefined ? undefined : this.#bounds.find(room, next, this.#clock()));
    const unknown = rooms.flatMap((_, index) => lasts[index] === undefined ? [index] : []);
    for (let done = 0; done < unknown.length; done += AT_ONCE) {
      const some = unknown.slice(done, done + AT_ONCE);
      const heads = await Promise.all(some.map(async (index) => {
        const room = rooms[index] ?? "";
        const before = next === undefined ? {} : { before: next };
        // A message that comes while we read is newer than the search.
        const now = this.#clock();
        const { entries, head } = await this.#layer.read(roomGroup(room), { ...before, limit: 1 });
        const last = lasts[index] = entries.at(-1)?.cursor ?? "";
        this.#bounds.note(room, next, last, now);
        return head;
      }));
      const isLate = done + AT_ONCE < unknown.length && this.#clock() >= endsAt;
      if (isLate) return { next: next ?? endCursor(epochOf(heads[0] ?? "")) };
    }
    // Below what each has: so the one with the newest entry leads, and those with old ones wait for their turn.
    return rooms.flatMap((room, index) => {
      const last = lasts[index];
      return last ? [new BackwardScan(this.#layer, room, query, justBehind(last))] : [];
    });
  }

  /**
   * The replies in the thread below a message, deleted ones too.
   *
   * @param root The first message's cursor.
   * @param page `after` the cursor of the last one that one has; `limit` 1 to 200.
   * @throws {ChatError} `bad_cursor`, `cursor_expired`, `unavailable`.
   */
  async thread(
    room: string,
    root: Cursor,
    { after = root, limit }: { readonly after?: Cursor | undefined; readonly limit: number },
  ): Promise<ThreadPage> {
    const endsAt = this.#clock() + this.#budgetMs;
    const items: Entry[] = [];
    for await (const { found, reached } of scanForward(this.#layer, room, threadQuery(root), after)) {
      items.push(...found);
      if (items.length > limit) {
        items.length = limit;
        const last = items.at(-1);
        return { items, ...(last !== undefined && { next: last.cursor }) };
      }
      // However late it is, a page gets further than it began.
      if (reached > after && this.#clock() >= endsAt) return { items, next: reached };
    }
    return { items };
  }

  /**
   * What an edit has to add to its change, so that the message is found by what it says now. See {@linkcode extendFilter}.
   *
   * @param target The message's cursor.
   * @throws {ChatError} `unavailable`.
   */
  extendFilter(
    room: string,
    target: Cursor,
    text: string,
    mentions?: readonly string[],
  ): Promise<Pick<Change, "checks" | "sets"> | undefined> {
    return extendFilter(this.#layer, room, target, { text, mentions });
  }

  /** Counts a message that was published to a room here; now and then the room is indexed behind it. Costs next to nothing. */
  noteMessage(room: string): void {
    const count = (this.#counts.get(room) ?? 0) + 1;
    if (count < SEGMENT_ENTRIES) {
      if (count === 1 && this.#counts.size >= MAX_COUNTED) this.#counts.clear();
      this.#counts.set(room, count);
      return;
    }
    this.#counts.delete(room);
    this.index(room);
  }

  /** Indexes a room in the background; does nothing while that is under way. */
  index(room: string): void {
    if (this.#closing.signal.aborted || this.#indexing.has(room)) return;
    const indexing = indexRoom(this.#layer, room, this.#closing.signal)
      .catch((error) => {
        this.#failed(room, error);
        return 0;
      })
      .finally(() => this.#indexing.delete(room));
    this.#indexing.set(room, indexing);
  }

  /** Resolves when nothing is being indexed. */
  async idle(): Promise<void> {
    while (this.#indexing.size > 0) await Promise.all(this.#indexing.values());
  }

  /** Stops indexing, and waits until it has stopped. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.idle();
  }
}

/** The scan that has come least far down. */
function leadOf(scans: readonly BackwardScan[]): BackwardScan | undefined {
  let lead: BackwardScan | undefined;
  for (const scan of scans) if (lead === undefined || (scan.reached ?? "~") > (lead.reached ?? "~")) lead = scan;
  return lead;
}

function cut(found: FoundMessage[], bound: Cursor, limit: number): FoundMessages {
  found.sort((one, other) =>
    one.cursor < other.cursor ? 1 : one.cursor > other.cursor ? -1 : one.room < other.room ? -1 : 1
  );
  const last = found[limit - 1];
  // Entries of several rooms may have one cursor, and the next page begins below it.
  const items = last === undefined ? found : found.filter(({ cursor }) => cursor >= last.cursor);
  const isAll = items.length === found.length && bound === "";
  const end = last?.cursor ?? bound;
  return { items, ...(!isAll && { next: end }) };
}
