import { commitCursor, epochOf, stampOf } from "../../layers/cursor.ts";
import type { ChannelLayer, Cursor, Entry } from "../../layers/layer.ts";
import { documentKey, roomGroup } from "../keys.ts";
import { mayHold } from "./filter.ts";
import type { Query } from "./query.ts";
import { type Block, indexedDocument, indexedKey, parseEvent, segmentDocument } from "./segments.ts";

/** Entries of the first read where nothing is indexed, of which every room costs one; each further one reads four times as many. */
const FIRST_ENTRIES = 32;
const MAX_ENTRIES = 256;

/** Segments of the first list, and of each further one: some 20 KB each. */
const FIRST_SEGMENTS = 4;
const MORE_SEGMENTS = 32;

/** Goes through one room from the newest entry down, a step at a time. */
export class BackwardScan {
  /** The room. */
  readonly room: string;
  /** What was found, newest first. */
  readonly found: Entry[] = [];
  /** Entries that were read where nothing is indexed: many of them mean that the index is behind. */
  tail = 0;
  readonly #layer: ChannelLayer;
  readonly #query: Query;
  /** Every entry from here on has been looked at; undefined: none. */
  #reached: Cursor | undefined;
  /** What is left of the segments that were listed, newest first; undefined: none were. */
  #blocks: Block[] | undefined;
  /** Where the last segment begins that was listed; undefined: there is none before it. */
  #listedTo: Cursor | undefined;
  /** Up to where the room is indexed; undefined: not looked up. */
  #indexedTo: Cursor | undefined;
  #tailEntries = FIRST_ENTRIES;
  #isTailRead = false;
  #isDone = false;

  /**
   * Begins at the newest entry.
   *
   * @param before Or at the last one before it.
   */
  constructor(layer: ChannelLayer, room: string, query: Query, before?: Cursor) {
    this.#layer = layer;
    this.room = room;
    this.#query = query;
    this.#reached = before;
  }

  /** Every entry from this cursor on has been looked at; `""`: all have been. Undefined before the first step. */
  get reached(): Cursor | undefined {
    return this.#isDone ? "" : this.#reached;
  }

  /**
   * Looks at a stretch: entries that are not indexed, segments that do not hold it, or one block that may.
   *
   * @throws {ChatError} `bad_cursor`, `cursor_expired`, `unavailable`.
   */
  async step(): Promise<void> {
    if (this.#isDone) return;
    if (!this.#isTailRead) return await this.#readTail();
    this.#blocks ??= await this.#list(FIRST_SEGMENTS);
    for (let block; (block = this.#blocks.shift()) !== undefined;) {
      if (mayHold(block.filter, this.#query.tokens)) return await this.#readBlock(block);
      this.#reached = block.first;
    }
    if (this.#listedTo === undefined) this.#isDone = true;
    else this.#blocks = await this.#list(MORE_SEGMENTS);
  }

  async #readTail(): Promise<void> {
    // Up to where it is indexed first, then what is not: what becomes indexed in between is looked at, as part of the tail.
    const indexedTo = this.#indexedTo ??= await this.#findIndexedTo();
    if (this.#reached === undefined || this.#reached > indexedTo) {
      const page = await this.#read(this.#tailEntries);
      this.#tailEntries = Math.min(4 * this.#tailEntries, MAX_ENTRIES);
      const its = page.entries.filter(({ cursor }) => cursor > indexedTo);
      this.tail += its.length;
      this.#look(its);
      if (page.more && its.length === page.entries.length) return;
    }
    this.#isTailRead = true;
    if (indexedTo === "") this.#isDone = true;
    // No other entry of its commit follows: it would have been read as part of the tail.
    else this.#reached ??= commitCursor(epochOf(indexedTo), stampOf(indexedTo));
  }

  async #findIndexedTo(): Promise<Cursor> {
    const [found] = await this.#layer.get([indexedKey(this.room)]);
    return found === undefined ? "" : indexedDocument.parse(found.value).last;
  }

  /** Reads a block newest first: what is left of it below what has been looked at. */
  async #readBlock(block: Block): Promise<void> {
    for (let left = block.count; left > 0;) {
      const page = await this.#read(left);
      const its = page.entries.filter(({ cursor }) => cursor >= block.first);
      this.#look(its);
      left -= its.length;
      if (!page.more || its.length < page.entries.length) break;
    }
    this.#reached = block.first;
  }

  #read(limit: number) {
    const before = this.#reached;
    return this.#layer.read(roomGroup(this.room), { ...(before !== undefined && { before }), limit });
  }

  #look(entries: readonly Entry[]): void {
    for (let i = entries.length - 1; i >= 0; i--) {
      const entry = entries[i];
      if (entry === undefined) continue;
      if (this.#query.matches(parseEvent(entry.json))) this.found.push(entry);
      this.#reached = entry.cursor;
    }
  }

  /** The blocks of the next segments down, newest first. There is no gap between segments. */
  async #list(limit: number): Promise<Block[]> {
    const before = this.#listedTo ?? this.#reached;
    const prefix = documentKey("segment", this.room);
    const found = await this.#layer.list({ prefix, reverse: true, limit, ...(before !== undefined && { before }) });
    this.#listedTo = found.length < limit ? undefined : found.at(-1)?.key[2];
    const upTo = this.#reached;
    return found.flatMap(({ value }) => segmentDocument.parse(value).blocks.toReversed())
      .filter(({ first }) => upTo === undefined || first < upTo);
  }
}
