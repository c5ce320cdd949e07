import { assertEquals } from "@std/assert";
import { findNews, findRead, readWanted } from "../../../../static/chat/notifications/news.js";
import type { ListedRoom } from "../../../../static/chat/rooms/my_rooms.js";
import { listedRoom } from "../../listed_rooms.ts";

function room(
  name: string,
  unread: number,
  rest: Partial<ListedRoom> = {},
  kind: ListedRoom["room"]["kind"] = "public",
) {
  return listedRoom(name, { unread, ...rest }, { kind });
}

function found(before: ListedRoom[] | undefined, after: ListedRoom[], wanted: "mentions" | "all" = "mentions") {
  const counts = before && new Map(before.map((room) => [room.room.name, room]));
  return findNews(counts, after, wanted).map(({ kind, room }) => `${kind} ${room.room.name}`);
}

Deno.test("a mention and a direct message are news; other messages only where all are wanted", () => {
  const before = [room("a", 1), room("b", 0), room("d", 0, {}, "direct")];
  const after = [room("a", 2, { mentions: 1 }), room("b", 1), room("d", 1, {}, "direct")];
  assertEquals(found(before, after), ["mention a", "direct d"]);
  assertEquals(found(before, after, "all"), ["mention a", "message b", "direct d"]);
});

Deno.test("a room tells what its person has chosen for it: mentions only, or nothing at all", () => {
  const after = [
    room("some", 5, { notify: "mentions" }),
    room("called", 5, { notify: "mentions", mentions: 1 }),
    room("none", 5, { notify: "none", mentions: 1 }),
  ];
  assertEquals(found([room("some", 0), room("called", 0), room("none", 0)], after, "all"), ["mention called"]);
});

Deno.test("the first that is known is no news, nor is what has become less, nor a room that I have come into", () => {
  assertEquals(found(undefined, [room("a", 3, { mentions: 2 })], "all"), []);
  assertEquals(found([room("a", 3, { mentions: 2 })], [room("a", 0)], "all"), []);
  assertEquals(found([], [room("joined", 7)], "all"), []);
});

Deno.test("a direct room that was not there before is somebody who has just written", () => {
  assertEquals(found([], [room("d", 1, {}, "direct")]), ["direct d"]);
  assertEquals(found([], [room("d", 0, {}, "direct")]), []);
});

Deno.test("what was read, or is no room of mine any more, is taken away", () => {
  assertEquals(findRead(["a", "b", "gone"], [room("a", 0), room("b", 1)]), ["a", "gone"]);
});

Deno.test("nobody is notified who has not asked for it", () => {
  assertEquals([undefined, "off", "yes", "mentions", "all"].map(readWanted), [
    undefined,
    undefined,
    undefined,
    "mentions",
    "all",
  ]);
});
