/**
 * Segments: what a stretch of a room's log may contain. A segment is cut into blocks, each with a filter of its own, so that a word which
 * comes now and then leads to some dozens of entries and not to hundreds. Segments follow each other without a gap from the beginning of the log.
 *
 * ```text
 * segment <room>                  {last, building?}   up to where the log is indexed
 * segment <room> <first cursor>   SegmentDocument     one stretch
 * ```
 *
 * @module
 */

import { z } from "zod";
import type { Cursor, DocumentKey, Entry, LayerEvent } from "../../layers/layer.ts";
import { documentKey } from "../keys.ts";
import { addToken, filterBytes } from "./filter.ts";
import { type Indexed, tokensOf } from "./tokens.ts";

/** Entries of one block. */
const BLOCK_ENTRIES = 64;

/** Blocks of one segment. */
const SEGMENT_BLOCKS = 8;

/** Entries of a segment whose blocks are full. */
export const SEGMENT_ENTRIES = BLOCK_ENTRIES * SEGMENT_BLOCKS;

/** Different tokens after which a block ends early; one message of 4,000 characters has up to 8,000. */
const MAX_BLOCK_TOKENS = 6_000;

/** Bytes of filters after which a segment ends early: a document has 60,000, and the next block up to 21,000. */
const MAX_FILTER_BYTES = 34_000;

const block = z.object({
  /** The cursor of its first entry. */
  first: z.string(),
  /** The cursor of its last entry. */
  last: z.string(),
  /** How many entries. */
  count: z.number(),
  filter: z.instanceof(Uint8Array),
});

/** A stretch of a segment. */
export type Block = z.infer<typeof block>;

/** `segment <room> <first cursor>`. */
export const segmentDocument = z.object({
  /** The cursor of its last entry. */
  last: z.string(),
  /** Oldest first; at least one. */
  blocks: z.array(block),
});

/** See {@linkcode segmentDocument}. */
export type SegmentDocument = z.infer<typeof segmentDocument>;

/** `segment <room>`. */
export const indexedDocument = z.object({
  /** The last entry that is in a segment; `""`: none. */
  last: z.string(),
  /** Names who makes the next segment; absent: nobody, or somebody made theirs worthless by an edit. */
  building: z.string().optional(),
});

/** The document that says up to where a room is indexed. */
export function indexedKey(room: string): DocumentKey {
  return documentKey("segment", room);
}

/** Gathers entries until they are a segment. */
export class SegmentBuilder {
  readonly #blocks: Block[] = [];
  readonly #tokens = new Set<number>();
  #bytes = 0;
  #first: Cursor | undefined;
  #last: Cursor = "";
  #count = 0;

  /**
   * Adds the next entry.
   *
   * @returns The segment that is complete with it, which is the builder's last.
   */
  add(entry: Entry): { first: Cursor; document: SegmentDocument } | undefined {
    tokensOf(parseIndexed(entry.json), (token) => this.#tokens.add(token));
    this.#first ??= entry.cursor;
    this.#last = entry.cursor;
    this.#count++;
    if (this.#count === BLOCK_ENTRIES || this.#tokens.size >= MAX_BLOCK_TOKENS) this.#endBlock();
    if (this.#blocks.length < SEGMENT_BLOCKS && this.#bytes < MAX_FILTER_BYTES) return undefined;
    const first = this.#blocks[0]?.first ?? entry.cursor;
    return { first, document: { last: entry.cursor, blocks: this.#blocks } };
  }

  #endBlock(): void {
    const filter = new Uint8Array(filterBytes(this.#tokens.size));
    for (const token of this.#tokens) addToken(filter, token);
    this.#blocks.push({ first: this.#first ?? this.#last, last: this.#last, count: this.#count, filter });
    this.#bytes += filter.length;
    this.#tokens.clear();
    this.#first = undefined;
    this.#count = 0;
  }
}

/** Adds a text to the block that holds a message; false when no block does. Nothing is ever taken out of a filter. */
export function extendSegment(segment: SegmentDocument, target: Cursor, event: Indexed): boolean {
  const found = segment.blocks.find(({ first, last }) => first <= target && target <= last);
  if (found === undefined) return false;
  tokensOf(event, (token) => addToken(found.filter, token));
  return true;
}

/** An entry's event. */
export function parseEvent(json: string): LayerEvent {
  // The layer encoded it out of an event.
  return JSON.parse(json) as LayerEvent;
}

function parseIndexed(json: string): Indexed {
  const { type, user, member, text, thread, mentions, room } = parseEvent(json);
  return {
    user: hasId(user) ? user : undefined,
    member: hasId(member) ? member : undefined,
    people: peopleOf(room),
    // An edit's text is found at the message that it became the text of.
    text: typeof text === "string" && type === "message" ? text : undefined,
    thread: typeof thread === "string" ? thread : undefined,
    mentions: Array.isArray(mentions) ? mentions.filter((id) => typeof id === "string") : undefined,
  };
}

/** The people of a direct room, out of its `room` event. */
function peopleOf(room: unknown): { id: string }[] | undefined {
  const isRoom = typeof room === "object" && room !== null && "people" in room;
  return isRoom && Array.isArray(room.people) ? room.people.filter(hasId) : undefined;
}

function hasId(value: unknown): value is { id: string } {
  return typeof value === "object" && value !== null && "id" in value && typeof value.id === "string";
}
