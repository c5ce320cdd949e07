import { assertEquals } from "@std/assert";
import type { MyRoom } from "../../../../static/client/operations.js";
import { createMyRooms } from "../../../../static/chat/rooms/my_rooms.js";
import { myRoom } from "../../listed_rooms.ts";

async function open(...answers: MyRoom[][]) {
  const marked: string[] = [];
  const rooms = createMyRooms({
    ask: () => Promise.resolve(answers.length > 1 ? answers.shift() ?? [] : answers[0] ?? []),
    markRead: (room, cursor) => Promise.resolve(marked.push(`${room} ${cursor}`)),
  });
  await rooms.load();
  return { rooms, marked, names: () => rooms.all.map(({ room }) => room.name) };
}

Deno.test("favourites come first, then the rooms in which something was said last", async () => {
  const { rooms, names } = await open([
    myRoom("quiet"),
    myRoom("busy", { joinedAt: 5 }),
    myRoom("loved", { favourite: true }),
  ]);
  assertEquals(names(), ["loved", "busy", "quiet"]);
  rooms.takeActivity({ room: "quiet", head: "c", at: 9, unread: 1, mentions: 0 });
  assertEquals(names(), ["loved", "quiet", "busy"]);
  rooms.takeChoice("busy", { favourite: true });
  assertEquals(names(), ["busy", "loved", "quiet"]);
});

Deno.test("what waits counts mentions everywhere, and messages where all are told", async () => {
  const { rooms } = await open([
    myRoom("a", { unread: 3, mentions: 1 }),
    myRoom("b", { unread: 7, mentions: 2, notify: "mentions" }),
  ]);
  assertEquals(rooms.waiting, { unread: 3, mentions: 3 });
});

Deno.test("a marker only moves forward; at the head nothing is unread, on this device at once", async () => {
  const { rooms, marked } = await open([myRoom("a", { unread: 3, mentions: 1, head: "c", marker: "a" })]);
  rooms.markRead("a", "c");
  assertEquals([rooms.find("a")?.unread, rooms.find("a")?.mentions, rooms.find("a")?.marker], [0, 0, "c"]);
  rooms.markRead("a", "b");
  assertEquals(rooms.find("a")?.marker, "c");
  assertEquals(marked, ["a c"]);
});

Deno.test("what another tab has read is read here, and what lies between is counted by the server", async () => {
  const { rooms, marked } = await open([myRoom("a", { unread: 3, head: "d", marker: "a" })]);
  rooms.takePerson({ type: "read", at: 1, room: "a", cursor: "b" });
  assertEquals([rooms.find("a")?.marker, rooms.find("a")?.unread], ["b", 3]);
  rooms.takeActivity({ room: "a", head: "d", marker: "b", unread: 2, mentions: 0 });
  assertEquals(rooms.find("a")?.unread, 2);
  rooms.takePerson({ type: "read", at: 2, room: "a", cursor: "d" });
  assertEquals(rooms.find("a")?.unread, 0);
  assertEquals(marked, []);
});

Deno.test("activity of a room that is not known asks for all of them", async () => {
  const { rooms, names } = await open([myRoom("a")], [myRoom("a"), myRoom("new", { joinedAt: 0 })]);
  const changed = new Promise((done) => rooms.on("change", done));
  rooms.takeActivity({ room: "new", head: "c", unread: 1, mentions: 0 });
  await changed;
  assertEquals(names(), ["a", "new"]);
});

Deno.test("a late answer to an earlier question says nothing", async () => {
  const waiting: ((rooms: MyRoom[]) => void)[] = [];
  const rooms = createMyRooms({
    ask: () => new Promise((resolve) => waiting.push(resolve)),
    markRead: () => Promise.resolve(),
  });
  const [first, second] = [rooms.load(), rooms.load()];
  waiting[1]?.([myRoom("second")]);
  waiting[0]?.([myRoom("first")]);
  await Promise.all([first, second]);
  assertEquals(rooms.all.map(({ room }) => room.name), ["second"]);
});

Deno.test("a room is called what its log says now, and who answers a request has accepted it", async () => {
  const { rooms } = await open([myRoom("a", { request: true })]);
  const info = { ...myRoom("a").room, title: "new" };
  const by = (id: string) => ({ cursor: "c", at: 2, user: { id, name: id } });
  rooms.takeEvents({ room: "a", events: [{ ...by("g_x"), type: "room", room: info }] }, "g_me");
  assertEquals(rooms.find("a")?.room.title, "new");
  rooms.takeEvents({ room: "a", events: [{ ...by("g_x"), type: "message", text: "hello?" }] }, "g_me");
  assertEquals(rooms.find("a")?.request, true);
  rooms.takeEvents({ room: "a", events: [{ ...by("g_me"), type: "message", text: "hello" }] }, "g_me");
  assertEquals(rooms.find("a")?.request, undefined);
  rooms.takeEvents({ room: "unknown", events: [{ ...by("g_me"), type: "message", text: "hello" }] }, "g_me");
  assertEquals(rooms.find("unknown"), undefined);
});

Deno.test("what is in sight does not wait, though the server has not heard of it; what comes after it does", async () => {
  const { rooms, marked } = await open([myRoom("a", { unread: 2, mentions: 1, more: true, head: "b", marker: "a" })]);
  const waits =
    () => [rooms.find("a")?.unread, rooms.find("a")?.mentions, rooms.find("a")?.more, rooms.find("a")?.marker];
  rooms.see("a", "a");
  assertEquals(waits(), [2, 1, true, "a"]);
  rooms.see("a", "c");
  assertEquals([waits(), marked], [[0, 0, undefined, "a"], []]);
  rooms.takeActivity({ room: "a", head: "c", unread: 3, mentions: 1 });
  await rooms.load();
  assertEquals(waits(), [0, 0, undefined, "a"]);
  rooms.markRead("a", "c");
  assertEquals([waits(), marked], [[0, 0, undefined, "c"], ["a c"]]);
  rooms.takeActivity({ room: "a", head: "d", marker: "c", unread: 1, mentions: 0 });
  assertEquals(waits(), [1, 0, undefined, "c"]);
});
