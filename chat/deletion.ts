/**
 * Deleting a message: its text and those of its edits leave the log, a tombstone stays.
 *
 * @module
 */

import type { AlsoEntry, Change, ChannelLayer, Cursor } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import type { DeleteEvent, MessageEvent } from "../protocol/events.ts";
import { allowed, decidingAnew } from "./allowed.ts";
import { audited } from "./audit.ts";
import { forgetEdit } from "./edit.ts";
import { documentKey, roomGroup } from "./keys.ts";
import type { MessagesParts } from "./messages.ts";
import type { Standing } from "./standings.ts";
import { readMessage, together } from "./stored_message.ts";
import { leaveThread } from "./threads.ts";
import type { Decision } from "./transact.ts";

/** Reactions that are forgotten in one step: their keys have up to 750 bytes each, and a change 60,000. */
const REACTIONS_A_STEP = 75;

/** Which message shall go. */
export interface Deletion {
  /** Who wants it. */
  readonly caller: Caller;
  /** A parsed room name. */
  readonly room: string;
  /** The message's, as it came. */
  readonly cursor: string;
}

/** What `transact` decides. */
export function deciding(
  { layer, standings, now }: MessagesParts,
  { caller, room, cursor }: Deletion,
): () => Promise<Decision<void>> {
  return decidingAnew(async (isFresh): Promise<Decision<void>> => {
    await allowed(standings, caller, room, () => ["read"], isFresh);
    const stored = await readMessage(layer, room, cursor);
    const { user: author, at: sentAt, thread: first } = stored.event;
    const isOwn = author.id === caller.user.id;
    const standing = await allowed(standings, caller, room, () => [isOwn ? "changeOwn" : "deleteOthers"]);
    if (stored.event.deleted === true) return { answer: undefined };
    const at = now();
    const group = roomGroup(room);
    // Where it was said is no secret: a tombstone of a thread stays in it.
    const said = first === undefined ? {} : { thread: first };
    const tombstone: MessageEvent = { type: "message", at: sentAt, user: author, ...said, deleted: true };
    const thread = first === undefined ? undefined : await leaveThread(layer, room, first);
    const change = together(
      { checks: standing.checks },
      {
        checks: [stored.check],
        sets: [{ key: stored.check.key, value: { deleted: true } }],
        erases: [{ group, cursor, event: tombstone }],
      },
      await forgetEdit(layer, stored),
      thread?.change,
      withoutPin(standing, cursor),
    );
    const event: DeleteEvent = {
      type: "delete",
      at,
      user: caller.user,
      target: cursor,
      ...(thread !== undefined && { thread: first, count: thread.count }),
    };
    // What one does to oneself needs no trail.
    const also: AlsoEntry[] = isOwn
      ? []
      : [audited(room, { at, user: caller.user, action: "delete", member: author, target: cursor })];
    return { group, event, options: { change, also }, answer: () => undefined };
  });
}

function withoutPin({ room, document, checks }: Standing, cursor: Cursor): Change | undefined {
  if (document === undefined || !document.pins.includes(cursor)) return undefined;
  const pins = document.pins.filter((pin) => pin !== cursor);
  // The standing's checks are of this very document.
  return checks.length === 0
    ? undefined
    : { sets: [{ key: documentKey("room", room.name), value: { ...document, pins } }] };
}

/** Forgets who reacted to a message that is deleted. */
export async function forgetReactions(layer: ChannelLayer, room: string, cursor: Cursor): Promise<void> {
  for (;;) {
    const found = await layer.list({ prefix: documentKey("reaction", room, cursor), limit: REACTIONS_A_STEP });
    if (found.length > 0) await layer.commit({ deletes: found.map(({ key }) => key) });
    if (found.length < REACTIONS_A_STEP) return;
  }
}
