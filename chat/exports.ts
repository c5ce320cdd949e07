/**
 * What is kept, as NDJSON: one JSON object a line. Made while it is read: whoever stops reading stops the work, and nothing is gathered.
 *
 * @module
 */

import { type ChannelLayer, CursorExpired, type DocumentKey, type Entry } from "../layers/layer.ts";
import { encodeWithCursor } from "../protocol/frames.ts";
import { beginningOf } from "./beginning.ts";
import { documentKey, personGroup, roomGroup } from "./keys.ts";
import { scanForward } from "./search/forward_scan.ts";
import { personQuery } from "./search/query.ts";
import { parseEvent } from "./search/segments.ts";

/** Entries of one read. A read also ends after 64 Ki characters, which is what a reader makes us hold. */
const PAGE_ENTRIES = 500;

/** Documents of one list. */
const PAGE_DOCUMENTS = 200;

/** One export: lines, without their ends. */
export type Lines = AsyncGenerator<string, void, undefined>;

/**
 * Everything lasting that happened in a room, in order, as it is now: each line is an event as history gives it, with its `cursor`. What is
 * trimmed meanwhile is left out.
 *
 * @param room A parsed room name.
 * @param permit Refuses who may not have it. Asked before each read: whoever reads slowly may lose the right meanwhile, and the log goes on.
 * @throws {ChatError} `unavailable`, and what `permit` throws.
 */
export async function* exportRoom(layer: ChannelLayer, room: string, permit?: () => Promise<unknown>): Lines {
  yield* exportLog(layer, roomGroup(room), encodeWithCursor, permit);
}

/**
 * Everything that is kept of a person, without secrets. Each line is `{"kind": …}` with what there is of that kind:
 *
 * - `person`, then `session` (without what proves it), `membership`, `asked` (direct rooms without an answer), `read` (their read markers), `seen`
 * - `notice`: an `event` of their own log, such as a mention
 * - `event`: what they did in a room (`room`, `cursor`, `event`), in each room in order; their messages, edits and reactions, and what was done to
 *   their membership. Of deleted messages there is no text to give.
 *
 * @param person Their id.
 * @param rooms The only rooms that whoever asks may use; absent: all. Of others nothing is said.
 * @param sessions Their sessions without secrets; the owner of those documents lists them.
 * @throws {ChatError} `unavailable`.
 */
export async function* exportPerson(
  layer: ChannelLayer,
  person: string,
  sessions: readonly object[] = [],
  rooms?: readonly string[],
): Lines {
  const isMeant = (room: unknown) => typeof room !== "string" || (rooms?.includes(room) ?? true);
  const [about, seen] = await layer.get([documentKey("person", person), documentKey("seen", person)]);
  yield line({ kind: "person", id: person, person: about?.value });
  if (seen !== undefined) yield line({ kind: "seen", at: seen.value });
  for (const session of sessions) yield line({ kind: "session", ...session });
  for await (const { key, value } of documents(layer, documentKey("membership", person))) {
    if (isMeant(key[2])) yield line({ kind: "membership", room: key[2], ...fieldsOf(value) });
  }
  for await (const { key, value } of documents(layer, documentKey("asked", person))) {
    if (isMeant(key[2])) yield line({ kind: "asked", room: key[2], ...fieldsOf(value) });
  }
  for await (const { key, value } of documents(layer, documentKey("read", person))) {
    if (isMeant(key[2])) {
      yield line({ kind: "read", room: key[2], ...(typeof value === "string" ? { cursor: value } : fieldsOf(value)) });
    }
  }
  yield* exportLog(
    layer,
    personGroup(person),
    ({ cursor, json }) => {
      const event = parseEvent(json);
      return isMeant(event["room"]) ? line({ kind: "notice", cursor, event }) : undefined;
    },
  );
  // Every room there is: whoever left one leaves no document that says so, and the index knows whether they ever wrote there.
  for await (const room of allRooms(layer)) {
    if (!isMeant(room)) continue;
    for await (const { found } of scanForward(layer, room, personQuery(person))) {
      for (const { cursor, json } of found) yield line({ kind: "event", room, cursor, event: parseEvent(json) });
    }
  }
}

/**
 * The names of all rooms that somebody has used, in the order of their names.
 *
 * @param after Only those behind it.
 * @throws {ChatError} `unavailable`.
 */
export async function* allRooms(layer: ChannelLayer, after?: string): AsyncGenerator<string> {
  for await (const { key } of documents(layer, ["room"], after)) if (key[1] !== undefined) yield key[1];
}

async function* exportLog(
  layer: ChannelLayer,
  group: string,
  lineOf: (entry: Entry) => string | undefined,
  permit?: () => Promise<unknown>,
): Lines {
  await permit?.();
  let after = await beginningOf(layer, group);
  for (let more = true; more;) {
    try {
      const page = await layer.read(group, { after, limit: PAGE_ENTRIES });
      for (const entry of page.entries) {
        const said = lineOf(entry);
        if (said !== undefined) yield said;
      }
      after = page.head;
      more = page.more;
    } catch (error) {
      if (!(error instanceof CursorExpired)) throw error;
      after = await beginningOf(layer, group);
    }
    if (more) await permit?.();
  }
}

async function* documents(
  layer: ChannelLayer,
  prefix: DocumentKey,
  start?: string,
): AsyncGenerator<{ key: DocumentKey; value: unknown }> {
  for (let after = start;;) {
    const found = await layer.list({ prefix, limit: PAGE_DOCUMENTS, ...(after !== undefined && { after }) });
    yield* found;
    after = found.at(-1)?.key[prefix.length];
    if (found.length < PAGE_DOCUMENTS || after === undefined) return;
  }
}

function line(value: object): string {
  return JSON.stringify(value);
}

function fieldsOf(value: unknown): object {
  return typeof value === "object" && value !== null ? value : { value };
}
