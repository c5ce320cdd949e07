/**
 * One message as it is now, and how it becomes another. Its form is in the log, as its amendment; its document stands for that form in
 * checks.
 *
 * @module
 */

import { justBefore, parseCursor } from "../layers/cursor.ts";
import { type Change, type ChannelLayer, type Cursor, CursorExpired, type Entry } from "../layers/layer.ts";
import { ChatError, quote } from "../protocol/errors.ts";
import { type MessageEvent, messageEvent } from "../protocol/events.ts";
import { type MessageDocument, messageDocument } from "./documents.ts";
import { documentKey, roomGroup } from "./keys.ts";

/** See the module. */
export interface StoredMessage {
  /** Its room, a parsed name. */
  readonly room: string;
  /** Its cursor. */
  readonly cursor: Cursor;
  /** How it is now. */
  readonly event: MessageEvent;
  /** What else is known. */
  readonly document: MessageDocument;
  /** Holds as long as all of this does. */
  readonly check: NonNullable<Change["checks"]>[number];
}

/** Whether an entry of a room's log is a message. Only `chat/` writes there, and it writes `type` first. */
export function isMessage({ json }: Pick<Entry, "json">): boolean {
  return json.startsWith('{"type":"message",');
}

/**
 * A message as it stands in the log: one read.
 *
 * @param cursor As it came.
 * @throws {ChatError} `bad_cursor`; `not_found`: there is none, or none any more.
 */
export async function findMessage(layer: ChannelLayer, room: string, cursor: string): Promise<Entry> {
  const after = justBefore(parseCursor(cursor));
  try {
    const { entries: [entry] } = await layer.read(roomGroup(room), { after, limit: 1 });
    if (entry?.cursor === cursor && isMessage(entry)) return entry;
  } catch (error) {
    if (!(error instanceof CursorExpired)) throw error;
  }
  throw new ChatError("not_found", `Cannot find the message ${quote(cursor)}: it is not in this room`);
}

/** An entry's event. */
export function parseMessage({ json }: Entry): MessageEvent {
  return messageEvent.parse(JSON.parse(json));
}

/**
 * A message with what it takes to change it.
 *
 * @param cursor As it came.
 * @throws As {@linkcode findMessage}.
 */
export async function readMessage(layer: ChannelLayer, room: string, cursor: string): Promise<StoredMessage> {
  const key = documentKey("message", room, parseCursor(cursor));
  // The document first: a form that is newer than the document fails the check.
  const [found] = await layer.get([key]);
  const entry = await findMessage(layer, room, cursor);
  return {
    room,
    cursor,
    event: parseMessage(entry),
    document: found === undefined ? {} : messageDocument.parse(found.value),
    check: { key, version: found?.version ?? null },
  };
}

/**
 * Refuses what nobody can do to a deleted message.
 *
 * @param what E.g. `"reply to"`.
 * @throws {ChatError} `not_found`.
 */
export function requireAlive({ cursor, event }: Pick<StoredMessage, "cursor" | "event">, what: string): void {
  if (event.deleted !== true) return;
  throw new ChatError("not_found", `Cannot ${what} the message ${quote(cursor)}: it was deleted`);
}

/** The change that gives a message another form, if it is still as it was read. */
export function amended(stored: StoredMessage, event: MessageEvent, document = stored.document): Change {
  const { room, cursor, check } = stored;
  return {
    checks: [check],
    sets: [{ key: check.key, value: document }],
    amends: [{ group: roomGroup(room), cursor, event }],
  };
}

/** Several changes as one. */
export function together(...changes: readonly (Change | undefined)[]): Change {
  const all = changes.filter((change) => change !== undefined);
  return {
    checks: all.flatMap(({ checks = [] }) => checks),
    sets: all.flatMap(({ sets = [] }) => sets),
    deletes: all.flatMap(({ deletes = [] }) => deletes),
    amends: all.flatMap(({ amends = [] }) => amends),
    erases: all.flatMap(({ erases = [] }) => erases),
  };
}
