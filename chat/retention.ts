/**
 * Retention: messages that are older than a room keeps them go, with everything that was kept of them.
 *
 * @module
 */

import { epochOf, originCursor } from "../layers/cursor.ts";
import { type ChannelLayer, type Cursor, type Document, type DocumentKey, Stale } from "../layers/layer.ts";
import { beginningOf } from "./beginning.ts";
import { type RoomDocument, roomDocument } from "./documents.ts";
import { allRooms } from "./exports.ts";
import { documentKey, roomGroup } from "./keys.ts";
import { pause } from "./pause.ts";
import { parseEvent, segmentDocument } from "./search/segments.ts";

const DAY_MS = 86_400_000;

/** Entries of one read. */
const PAGE_ENTRIES = 1_000;

/** Documents that go in one step: the keys of reactions have up to 750 bytes each, and a change 60,000. */
const STEP = 75;

/** Options of {@linkcode keepRetention}. */
export interface RetentionOptions {
  /** Milliseconds between two rounds. Default an hour. */
  readonly everyMs?: number;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Told of a room that could not be trimmed; it is tried again in the next round. */
  readonly failed?: (room: string, error: unknown) => void;
}

/**
 * Trims all rooms that keep their messages for some days only, every so often, until the signal is aborted. Work for a lease: one
 * isolate is enough, and two do no harm.
 *
 * @param signal Ends it between two rooms.
 * @throws {ChatError} `unavailable`: the rooms could not be listed.
 */
export async function keepRetention(
  layer: ChannelLayer,
  signal: AbortSignal,
  { everyMs = 3_600_000, now = Date.now, failed = () => {} }: RetentionOptions = {},
): Promise<void> {
  while (!signal.aborted) {
    await trimRooms(layer, signal, { now, failed });
    await pause(everyMs, signal);
  }
}

/** One round of {@linkcode keepRetention}. */
export async function trimRooms(
  layer: ChannelLayer,
  signal: AbortSignal,
  { now = Date.now, failed = () => {} }: Pick<RetentionOptions, "now" | "failed"> = {},
): Promise<void> {
  for await (const room of allRooms(layer)) {
    if (signal.aborted) return;
    try {
      const [found] = await layer.get([documentKey("room", room)]);
      const { info } = roomDocument.parse(found?.value);
      if (info.retentionDays > 0) await trimRoom(layer, room, now() - info.retentionDays * DAY_MS);
    } catch (error) {
      failed(room, error);
    }
  }
}

/**
 * Forgets what happened in a room before a time, and what is kept of it: reads no more than what goes, and one page.
 *
 * The log goes first: whoever is interrupted leaves documents that nothing leads to, and the next round finds them.
 *
 * @param olderThan Milliseconds since 1970. Entries go from the oldest on up to the first that is not older.
 * @throws {ChatError} `unavailable`.
 */
export async function trimRoom(layer: ChannelLayer, room: string, olderThan: number): Promise<void> {
  const group = roomGroup(room);
  let floor = await beginningOf(layer, group);
  let upTo = floor;
  for (let isOver = false; !isOver;) {
    const page = await layer.read(group, { after: upTo, limit: PAGE_ENTRIES });
    isOver = !page.more;
    for (const { cursor, json } of page.entries) {
      const { at } = parseEvent(json);
      if (typeof at === "number" && at >= olderThan) {
        isOver = true;
        break;
      }
      upTo = cursor;
    }
  }
  // Also when it is the floor already: a trim that was interrupted, or an edit that met it, has left something below.
  if (upTo > originCursor(epochOf(upTo))) await layer.trim(group, upTo);
  floor = upTo;
  await forgetDocuments(layer, documentKey("message", room), floor);
  await forgetReactions(layer, room, floor);
  await forgetSegments(layer, room, floor);
  await forgetPins(layer, room, floor);
}

/** Forgets the documents whose next part is a cursor up to `floor`. */
async function forgetDocuments(layer: ChannelLayer, prefix: DocumentKey, floor: Cursor): Promise<void> {
  await forget(layer, [[...prefix, floor]]);
  for (;;) {
    const found = await layer.list({ prefix, before: floor, limit: STEP });
    await forget(layer, found.map(({ key }) => key));
    if (found.length < STEP) return;
  }
}

async function forgetReactions(layer: ChannelLayer, room: string, floor: Cursor): Promise<void> {
  await forgetDocuments(layer, documentKey("reaction", room), floor);
  // Those of the last message that went have longer keys than its own cursor.
  for (const prefix = documentKey("reaction", room, floor);;) {
    const found = await layer.list({ prefix, limit: STEP });
    await forget(layer, found.map(({ key }) => key));
    if (found.length < STEP) return;
  }
}

/** Forgets the segments that ended; one that the floor is in stays until all of it went. */
async function forgetSegments(layer: ChannelLayer, room: string, floor: Cursor): Promise<void> {
  const prefix = documentKey("segment", room);
  for (;;) {
    const found = await layer.list({ prefix, before: floor, limit: 10 });
    const ended = found.filter(({ value }) => segmentDocument.parse(value).last <= floor);
    await forget(layer, ended.map(({ key }) => key));
    if (ended.length < 10) return;
  }
}

async function forgetPins(layer: ChannelLayer, room: string, floor: Cursor): Promise<void> {
  const key = documentKey("room", room);
  const [found] = await layer.get([key]);
  if (found === undefined) return;
  const document = roomDocument.parse(found.value);
  const pins = document.pins.filter((pin) => pin > floor);
  if (pins.length === document.pins.length) return;
  await setUnlessChanged(layer, found, { ...document, pins });
}

/** Whoever changed it meanwhile is right; the next round comes again. */
async function setUnlessChanged(layer: ChannelLayer, { key, version }: Document, value: RoomDocument): Promise<void> {
  try {
    await layer.commit({ checks: [{ key, version }], sets: [{ key, value }] });
  } catch (error) {
    if (!(error instanceof Stale)) throw error;
  }
}

async function forget(layer: ChannelLayer, deletes: readonly DocumentKey[]): Promise<void> {
  if (deletes.length > 0) await layer.commit({ deletes });
}
