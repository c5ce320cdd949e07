import { assertEquals } from "@std/assert";
import type { ProtocolError } from "../../../static/client/frames.js";
import { createRooms, type Joined, type RoomEvents } from "../../../static/client/rooms.js";
import { message, typing } from "../events.ts";
import { FakeClock } from "../fake_clock.ts";
import { FakeRequests } from "../fake_requests.ts";

Deno.test("[V8] the first join gives the newest page, which replaces whatever was there", async () => {
  const { rooms, requests, handed, told } = setUp();
  const joined = rooms.join("r");
  assertEquals(requests.fields, [{ type: "join", room: "r" }]);
  const info = {
    name: "r",
    kind: "public",
    write: "members",
    slowModeS: 0,
    retentionDays: 0,
    archived: false,
  } as const;
  const you = { level: "member" };
  requests.ok({ room: info, you, head: "b", recovered: false, events: [message("a"), message("b")] });
  assertEquals(handed, [{ room: "r", events: [message("a"), message("b")], replace: true }]);
  const answer = {
    room: "r",
    head: "b",
    recovered: false,
    events: [message("a"), message("b")],
    info,
    level: "member",
  };
  assertEquals(await joined, answer);
  assertEquals(told, [answer]);
  assertEquals(rooms.cursor("r"), "b");
});

Deno.test("an empty room is handed on too, so that one knows that it is empty", () => {
  const { rooms, requests, handed } = setUp();
  rooms.join("r");
  requests.ok({ head: "0", recovered: false, events: [] });
  assertEquals(handed, [{ room: "r", events: [], replace: true }]);
});

Deno.test("[V7] a join from a cursor of before hands on what came since, and replaces nothing", () => {
  const { rooms, requests, handed } = setUp();
  rooms.join("r", { after: "a" });
  assertEquals(requests.fields, [{ type: "join", room: "r", after: "a" }]);
  requests.ok({ head: "b", recovered: true, events: [message("b")] });
  assertEquals(handed, [{ room: "r", events: [message("b")], replace: false }]);
});

Deno.test("[V19] events that follow on each other are handed on, in order", () => {
  const { rooms, handed, joinAt } = setUp();
  joinAt("a");
  rooms.take({ room: "r", prev: "a", events: [message("b"), typing("c")] });
  rooms.take({ room: "r", prev: "c", events: [message("d")] });
  assertEquals(handed.map(({ events }) => events.map(({ cursor }) => cursor)), [["b", "c"], ["d"]]);
});

Deno.test("[V19] a gap is mended by joining again from where one is, without a double", () => {
  const { rooms, requests, handed, joinAt } = setUp();
  joinAt("a");
  rooms.take({ room: "r", prev: "b", events: [message("c")] });
  assertEquals(requests.fields.at(-1), { type: "join", room: "r", after: "a" });
  // What comes before the answer is in the answer.
  rooms.take({ room: "r", prev: "c", events: [message("d")] });
  requests.ok({ head: "d", recovered: true, events: [message("a"), message("b"), message("c"), message("d")] });
  rooms.take({ room: "r", prev: "d", events: [message("e")] });
  assertEquals(handed.flatMap(({ events }) => events.map(({ cursor }) => cursor)), ["b", "c", "d", "e"]);
});

Deno.test("a gap that a join does not mend makes nobody ask without a pause", () => {
  const { rooms, requests, clock, joinAt } = setUp();
  joinAt("a");
  const before = requests.fields.length;
  for (let i = 0; i < 50; i++) {
    rooms.take({ room: "r", prev: `zz${i}`, events: [message("zz")] });
    if (requests.fields.at(-1)?.type === "join") requests.ok({ head: "a", recovered: true, events: [] });
  }
  assertEquals(requests.fields.length - before, 1);
  clock.pass(30_000);
  assertEquals(requests.fields.length - before, 2);
});

Deno.test("[V2] an event of an unknown type is not handed on, but keeps its place", () => {
  const { rooms, handed, joinAt } = setUp();
  joinAt("a");
  rooms.take({ room: "r", prev: "a", events: [{ cursor: "b", type: "unknown" }] });
  rooms.take({ room: "r", prev: "b", events: [message("c")] });
  assertEquals(handed.map(({ events }) => events), [[message("c")]]);
});

Deno.test("over a new connection each room is joined again from its own place", () => {
  const { rooms, requests, joinAt } = setUp();
  joinAt("a", "r");
  joinAt("k", "s");
  rooms.lost();
  assertEquals([rooms.isJoined("r"), rooms.isJoined("s")], [false, false]);
  rooms.resume();
  assertEquals(requests.fields.slice(-2), [
    { type: "join", room: "r", after: "a" },
    { type: "join", room: "s", after: "k" },
  ]);
});

Deno.test("[V8] a past that could not be bridged replaces, and the room goes on from there", () => {
  const { rooms, requests, handed, joinAt } = setUp();
  joinAt("a");
  rooms.lost();
  rooms.resume();
  requests.ok({ head: "z", recovered: false, events: [message("y"), message("z")] });
  assertEquals(handed.at(-1), { room: "r", events: [message("y"), message("z")], replace: true });
  rooms.take({ room: "r", prev: "z", events: [message("zz")] });
  assertEquals(handed.at(-1)?.events, [message("zz")]);
});

for (const code of ["bad_cursor", "cursor_expired"]) {
  Deno.test(`[V9] a cursor that the server cannot take (${code}) is let go of, and the newest page comes`, () => {
    const { rooms, requests, handed, joinAt } = setUp();
    joinAt("a");
    rooms.lost();
    rooms.resume();
    requests.refuse(code);
    assertEquals(requests.fields.at(-1), { type: "join", room: "r" });
    requests.ok({ head: "z", recovered: false, events: [message("z")] });
    assertEquals(handed.at(-1), { room: "r", events: [message("z")], replace: true });
  });
}

Deno.test("a refusal that may pass is tried again, no sooner than told", () => {
  const { rooms, requests, clock } = setUp();
  rooms.join("r");
  requests.refuse("unavailable", 3_000);
  clock.pass(2_999);
  assertEquals(requests.fields.length, 1);
  clock.pass(1);
  assertEquals(requests.fields.length, 2);
});

Deno.test("a refusal for good is told, rejects, and is not tried again over the next connection", async () => {
  const { rooms, requests, refused } = setUp();
  const joined = rooms.join("r");
  requests.refuse("forbidden");
  const error = { code: "forbidden", message: "no" };
  assertEquals(refused, [["r", error]]);
  assertEquals(await joined.catch((thrown) => thrown), error);
  rooms.lost();
  rooms.resume();
  assertEquals(requests.fields.length, 1);
});

Deno.test("a late answer to an earlier join is not taken for the newest one's", () => {
  const { rooms, requests, handed } = setUp();
  rooms.join("r");
  const [first] = requests.asked;
  rooms.lost();
  rooms.resume();
  first?.reply({ kind: "ok", ok: { head: "z", recovered: false, events: [message("z")] } });
  assertEquals(handed, []);
  requests.ok({ head: "a", recovered: false, events: [message("a")] });
  assertEquals(handed.map(({ events }) => events), [[message("a")]]);
});

Deno.test("joining again while one waits settles both promises with the same answer", async () => {
  const { rooms, requests } = setUp();
  const both = [rooms.join("r"), rooms.join("r")];
  requests.ok({ head: "a", recovered: false, events: [] });
  const [first, second] = await Promise.all(both);
  assertEquals(first, second);
});

Deno.test("[V17] after leaving nothing is handed on, and the server is told", () => {
  const { rooms, requests, handed, joinAt } = setUp();
  joinAt("a");
  rooms.leave("r", false);
  assertEquals(requests.fields.at(-1), { type: "leave", room: "r" });
  rooms.take({ room: "r", prev: "a", events: [message("b")] });
  assertEquals(handed, []);
  assertEquals(rooms.standing("r"), undefined);
});

Deno.test("leaving with messages on their way: nothing is handed on, the room stays until they are through", () => {
  const { rooms, requests, handed, joinAt } = setUp();
  joinAt("a");
  rooms.leave("r", true);
  assertEquals([rooms.standing("r"), rooms.isJoined("r")], ["leaving", true]);
  rooms.take({ room: "r", prev: "a", events: [message("b")] });
  rooms.lost();
  rooms.resume();
  assertEquals(requests.fields.at(-1), { type: "join", room: "r", after: "b" });
  requests.ok({ head: "c", recovered: true, events: [message("c")] });
  assertEquals(handed, []);
  rooms.leave("r", false);
  assertEquals(requests.fields.at(-1), { type: "leave", room: "r" });
});

Deno.test("a room that is left before the answer rejects, and a room left without a connection needs no word", async () => {
  const { rooms, requests } = setUp();
  rooms.lost();
  const joined = rooms.join("r");
  rooms.leave("r", false);
  assertEquals((await joined.catch((thrown) => thrown)).code, "closed");
  rooms.resume();
  assertEquals(requests.fields, []);
});

Deno.test("[V23] who wants to hear of people says so with every join", () => {
  const { rooms, requests } = setUp();
  rooms.join("r", { people: true });
  requests.ok({ head: "a", recovered: false, events: [] });
  rooms.lost();
  rooms.resume();
  assertEquals(requests.fields, [
    { type: "join", room: "r", people: true },
    { type: "join", room: "r", after: "a", people: true },
  ]);
});

Deno.test("[V26] a room that the server has ended is not joined again, and its events are ignored", async () => {
  const { rooms, requests, handed, joinAt } = setUp();
  joinAt("a");
  assertEquals([rooms.remove("r"), rooms.remove("r")], [true, false]);
  rooms.take({ room: "r", prev: "a", events: [message("b")] });
  rooms.lost();
  rooms.resume();
  assertEquals([handed, requests.fields.length, rooms.standing("r")], [[], 1, undefined]);
  const again = rooms.join("r");
  requests.refuse("forbidden");
  assertEquals((await again.catch((thrown) => thrown)).code, "forbidden");
});

Deno.test("[V26] a join that was under way when the server ended the room does not bring us back", async () => {
  const { rooms, requests, handed } = setUp();
  const joined = rooms.join("r");
  rooms.remove("r");
  assertEquals(requests.fields.at(-1), { type: "leave", room: "r" });
  requests.asked[0]?.reply({ kind: "ok", ok: { head: "a", recovered: false, events: [message("a")] } });
  assertEquals((await joined.catch((thrown) => thrown)).code, "forbidden");
  assertEquals(handed, []);
});

Deno.test("events of a room that nobody joined are ignored", () => {
  const { rooms, requests, handed } = setUp();
  rooms.take({ room: "other", prev: "a", events: [message("b")] });
  assertEquals([handed, requests.fields], [[], []]);
});

Deno.test("closed, it rejects what waits, asks nothing more and leaves no timer", async () => {
  const { rooms, requests, clock } = setUp();
  const joined = rooms.join("r");
  requests.refuse("unavailable", 3_000);
  rooms.close({ code: "closed", message: "" });
  assertEquals((await joined.catch((thrown) => thrown)).code, "closed");
  assertEquals(clock.pending, 0);
  clock.pass(60_000);
  assertEquals(requests.fields.length, 1);
});

Deno.test("a room that is left leaves no timer of its own either", () => {
  const { rooms, requests, clock } = setUp();
  rooms.join("r");
  requests.refuse("unavailable", 3_000);
  rooms.leave("r", false);
  assertEquals(clock.pending, 0);
});

function setUp() {
  const clock = new FakeClock();
  const requests = new FakeRequests();
  const handed: RoomEvents[] = [];
  const told: Joined[] = [];
  const refused: [string, ProtocolError][] = [];
  const rooms = createRooms({
    connection: requests,
    clock,
    random: () => 0.5,
    onEvents: (events) => handed.push(events),
    onJoined: (joined) => told.push(joined),
    onRefused: (room, error) => refused.push([room, error]),
  });
  rooms.resume();
  return {
    clock,
    requests,
    handed,
    told,
    refused,
    rooms,
    /** Joins a room whose log ends at a cursor; what that hands on is not looked at. */
    joinAt(cursor: string, room = "r") {
      rooms.join(room);
      requests.ok({ head: cursor, recovered: false, events: [] });
      handed.length = 0;
    },
  };
}
