/**
 * Rooms as the service tells of them, for tests of what is made of them.
 *
 * @module
 */

import type { RoomInfo } from "../../static/client/events.js";
import type { MyRoom } from "../../static/client/operations.js";
import type { ListedRoom } from "../../static/chat/rooms/my_rooms.js";

/** A public room, in which everybody may write at any speed. */
export function roomInfo(name: string, more: Partial<RoomInfo> = {}): RoomInfo {
  return { name, kind: "public", write: "members", slowModeS: 0, retentionDays: 0, archived: false, ...more };
}

/** One of my rooms, with nothing unread. */
export function myRoom(name: string, more: Partial<MyRoom> = {}, info: Partial<RoomInfo> = {}): MyRoom {
  return {
    room: roomInfo(name, info),
    role: "member",
    notify: "all",
    favourite: false,
    joinedAt: 1,
    head: "b",
    unread: 0,
    mentions: 0,
    ...more,
  };
}

/** The same as it stands in the list. */
export function listedRoom(name: string, more: Partial<ListedRoom> = {}, info: Partial<RoomInfo> = {}): ListedRoom {
  return { activeAt: 1, ...myRoom(name, more, info) };
}
