import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { connect, type ConnectOptions, randomKey } from "../../static/client.js";
import type { Wake } from "../../static/client/wake.js";
import { message } from "./events.ts";
import { FakeClock } from "./fake_clock.ts";
import { FakeNetwork } from "./fake_network.ts";

Deno.test("an address of http is one of ws, with TLS where it had it", () => {
  const made = (url: string | URL) => client({}, url).network.socket.url;
  assertEquals(made("http://maru.example/ws"), "ws://maru.example/ws");
  assertEquals(made("https://maru.example/ws"), "wss://maru.example/ws");
  assertEquals(made("wss://maru.example:8443/ws"), "wss://maru.example:8443/ws");
  assertEquals(made(new URL("http://[::1]:8000/ws")), "ws://[::1]:8000/ws");
  assertThrows(() => client({}, "/ws"), TypeError);
});

Deno.test("what is joined and sent before there is a connection goes out as soon as there is one, in order", () => {
  const { maru, network } = client();
  maru.join("r");
  maru.send("r", "하나", { key: "1" });
  maru.send("r", "둘", { key: "2" });
  const { socket } = network;
  socket.open();
  assertEquals(socket.sent.map(({ type }) => type), ["hello"]);
  socket.ok({ user: { id: "g", name: "n" }, token: "t", limits: {} });
  assertEquals(socket.sent.map(({ type }) => type), ["hello", "join"]);
  socket.ok({ head: "a", recovered: false, events: [] });
  assertEquals(socket.last(), { id: 3, type: "send", room: "r", key: "1", text: "하나" });
  socket.ok({ cursor: "b", at: 1 });
  assertEquals(socket.last(), { id: 4, type: "send", room: "r", key: "2", text: "둘" });
});

Deno.test("after a loss it joins from its place first, and sends what is unanswered then, under the same key", () => {
  const { maru, network, clock } = online();
  const handed: string[] = [];
  maru.on("events", ({ events }) => handed.push(...events.map(({ cursor }) => cursor)));
  maru.send("r", "하나", { key: "1" });
  network.socket.end(1006);
  clock.pass(1_000);
  network.socket.welcome();
  assertEquals(network.socket.last(), { id: 5, type: "join", room: "r", after: "a" });
  network.socket.ok({ head: "b", recovered: true, events: [message("b", { key: "1" })] });
  assertEquals(handed, ["b"]);
  assertEquals(network.socket.last(), { id: 6, type: "send", room: "r", key: "1", text: "하나" });
  network.socket.ok({ cursor: "b", at: 1 });
  assertEquals(maru.cursor("r"), "b");
});

Deno.test("a message to a room that was not joined fails at once, by event and by promise", async () => {
  const { maru, network } = online();
  const told: unknown[] = [];
  maru.on("message", (status) => told.push([status.room, status.key, status.status]));
  const refused = await maru.send("other", "하나", { key: "1" }).catch((error) => error.code);
  assertEquals(refused, "forbidden");
  assertEquals(told, [["other", "1", "failed"]]);
  assertEquals(network.socket.all("send"), []);
});

Deno.test("[V16] typing goes out at most every three seconds a room, and not at all without a connection", () => {
  const { maru, network, clock } = online();
  maru.typing("r");
  maru.typing("r");
  clock.pass(2_999);
  maru.typing("r");
  assertEquals(network.socket.all("typing").length, 1);
  clock.pass(1);
  maru.typing("r");
  assertEquals(network.socket.all("typing").length, 2);
  maru.typing("other");
  assertEquals(network.socket.all("typing").length, 2);
  network.socket.end(1006);
  clock.pass(3_000);
  maru.typing("r");
  assertEquals(network.sockets.flatMap((socket) => socket.all("typing")).length, 2);
});

Deno.test("[V16] that somebody stopped typing goes out at once, if anybody heard that they were", () => {
  const { maru, network } = online();
  maru.typing("r", false);
  assertEquals(network.socket.all("typing"), []);
  maru.typing("r");
  maru.typing("r", false);
  maru.typing("r", false);
  maru.typing("r");
  assertEquals(network.socket.all("typing").map(({ on }) => on), [undefined, false, undefined]);
});

Deno.test("[V26] a room that the server ends fails what waits there, is told, and is not joined again", async () => {
  const { maru, network, clock } = online();
  const removed: unknown[] = [];
  maru.on("removed", (each) => removed.push(each));
  const waiting = maru.send("r", "하나");
  network.socket.say({ type: "removed", room: "r", why: "banned" });
  network.socket.say({ type: "removed", room: "other", why: "left" });
  assertEquals((await waiting.catch((error) => error)).code, "forbidden");
  assertEquals(removed, [{ room: "r", why: "banned" }]);
  network.socket.end(1006);
  clock.pass(1_000);
  network.socket.welcome();
  assertEquals(network.socket.all("join"), []);
});

Deno.test("[V23] [V24] what the server says unasked is handed on; a new name is one's own at once", () => {
  const { maru, network } = online();
  const heard: unknown[] = [];
  for (const name of ["people", "activity", "person"] as const) maru.on(name, (each) => heard.push(each));
  const user = { id: "g_1", name: "바다" };
  const changes = [{ at: 1, user, here: true }];
  network.socket.say({ type: "people", room: "r", changes });
  network.socket.say({ type: "activity", room: "r", head: "a", unread: 1, mentions: 0 });
  network.socket.say({ type: "person", events: [{ type: "renamed", at: 1, user }] });
  assertEquals(heard, [
    { room: "r", changes },
    { room: "r", head: "a", unread: 1, mentions: 0 },
    { type: "renamed", at: 1, user },
  ]);
  assertEquals(maru.state, { status: "online", user });
});

Deno.test("each join tells how the room is now", () => {
  const { maru, network, clock } = online();
  const told: unknown[] = [];
  maru.on("joined", ({ room, info, level }) => told.push([room, info?.topic, level]));
  network.socket.end(1006);
  clock.pass(1_000);
  network.socket.welcome();
  const room = { name: "r", kind: "public", topic: "이야기" };
  network.socket.ok({ room, you: { level: "moderator" }, head: "a", recovered: true, events: [] });
  assertEquals(told, [["r", "이야기", "moderator"]]);
});

Deno.test("[V12] a new guest says nothing again that the old one may have said, and all that nobody has", async () => {
  const { maru, network, clock } = online();
  const first = maru.send("r", "하나", { key: "1" });
  maru.send("r", "둘", { key: "2" });
  network.socket.end(1006);
  clock.pass(1_000);
  network.socket.open();
  network.socket.refuse({ code: "unauthorized" });
  network.socket.ok({ user: { id: "g_9", name: "민지" }, token: "token-9", limits: {} });
  assertEquals((await first.catch((error) => error)).code, "unknown_outcome");
  network.socket.ok({ head: "a", recovered: true, events: [] });
  assertEquals(network.socket.all("send").map(({ key }) => key), ["2"]);
  // By hand it may be said again, by whoever we are now.
  maru.send("r", "하나", { key: "1" });
  network.socket.ok({ cursor: "b", at: 1 });
  assertEquals(network.socket.all("send").map(({ key }) => key), ["2", "1"]);
});

Deno.test("half a surrogate pair is mended before it is sent: a frame with it would be a bad one", () => {
  const { maru, network } = online();
  maru.send("r", "\ud83d 반쪽");
  assertEquals(network.socket.last()["text"], "\ufffd 반쪽");
});

Deno.test("the newest token can be read, and kept for another time", () => {
  const { maru, network } = client({ token: "old" });
  assertEquals(maru.token, "old");
  network.socket.welcome();
  assertEquals(maru.token, "token-1");
});

Deno.test("an outside sign of life wakes it, until it is closed", () => {
  let wake: ((why: Wake) => void) | undefined;
  let stopped = 0;
  const { maru, network } = client({
    listenForWakes(listener) {
      wake = listener;
      return () => void stopped++;
    },
  });
  network.socket.end(1006);
  wake?.("online");
  assertEquals(network.sockets.length, 2);
  maru.close();
  assertEquals(stopped, 1);
});

Deno.test("closed, it rejects what waits, sends nothing more and leaves no timer", async () => {
  const { maru, network, clock } = online();
  const sent = maru.send("r", "하나");
  const joined = maru.join("s");
  maru.close();
  assertEquals((await sent.catch((error) => error)).code, "closed");
  assertEquals((await joined.catch((error) => error)).code, "closed");
  assertEquals(clock.pending, 0);
  assert(network.socket.isLetGo);
  assertEquals((await maru.send("r", "둘").catch((error) => error)).code, "forbidden");
  assertEquals(maru.state.status, "closed");
});

Deno.test("a listener can be taken away", () => {
  const { maru, network } = client();
  const seen: string[] = [];
  const stop = maru.on("state", ({ status }) => seen.push(status));
  network.socket.welcome();
  stop();
  network.socket.end(1006);
  assertEquals(seen, ["online"]);
});

Deno.test("keys are random UUIDs, also where the browser gives none out", () => {
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  assertMatch(randomKey(), uuid);
  assert(randomKey() !== randomKey());
  const { randomUUID } = crypto;
  try {
    Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true, writable: true });
    assertMatch(randomKey(), uuid);
    assert(randomKey() !== randomKey());
  } finally {
    Reflect.deleteProperty(crypto, "randomUUID");
  }
  assert(crypto.randomUUID === randomUUID);
});

function client(options: ConnectOptions = {}, url: string | URL = "ws://maru.example/ws") {
  const clock = new FakeClock();
  const network = new FakeNetwork();
  const maru = connect(url, {
    name: "민지",
    WebSocket: network.WebSocket,
    clock,
    random: () => 0.5,
    listenForWakes: () => () => {},
    hasNetwork: () => true,
    ...options,
  });
  return { maru, network, clock };
}

/** A client in the room `r`, whose log ends at `a`. */
function online() {
  const made = client();
  made.maru.join("r");
  made.network.socket.welcome();
  made.network.socket.ok({ head: "a", recovered: false, events: [] });
  return made;
}
