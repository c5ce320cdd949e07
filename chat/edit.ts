/**
 * Editing a message. The edit is an event with the new text, and the message is amended in the same step. Who erases the message later must
 * find that event: its cursor is not known before it is in the log, so the message's document keeps the log's end as it was just before.
 *
 * @module
 */

import { type Change, type ChannelLayer, CursorExpired } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import { ChatError } from "../protocol/errors.ts";
import { type EditEvent, editEvent } from "../protocol/events.ts";
import { allowed, decidingAnew, writeAction } from "./allowed.ts";
import { roomGroup } from "./keys.ts";
import { findMentions, mentionEntries } from "./mentions.ts";
import type { MessagesParts } from "./messages.ts";
import { may } from "./permissions.ts";
import { amended, readMessage, requireAlive, type StoredMessage, together } from "./stored_message.ts";
import type { Decision } from "./transact.ts";

/** What shall become of which message. */
export interface Editing {
  /** Who wants it. */
  readonly caller: Caller;
  /** A parsed room name. */
  readonly room: string;
  /** The message's, as it came. */
  readonly cursor: string;
  /** Parsed. */
  readonly text: string;
}

/** What `transact` decides. */
export function deciding(
  { layer, standings, now, hooks }: MessagesParts,
  { caller, room, cursor, text }: Editing,
): () => Promise<Decision<{ at: number }>> {
  return decidingAnew(async (isFresh): Promise<Decision<{ at: number }>> => {
    // To edit is to say something: an old message is no way around a room's rules.
    const standing = await allowed(standings, caller, room, (info) => ["changeOwn", writeAction(info)], isFresh);
    const stored = await readMessage(layer, room, cursor);
    requireAlive(stored, "edit");
    const { mentions: before = [], ...message } = stored.event;
    if (message.user.id !== caller.user.id) {
      throw new ChatError("forbidden", "Cannot edit this message: it is somebody else's");
    }
    if (message.text === text) return { answer: { at: message.edited ?? message.at } };
    const at = now();
    const mentions = await findMentions(layer, room, text, may("mentionRoom", standing));
    const mentioned = mentions.length > 0 ? { mentions } : {};
    const { head } = await layer.read(roomGroup(room), { limit: 1 });
    const event: EditEvent = { type: "edit", at, user: caller.user, target: cursor, text, ...mentioned };
    const change = together(
      { checks: standing.checks },
      amended(stored, { ...message, text, ...mentioned, edited: at }, { ...stored.document, editAfter: head }),
      await forgetEdit(layer, stored),
      await hooks?.extendFilter?.(room, cursor, text, mentions),
    );
    // Nobody is told twice.
    const isNew = mentions.filter((id) => !before.includes(id));
    const also = mentionEntries(room, isNew, caller.user, at);
    return { group: roomGroup(room), event, options: { change, also }, answer: () => ({ at }) };
  });
}

/** Takes the text out of the edit that still holds one. */
export async function forgetEdit(
  layer: ChannelLayer,
  { room, cursor, document }: StoredMessage,
): Promise<Change | undefined> {
  let after = document.editAfter;
  if (after === undefined) return undefined;
  const group = roomGroup(room);
  for (let isMore = true; isMore;) {
    try {
      const page = await layer.read(group, { after, limit: 100 });
      for (const { cursor: place, json } of page.entries) {
        if (!json.startsWith('{"type":"edit",')) continue;
        const { text, mentions: _, ...event } = editEvent.parse(JSON.parse(json));
        if (event.target === cursor && text !== undefined) return { erases: [{ group, cursor: place, event }] };
      }
      [after, isMore] = [page.head, page.more];
    } catch (error) {
      // What is no longer kept holds no text.
      if (error instanceof CursorExpired) return undefined;
      throw error;
    }
  }
  return undefined;
}
