/**
 * What a batch means to the sockets that it comes to: found out once for all of them.
 *
 * @module
 */

import type { Joined } from "../chat/live.ts";
import { decodeEvent } from "../layers/event.ts";
import type { Batch, Cursor } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import { memberEvent, type PersonEvent, personEvent, type PresenceEvent, presenceEvent } from "../protocol/events.ts";
import { encodeEvents, eventsFrame, okJsonFrame } from "../protocol/frames.ts";

const ROOM = "room:";
const PRESENCE = "presence:";

/** When a client has to bring another token. A session is prolonged by being used. */
export function endOf({ kind, expiresAt }: Caller): { readonly expiresAt?: number } {
  return kind === "signed" && expiresAt !== undefined ? { expiresAt } : {};
}

/** The answer to a join. */
export function joinedFrame(id: number, { standing, entries, head, recovered }: Joined): string {
  const you = JSON.stringify({ level: standing.level });
  const about = `"room":${JSON.stringify(standing.room)},"you":${you},"head":"${head}","recovered":${recovered}`;
  return okJsonFrame(id, `{${about},"events":${encodeEvents(entries)}}`);
}

/** How somebody came to be out of a room. */
export interface Removal {
  /** Why. */
  readonly why: "left" | "kicked" | "banned";
  /** Which of its batch's entries says so. */
  readonly index: number;
  /** The entry's cursor: whoever was let in behind it has come back since. */
  readonly cursor: Cursor;
}

/** What a batch of a room is to a socket that has the room open. */
export interface RoomBatch {
  /** The frame. */
  readonly frame: string;
  /** Who was put out in it, each time; mostly nobody. */
  readonly removed: ReadonlyMap<string, readonly Removal[]> | undefined;
}

const rooms = new WeakMap<Batch, RoomBatch>();

/** Encodes a batch of a room's log, once for all sockets that are at the same place. */
export function roomBatch(batch: Batch): RoomBatch {
  let found = rooms.get(batch);
  if (found === undefined) {
    const frame = eventsFrame(roomOf(batch), batch.prev, batch.entries);
    rooms.set(batch, found = { frame, removed: findRemoved(batch) });
  }
  return found;
}

/** The frame of those whom the entry `index` of a batch put out of the room: it ends there, and says why. */
export function lastFrames(batch: Batch, { why, index }: Removal): string[] {
  const room = roomOf(batch);
  const last = eventsFrame(room, batch.prev, batch.entries.slice(0, index + 1));
  return [last, JSON.stringify({ type: "removed", room, why })];
}

/** The room whose log a batch is of. */
export function roomOf({ group }: Batch): string {
  return group.slice(ROOM.length);
}

function findRemoved({ entries }: Batch): RoomBatch["removed"] {
  let removed: Map<string, Removal[]> | undefined;
  for (const [index, { json, cursor }] of entries.entries()) {
    // Only `chat/` writes to a room's log, and it writes `type` first.
    if (!json.startsWith('{"type":"member"')) continue;
    const { member, change } = memberEvent.parse(JSON.parse(json));
    // Who comes back in the same batch joins anew; they have been out all the same.
    if (change !== "left" && change !== "kicked" && change !== "banned") continue;
    const all = (removed ??= new Map()).get(member.id) ?? [];
    removed.set(member.id, [...all, { why: change, index, cursor }]);
  }
  return removed;
}

const people = new WeakMap<Batch, string>();

/** `{"type": "people", "room", "changes"}`: who came and who went. */
export function peopleFrame(batch: Batch): string {
  let frame = people.get(batch);
  if (frame === undefined) {
    const changes = batch.entries.map(({ json }): Omit<PresenceEvent, "type"> => {
      const { type: _, ...change } = presenceEvent.parse(JSON.parse(json));
      return change;
    });
    frame = JSON.stringify({ type: "people", room: batch.group.slice(PRESENCE.length), changes });
    people.set(batch, frame);
  }
  return frame;
}

const persons = new WeakMap<Batch, readonly PersonEvent[]>();

/** What happened to a person. */
export function personEvents(batch: Batch): readonly PersonEvent[] {
  let events = persons.get(batch);
  if (events === undefined) {
    const known = batch.entries.map(({ json }) => personEvent.safeParse(decodeEvent(json)));
    persons.set(batch, events = known.flatMap(({ data }) => data ?? []));
  }
  return events;
}
