import { assertEquals } from "@std/assert";
import { anyRoomEvent, roomInfo } from "../../../protocol/events.ts";
import {
  readEvents,
  readMessages,
  readRoomInfo,
  type RoomEvent,
  type RoomInfo,
} from "../../../static/client/events.js";

const USER = { id: "g_1", name: "민지" };
const COMMON = { at: 1, user: USER };
const ROOM: RoomInfo = {
  name: "r",
  title: "방",
  topic: "이야기",
  kind: "private",
  write: "moderators",
  slowModeS: 5,
  retentionDays: 7,
  archived: false,
  people: [USER],
};

const MESSAGE: Uncut = {
  type: "message",
  ...COMMON,
  key: "k",
  text: "안녕",
  reply: "a",
  thread: "b",
  count: 2,
  mentions: ["g_2", "@room"],
  edited: 3,
  reactions: [{ emoji: "👍", count: 2, users: ["g_1", "g_2"] }],
  replies: { count: 1, at: 4 },
  pinned: true,
};

/** An event without its cursor. */
type Uncut = RoomEvent extends infer Event ? Event extends RoomEvent ? Omit<Event, "cursor"> : never : never;

/** One of each, with every field that it may have. */
const EVENTS: Uncut[] = [
  MESSAGE,
  { type: "edit", ...COMMON, target: "a", text: "새 글", mentions: ["g_2"] },
  { type: "delete", ...COMMON, target: "a", thread: "b", count: 0 },
  { type: "react", ...COMMON, target: "a", emoji: "👍", on: true, count: 1 },
  { type: "pin", ...COMMON, target: "a", on: false },
  { type: "member", ...COMMON, member: USER, change: "muted", role: "member", until: 9 },
  { type: "room", ...COMMON, room: ROOM },
  { type: "typing", ...COMMON, on: false },
];

for (const event of EVENTS) {
  Deno.test(`[V27] an event of the type ${event.type} is read with all that it says`, () => {
    // What the server's own schema takes.
    assertEquals(anyRoomEvent.parse(event), event);
    const read: unknown = readEvents([{ ...event, cursor: "c", more: 1 }]);
    assertEquals(read, [{ ...event, cursor: "c" }]);
  });

  Deno.test(`[V2] an event of the type ${event.type} that lacks something is none, or does without, and keeps its place`, () => {
    for (const name of Object.keys(event)) {
      for (const value of [undefined, null, 1e999, [], {}, "\u0000"]) {
        const [read] = readEvents([{ ...event, cursor: "c", [name]: value }]);
        assertEquals(read?.cursor, "c");
        if (read === undefined || read.type === "unknown") continue;
        const { cursor: _, ...known } = read;
        assertEquals(
          anyRoomEvent.safeParse(known).error,
          undefined,
          `${event.type}.${name} = ${JSON.stringify(value)}`,
        );
      }
    }
  });
}

Deno.test("[V27] without `on` somebody is typing", () => {
  assertEquals(readEvents([{ cursor: "c", type: "typing", ...COMMON }]), [{
    cursor: "c",
    type: "typing",
    ...COMMON,
    on: true,
  }]);
});

Deno.test("[V28] a deleted message has no text, whatever it still says", () => {
  const tombstone = { cursor: "c", type: "message", ...COMMON, deleted: true };
  assertEquals(readMessages([tombstone, { ...tombstone, text: "geheim" }]), [
    { cursor: "c", type: "message", ...COMMON, text: "", deleted: true },
    { cursor: "c", type: "message", ...COMMON, text: "", deleted: true },
  ]);
  assertEquals(readMessages([{ cursor: "c", type: "message", ...COMMON }]), []);
});

Deno.test("malformed events are left out; those that have a place keep it", () => {
  assertEquals(readEvents("x"), []);
  assertEquals(readEvents([null, 1, {}, { cursor: 1 }, { cursor: "a" }, { cursor: "b", type: "message", at: "1" }]), [
    { cursor: "a", type: "unknown" },
    { cursor: "b", type: "unknown" },
  ]);
});

Deno.test("a room is read as it is; what is missing is as in a new public room", () => {
  assertEquals(readRoomInfo(roomInfo.parse(ROOM)), roomInfo.parse(ROOM));
  assertEquals(readRoomInfo({ name: "r", kind: "odd", slowModeS: -1 }), {
    name: "r",
    kind: "public",
    write: "members",
    slowModeS: 0,
    retentionDays: 0,
    archived: false,
  });
  assertEquals([readRoomInfo({}), readRoomInfo(null)], [undefined, undefined]);
});
