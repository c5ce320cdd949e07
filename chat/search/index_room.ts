import { type Change, type ChannelLayer, type Cursor, CursorExpired, Stale } from "../../layers/layer.ts";
import { beginningOf } from "../beginning.ts";
import { documentKey, roomGroup } from "../keys.ts";
import {
  extendSegment,
  indexedDocument,
  indexedKey,
  SEGMENT_ENTRIES,
  SegmentBuilder,
  type SegmentDocument,
  segmentDocument,
} from "./segments.ts";
import type { Indexed } from "./tokens.ts";

/** Races that are lost before it is left to those who won, or to the next time. */
const MAX_LOST = 5;

/**
 * Indexes what of a room's log fills segments. Several isolates may do it at once: one of them gets each segment done.
 *
 * No entry has to be let ripen first: an entry that commits later never appears before one that was read.
 *
 * @param signal Stops it between two segments.
 * @param rest Called after each segment with the milliseconds that it took. Default: it does not rest.
 * @returns How many segments it made.
 * @throws {ChatError} `unavailable`.
 */
export async function indexRoom(
  layer: ChannelLayer,
  room: string,
  signal?: AbortSignal,
  rest?: (tookMs: number) => Promise<void>,
): Promise<number> {
  let made = 0;
  for (let lost = 0; lost < MAX_LOST && !signal?.aborted;) {
    try {
      const startedAt = performance.now();
      if (!await indexSegment(layer, room)) break;
      made++;
      await rest?.(performance.now() - startedAt);
    } catch (error) {
      // Another was quicker, somebody edited what we read, or it was trimmed.
      if (!(error instanceof Stale) && !(error instanceof CursorExpired)) throw error;
      lost++;
    }
  }
  return made;
}

async function indexSegment(layer: ChannelLayer, room: string): Promise<boolean> {
  const group = roomGroup(room);
  const key = indexedKey(room);
  const [found] = await layer.get([key]);
  const last = found === undefined ? "" : indexedDocument.parse(found.value).last;
  const beginning = await beginningOf(layer, group);
  const start = last > beginning ? last : beginning;
  if (!await hasSegment(layer, group, start)) return false;
  // From here on an edit of what we are about to read makes us read it again: see extendFilter.
  const building = crypto.randomUUID();
  await layer.commit({
    checks: [{ key, version: found?.version ?? null }],
    sets: [{ key, value: { last, building } }],
  });
  const [marked] = await layer.get([key]);
  if (marked === undefined || indexedDocument.parse(marked.value).building !== building) throw new Stale("Lost a race");
  const segment = await readSegment(layer, group, start);
  if (segment === undefined) return false;
  const segmentKey = documentKey("segment", room, segment.first);
  await layer.commit({
    checks: [{ key, version: marked.version }],
    sets: [{ key, value: { last: segment.document.last } }, { key: segmentKey, value: segment.document }],
  });
  return true;
}

/** Whether enough follows to fill a segment: most calls come too early, and should write nothing. */
async function hasSegment(layer: ChannelLayer, group: string, start: Cursor): Promise<boolean> {
  let count = 0;
  for (let after = start, more = true; more && count < SEGMENT_ENTRIES;) {
    const page = await layer.read(group, { after, limit: SEGMENT_ENTRIES - count });
    count += page.entries.length;
    after = page.head;
    more = page.more;
  }
  return count >= SEGMENT_ENTRIES;
}

async function readSegment(
  layer: ChannelLayer,
  group: string,
  start: Cursor,
): Promise<{ first: Cursor; document: SegmentDocument } | undefined> {
  const builder = new SegmentBuilder();
  for (let after = start, more = true; more;) {
    const page = await layer.read(group, { after, limit: SEGMENT_ENTRIES });
    for (const entry of page.entries) {
      const segment = builder.add(entry);
      if (segment !== undefined) return segment;
    }
    after = page.head;
    more = page.more;
  }
  return undefined;
}

/**
 * What an edit has to add to its change, so that the message is found by its new text: put it in beside the message's own.
 *
 * @param target The message's cursor.
 * @param event What it says now: `text`, `mentions`.
 * @returns Checks and sets; undefined: its stretch of the log was trimmed.
 * @throws {ChatError} `unavailable`.
 */
export async function extendFilter(
  layer: ChannelLayer,
  room: string,
  target: Cursor,
  event: Indexed,
): Promise<Pick<Change, "checks" | "sets"> | undefined> {
  const key = indexedKey(room);
  const [found] = await layer.get([key]);
  // Who indexes checks this document: not indexed yet, the new text will be.
  if (found === undefined) return { checks: [{ key, version: null }] };
  const { last, building } = indexedDocument.parse(found.value);
  if (target > last) {
    const checks = [{ key, version: found.version }];
    // Somebody may have read the old text already: make them read again.
    return building === undefined ? { checks } : { checks, sets: [{ key, value: { last } }] };
  }
  const [[before], [exact]] = await Promise.all([
    layer.list({ prefix: documentKey("segment", room), before: target, reverse: true, limit: 1 }),
    layer.get([documentKey("segment", room, target)]),
  ]);
  const segment = exact ?? before;
  if (segment === undefined) return undefined;
  const value = segmentDocument.parse(segment.value);
  if (!extendSegment(value, target, event)) return undefined;
  return { checks: [{ key: segment.key, version: segment.version }], sets: [{ key: segment.key, value }] };
}
