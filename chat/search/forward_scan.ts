import { type ChannelLayer, type Cursor, CursorExpired, type Entry } from "../../layers/layer.ts";
import { beginningOf } from "../beginning.ts";
import { documentKey, roomGroup } from "../keys.ts";
import { mayHold } from "./filter.ts";
import type { Query } from "./query.ts";
import { type Block, parseEvent, segmentDocument } from "./segments.ts";

/** Entries of one read where nothing is indexed. */
const TAIL_ENTRIES = 256;

/** Segments of one list: some 20 KB each. */
const SEGMENTS = 16;

/** One step of {@linkcode scanForward}. */
export interface Stretch {
  /** What was found in it, oldest first. */
  readonly found: readonly Entry[];
  /** Every entry up to here has been looked at. */
  readonly reached: Cursor;
}

/**
 * Goes through one room from the oldest entry up, a stretch at a time, to the end that it has when it gets there. Whoever stops asking reads no
 * further. What is trimmed meanwhile is passed over.
 *
 * @param after Begins after this cursor. Default: at the oldest entry.
 * @throws {ChatError} `bad_cursor`, `unavailable`; `cursor_expired`: the cursor is of another database.
 */
export async function* scanForward(
  layer: ChannelLayer,
  room: string,
  query: Query,
  after?: Cursor,
): AsyncGenerator<Stretch> {
  const group = roomGroup(room);
  let place = after ?? await beginningOf(layer, group);
  for await (const blocks of segmentsFrom(layer, room, place)) {
    for (const block of blocks) {
      if (block.last <= place) continue;
      if (!mayHold(block.filter, query.tokens)) {
        place = block.last;
        continue;
      }
      while (place < block.last) {
        const { entries } = await readAfter(block.count);
        const its = entries.filter(({ cursor }) => cursor <= block.last);
        place = its.at(-1)?.cursor ?? block.last;
        yield { found: its.filter(isFound), reached: place };
      }
    }
    yield { found: [], reached: place };
  }
  for (let more = true; more;) {
    const page = await readAfter(TAIL_ENTRIES);
    place = page.entries.at(-1)?.cursor ?? place;
    more = page.more;
    yield { found: page.entries.filter(isFound), reached: place };
  }

  async function readAfter(limit: number) {
    try {
      return await layer.read(group, { after: place, limit });
    } catch (error) {
      if (!(error instanceof CursorExpired)) throw error;
      const beginning = await beginningOf(layer, group);
      // Trimmed beyond our place: go on with what is left. Anything else is no place of this log.
      if (beginning <= place) throw error;
      place = beginning;
      return await layer.read(group, { after: place, limit });
    }
  }

  function isFound(entry: Entry): boolean {
    return query.matches(parseEvent(entry.json));
  }
}

/** The segments that reach beyond a place, oldest first, some at a time. */
async function* segmentsFrom(layer: ChannelLayer, room: string, place: Cursor): AsyncGenerator<Block[]> {
  const prefix = documentKey("segment", room);
  const [[around], [exact]] = await Promise.all([
    layer.list({ prefix, before: place, reverse: true, limit: 1 }),
    layer.get([documentKey("segment", room, place)]),
  ]);
  const first = exact ?? around;
  if (first !== undefined) yield segmentDocument.parse(first.value).blocks;
  for (let after = place;;) {
    const found = await layer.list({ prefix, after, limit: SEGMENTS });
    if (found.length > 0) yield found.flatMap(({ value }) => segmentDocument.parse(value).blocks);
    if (found.length < SEGMENTS) return;
    after = found.at(-1)?.key[2] ?? after;
  }
}
