/**
 * Search: the log is the index. What a stretch of the log may contain is kept beside it (segments.ts); what is found is read
 * from the log and looked at as it is now, so a deleted message is never found, and an edited one by its new text only.
 *
 * @module
 */

import { pause } from "../pause.ts";
import { endCursor, epochOf, justBehind, parseCursor } from "../../layers/cursor.ts";
import type { Change, ChannelLayer, Cursor, Entry } from "../../layers/layer.ts";
import { roomGroup } from "../keys.ts";
import { BackwardScan } from "./backward_scan.ts";
import { Places, type RoomPlaces } from "./places.ts";
import { scanForward } from "./forward_scan.ts";
import { extendFilter, indexRoom } from "./index_room.ts";
import { messageQuery, threadQuery, type Wanted } from "./query.ts";
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

/**
 * How many times as long as a segment took the index rests after it, and at most, in milliseconds. In a busy room a segment took 77 ms of the
 * isolate's time in code that was seldom run, every few seconds: a quarter of what a delivery costs.
 */
const REST_SHARE = 400;
const MAX_REST_MS = 30_000;

/** Finds messages, and keeps the index of what is said on this isolate. */
export class Search {
  readonly #layer: ChannelLayer;
  readonly #budgetMs: number;
  readonly #failed: (room: string, error: unknown) => void;
  readonly #clock: () => number;
  readonly #closing = new AbortController();
  readonly #places = new Places();
  /** Messages since the room was last indexed, of this isolate. */
  #counts = new Map<string, number>();
  readonly #indexing = new Map<string, Promise<number>>();
  /** Ends the rests of what is being indexed. */
  readonly #hurry = new Map<string, AbortController>();

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
    if (rooms.length > MAX_BEGUN) return await this.#messagesOfMany(rooms, wanted, { next, limit }, endsAt);
    const scans = rooms.map((room) => new BackwardScan(this.#layer, room, query, next));
    await Promise.all(scans.map((scan) => scan.step()));
    return cut(scans, await this.#goDown(scans, { next, limit }, endsAt), limit);
  }

  /** As {@linkcode messages}; what a page had no time for, the next one on this isolate need not begin anew. */
  async #messagesOfMany(
    rooms: readonly string[],
    wanted: Wanted,
    { next, limit }: { readonly next: Cursor | undefined; readonly limit: number },
    endsAt: number,
  ): Promise<FoundMessages> {
    const nameOf = (before: Cursor) => `${before} ${JSON.stringify(wanted)}`;
    const places = next === undefined ? new Map() : this.#places.find(nameOf(next), rooms, this.#clock());
    const end = await this.#findEnds(rooms.filter((room) => !places.has(room)), next, places, endsAt);
    if (end !== undefined) {
      this.#places.keep(nameOf(end), places, this.#clock());
      return { items: [], next: end };
    }
    // Below what each has: so the one with the newest entry leads, and those with old ones wait for their turn.
    const query = messageQuery(wanted);
    const scans = rooms.flatMap((room) => {
      const place = places.get(room);
      return place ? [new BackwardScan(this.#layer, room, query, place)] : [];
    });
    const page = cut(scans, await this.#goDown(scans, { next, limit }, endsAt, true), limit);
    const below = page.next;
    if (below === undefined) return page;
    for (const { room, found, reached = "" } of scans) {
      const rest = found.find(({ cursor }) => cursor < below);
      places.set(room, rest === undefined ? reached : justBehind(rest.cursor));
    }
    this.#places.keep(nameOf(below), places, this.#clock());
    return page;
  }

  /** Finds out where rooms end. @returns Where to go on when there was no time for all of them. */
  async #findEnds(
    rooms: readonly string[],
    next: Cursor | undefined,
    places: RoomPlaces,
    endsAt: number,
  ): Promise<Cursor | undefined> {
    for (let done = 0; done < rooms.length; done += AT_ONCE) {
      const pages = await Promise.all(
        rooms.slice(done, done + AT_ONCE).map(async (room) => {
          const page = await this.#layer.read(roomGroup(room), {
            ...(next !== undefined && { before: next }),
            limit: 1,
          });
          const last = page.entries.at(-1);
          places.set(room, last === undefined ? "" : justBehind(last.cursor));
          return page;
        }),
      );
      const isLate = done + AT_ONCE < rooms.length && this.#clock() >= endsAt;
      if (isLate) return next ?? endCursor(epochOf(pages[0]?.head ?? ""));
    }
  }

  /**
   * Goes down in the rooms, the one that has come least far first, until a page is full or it is late.
   *
   * @param mayStay Whether a page may end where it began, because what was done for it is kept.
   * @returns What was found from there on is all that there is.
   */
  async #goDown(
    scans: readonly BackwardScan[],
    { next = "~", limit }: { readonly next?: Cursor | undefined; readonly limit: number },
    endsAt: number,
    mayStay = false,
  ): Promise<Cursor | ""> {
    for (let steps = 0;; steps++) {
      const leads = leadsOf(scans);
      const [lead] = leads;
      const bound = lead === undefined ? "" : lead.reached ?? "~";
      let found = 0;
      for (const scan of scans) for (const { cursor } of scan.found) if (cursor >= bound) found++;
      // However late it is, a page ends below where it began, or further in some room.
      const isLate = (bound < next || (mayStay && steps > 0)) && this.#clock() >= endsAt;
      if (bound === "" || found >= limit || isLate) {
        for (const scan of scans) if (scan.tail >= 2 * SEGMENT_ENTRIES) this.index(scan.room, true);
        return bound;
      }
      await Promise.all(leads.slice(0, AT_ONCE).map((each) => each.step()));
    }
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

  /**
   * Indexes a room in the background, patiently: behind a busy room it falls back, and costs those who talk there next to nothing. What is
   * not indexed is found all the same, only more slowly.
   *
   * @param isWanted Somebody searches there: from now on it does not rest, also if it is under way.
   */
  index(room: string, isWanted = false): void {
    if (this.#closing.signal.aborted) return;
    const hurry = this.#hurry.get(room) ?? new AbortController();
    if (isWanted) hurry.abort();
    if (this.#indexing.has(room)) return;
    this.#hurry.set(room, hurry);
    const wake = AbortSignal.any([this.#closing.signal, hurry.signal]);
    const rest = (tookMs: number) => pause(Math.min(MAX_REST_MS, REST_SHARE * tookMs), wake);
    const indexing = indexRoom(this.#layer, room, this.#closing.signal, rest)
      .catch((error) => {
        this.#failed(room, error);
        return 0;
      })
      .finally(() => {
        this.#indexing.delete(room);
        this.#hurry.delete(room);
      });
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

/** The scans that have come least far down: several where rooms share a commit. */
function leadsOf(scans: readonly BackwardScan[]): BackwardScan[] {
  let leads: BackwardScan[] = [];
  let least = "";
  for (const scan of scans) {
    const reached = scan.reached ?? "~";
    if (reached > least) [leads, least] = [[scan], reached];
    else if (reached === least && reached !== "") leads.push(scan);
  }
  return leads;
}

/** The page of what was found from a place on, which is all that there is. */
function cut(scans: readonly BackwardScan[], bound: Cursor | "", limit: number): FoundMessages {
  const found = scans.flatMap(({ room, found }) =>
    found.filter(({ cursor }) => cursor >= bound).map(({ cursor, json }) => ({ room, cursor, json }))
  );
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
