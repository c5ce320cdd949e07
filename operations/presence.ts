import { z } from "zod";
import { role, roomInfo, storedMessage, user } from "../protocol/events.ts";
import { parseRoomName } from "../protocol/names.ts";
import { cursorField, flagField, pageLimitField, personField, roomField } from "./input.ts";
import { command, type Operation, operation } from "./operation.ts";

const cursor = z.string().describe("A cursor.");

const markRead = operation({
  type: "mark_read",
  method: "put",
  path: "/v1/rooms/:room/read",
  summary: "Say how far you have read; the marker only moves forward",
  tag: "presence",
  input: z.strictObject({
    room: roomField,
    cursor: cursorField.describe(
      "The cursor of the last event that the person has seen. One beyond the room's last event means that one.",
    ),
  }),
  output: z.object({ cursor: cursor.describe("How far the person has read now.") }),
  errors: ["bad_room", "bad_cursor", "forbidden", "cursor_expired"],
  cost: "write",
  async run({ reading }, { caller }, input) {
    return { cursor: await reading.mark(caller, parseRoomName(input.room), input.cursor) };
  },
});

const myRoom = z.object({
  room: roomInfo,
  role: role.describe("What I am in it."),
  notify: z.enum(["all", "mentions", "none"]).describe("What I want to be told of."),
  favourite: z.boolean().describe("Whether it is one of my favourites."),
  joinedAt: z.number().describe("When I came, in milliseconds since 1970."),
  request: z.literal(true).optional().describe(
    "A direct room that somebody else opened and in which I wrote nothing yet.",
  ),
  head: cursor.describe("Its last event's cursor."),
  marker: cursor.optional().describe(
    "How far I have read; absent: I never said so, and what came since `joinedAt` counts.",
  ),
  unread: z.number().describe("Messages of others after the marker that were not deleted; exact up to 1,000."),
  more: z.literal(true).optional().describe(
    "There are more than `unread`, or may be: the marker lies before the newest 1,000 messages.",
  ),
  mentions: z.number().describe("How often I, or everyone, was mentioned after the marker."),
  lastMessage: storedMessage.optional().describe("The last message as it has become."),
});

const myRooms = operation({
  type: "my_rooms",
  method: "get",
  path: "/v1/me/rooms",
  summary: "List your rooms with what you have not read, newest message first",
  tag: "presence",
  input: z.strictObject({}),
  output: z.object({ rooms: z.array(myRoom).describe("At most 1,000, and direct ones.") }),
  errors: [],
  cost: "read",
  async run({ myRooms }, { caller }) {
    const rooms = await myRooms.list(caller);
    return { rooms: rooms.map(({ more, ...room }) => more ? { ...room, more } : room) };
  },
});

const people = operation({
  type: "people",
  method: "get",
  path: "/v1/rooms/:room/people",
  summary: "List who is in a room now",
  tag: "presence",
  input: z.strictObject({
    room: roomField,
    after: personField.optional().describe("The `next` of the page before."),
    limit: pageLimitField(1_000, 1_000),
  }),
  output: z.object({
    people: z.array(z.object({ user, since: z.number().describe("When they came, in milliseconds since 1970.") })),
    next: z.string().optional().describe("The `after` of the next page; absent: this is the last one."),
  }),
  errors: ["bad_room", "forbidden"],
  cost: "read",
  async run({ roomPeople }, { caller }, { room, after, limit }) {
    return await roomPeople.list(caller, parseRoomName(room), { after, limit });
  },
});

const lastSeen = operation({
  type: "last_seen",
  method: "get",
  path: "/v1/rooms/:room/people/:person",
  summary: "Ask whether a member of a room is here now, and when they last were",
  tag: "presence",
  input: z.strictObject({ room: roomField, person: personField }),
  output: z.object({
    here: z.boolean().describe("Whether a device of theirs has any room open now."),
    seen: z.number().optional().describe(
      "When the last one left, in milliseconds since 1970; absent: never, or here now.",
    ),
  }),
  errors: ["bad_room", "forbidden", "not_found"],
  cost: "read",
  async run({ roomPeople }, { caller }, { room, person }) {
    return await roomPeople.lastSeen(caller, parseRoomName(room), person);
  },
});

const typing = command({
  type: "typing",
  method: "put",
  path: "/v1/rooms/:room/typing",
  summary: "Tell those who have a room open that you are typing, or stopped; it ends by itself after 5 s",
  tag: "presence",
  input: z.strictObject({
    room: roomField,
    on: flagField().optional().describe("Whether you are typing; absent: you are."),
  }),
  errors: ["bad_room", "forbidden"],
  cost: "read",
  // Sockets have a request of their own, which needs no look-up.
  only: "http",
  run: ({ live }, { caller }, { room, on = true }) => live.typing(caller, parseRoomName(room), on),
});

/** Who is here, who is typing, and who has read what. */
export const PRESENCE_OPERATIONS: readonly Operation[] = [markRead, myRooms, people, lastSeen, typing];
