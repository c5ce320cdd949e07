/**
 * How somebody becomes a member, whichever way they came.
 *
 * @module
 */

import type { ChannelLayer, PublishOptions } from "../layers/layer.ts";
import { ChatError } from "../protocol/errors.ts";
import type { MemberEvent, User } from "../protocol/events.ts";
import { listMembershipDocuments } from "./memberships.ts";
import { isDirectName } from "./room_names.ts";
import {
  changeOf,
  memberNews,
  memberParts,
  membershipNews,
  newRoom,
  type Parts,
  roomParts,
  type RoomState,
} from "./room_state.ts";

/** Rooms that one person may be in, direct ones aside. */
const MAX_ROOMS_OF = 1_000;

/** An event, and what is published with it. */
export interface Admission {
  /** Says that they are in. */
  readonly event: MemberEvent;
  /** The documents, and who is told. */
  readonly options: PublishOptions;
}

/**
 * What makes somebody a member who is none. Coming in takes nothing from anybody, so the room's document stays as it is, and those who
 * come at the same time do not wait for each other; a public room that nobody has used becomes one.
 *
 * @param state Read for them.
 * @param user Who comes.
 * @param now Milliseconds since 1970.
 * @param more What else changes.
 */
export function admission(
  { standing, target }: RoomState,
  user: User,
  now: number,
  ...more: Partial<Parts>[]
): Admission {
  const { room, document } = standing;
  const role = "member";
  const first = document === undefined ? [roomParts(newRoom(room, now))] : [];
  const change = changeOf(standing, ...first, memberParts(room.name, target, { ...target, user, role }, now), ...more);
  const also = [membershipNews(user.id, room.name, "joined", now)];
  return { event: memberNews("joined", { at: now, by: user, member: user, role }), options: { change, also } };
}

/**
 * Refuses those who are in too many rooms. Direct rooms do not count: others open them. Who joins several at once may end up in a few more.
 *
 * @throws {ChatError} `forbidden`.
 */
export async function assertRoomForMore(layer: ChannelLayer, person: string): Promise<void> {
  const found = await listMembershipDocuments(layer, person);
  if (found.filter(({ key }) => !isDirectName(key[2] ?? "")).length < MAX_ROOMS_OF) return;
  throw new ChatError("forbidden", `Cannot come into one more room: you are in ${MAX_ROOMS_OF} already`);
}
