import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import { connected, type Setting } from "../connected.ts";
import { HELLO } from "../fake_network.ts";

Deno.test("[V5] hello comes first, with the name; its answer is what being online means", () => {
  const { network, states } = connected({ identity: { name: "민지" }, welcome: false });
  const { socket } = network;
  assertEquals([socket.url, socket.protocol], ["ws://maru.example/ws", "maru.v1"]);
  socket.open();
  assertEquals(socket.sent, [{ id: 1, type: "hello", name: "민지" }]);
  assertEquals(states(), ["connecting"]);
  socket.ok(HELLO);
  assertEquals(states(), ["connecting", "online"]);
});

Deno.test("a hello that is refused for good closes, with the error, and asks no more", () => {
  const { network, clock, connection } = connected({ welcome: false });
  network.socket.open();
  network.socket.refuse({ code: "bad_name", message: "no name" });
  assertEquals(connection.state, {
    status: "closed",
    code: 4500,
    reason: "no name",
    error: { code: "bad_name", message: "no name" },
  });
  assert(network.socket.isLetGo);
  assertEquals(clock.pending, 0);
});

Deno.test("a hello that is refused for now is tried again, no sooner than the server says", () => {
  const { network, clock, connection } = connected({ welcome: false });
  network.socket.open();
  network.socket.refuse({ code: "unavailable", retryAfterMs: 7_000 });
  assertEquals(connection.state.status, "waiting");
  clock.pass(6_999);
  assertEquals(network.sockets.length, 1);
  clock.pass(1);
  assertEquals(network.sockets.length, 2);
});

Deno.test("25 seconds of silence are asked about, and an answer is good for the next 25", () => {
  const { network, clock, connection } = connected();
  const { socket } = network;
  clock.pass(24_999);
  assertEquals(socket.last()["type"], "hello");
  clock.pass(1);
  assertEquals(socket.last()["type"], "ping");
  socket.ok({ now: 1 });
  clock.pass(24_999);
  assertEquals(socket.all("ping").length, 1);
  clock.pass(1);
  assertEquals(socket.all("ping").length, 2);
  assertEquals(connection.state.status, "online");
});

Deno.test("any frame is a sign of life: a busy connection is not asked", () => {
  const { network, clock } = connected();
  for (let i = 0; i < 10; i++) {
    clock.pass(20_000);
    network.socket.say({ type: "events", room: "r", prev: "a", events: [] });
  }
  assertEquals(network.socket.all("ping").length, 0);
});

Deno.test("a line that does not answer a ping is let go of within 5 seconds, without waiting for its end", () => {
  const { network, clock, connection } = connected();
  clock.pass(25_000 + 5_000);
  assertEquals(connection.state.status, "waiting");
  assert(network.socket.isLetGo);
});

Deno.test("a request without an answer makes one ask; nothing then ends the connection", () => {
  const { network, clock, connection } = connected();
  const replies: string[] = [];
  connection.request({ type: "join", room: "r" }, ({ kind }) => replies.push(kind));
  clock.pass(5_000);
  assertEquals(network.socket.last()["type"], "ping");
  clock.pass(5_000);
  assertEquals(connection.state.status, "waiting");
  assertEquals(replies, ["lost"]);
});

Deno.test("a socket that does not open within 10 seconds is given up", () => {
  const { network, clock, connection } = connected({ welcome: false });
  clock.pass(9_999);
  assertEquals(connection.state.status, "connecting");
  clock.pass(1);
  assertEquals(connection.state.status, "waiting");
  assert(network.socket.isLetGo);
});

Deno.test("a hello that is not answered is given up after 10 seconds as well", () => {
  const { network, clock, connection } = connected({ welcome: false });
  network.socket.open();
  clock.pass(10_000);
  assertEquals(connection.state.status, "waiting");
});

Deno.test("a socket that is closing is waited for, but not for ever", () => {
  const { network, clock, connection } = connected();
  network.socket.readyState = 2;
  clock.pass(25_000 + 4_999);
  assertEquals(connection.state.status, "online");
  clock.pass(1);
  assertEquals(connection.state.status, "waiting");
});

Deno.test("the wait doubles with each try that fails, up to 30 seconds, and half of it is random here", () => {
  const { network, clock } = connected({ random: () => 0.5 });
  const waits: (number | undefined)[] = [];
  for (let i = 0; i < 9; i++) {
    network.socket.end(1006);
    waits.push(clock.nextMs);
    clock.pass(clock.nextMs ?? 0);
  }
  assertEquals(waits, [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
});

Deno.test("a connection that held for five seconds was a good one: the next wait is the first again", () => {
  const { network, clock } = connected({ random: () => 0.5 });
  for (let i = 0; i < 6; i++) {
    network.socket.end(1006);
    clock.pass(clock.nextMs ?? 0);
  }
  network.socket.welcome();
  clock.pass(5_000);
  network.socket.end(1006);
  assertEquals(clock.nextMs, 250);
});

Deno.test("a server that lets in and loses again at once is not besieged", () => {
  const { network, clock } = connected({ random: () => 0.5 });
  for (let i = 0; i < 9; i++) {
    network.socket.end(1006);
    clock.pass(clock.nextMs ?? 0);
    network.socket.welcome();
  }
  network.socket.end(1006);
  assertEquals(clock.nextMs, 1_000);
});

Deno.test("the close codes of the protocol: 1012 at once, 1008 slowly, 4000 comes back, 4500 stays away", () => {
  const wait = (code: number) => {
    const { network, clock, connection } = connected({ random: () => 0.999 });
    network.socket.end(code);
    return connection.state.status === "closed" ? "stays away" : clock.nextMs;
  };
  assertLessOrEqual(Number(wait(1012)), 1_000);
  assertGreaterOrEqual(Number(wait(1008)), 5_000);
  assertLessOrEqual(Number(wait(4000)), 500);
  assertEquals(wait(4500), "stays away");
  assertEquals(wait(4999), "stays away");
});

Deno.test("a page that becomes visible, or gets its network back, tries at once", () => {
  for (const why of ["visible", "online"] as const) {
    const { network, connection } = connected();
    network.socket.end(1006);
    connection.wake(why);
    assertEquals(network.sockets.length, 2);
    assertEquals(connection.state.status, "connecting");
  }
});

Deno.test("a page that becomes visible with a connection asks whether it lives", () => {
  const { network, connection } = connected();
  connection.wake("visible");
  connection.wake("visible");
  assertEquals(network.socket.all("ping").length, 1);
  assertEquals(network.sockets.length, 1);
});

Deno.test("who was sent away for haste does not get around the wait by switching tabs", () => {
  const { network, connection } = connected();
  network.socket.end(1008);
  connection.wake("visible");
  connection.wake("online");
  assertEquals(network.sockets.length, 1);
});

Deno.test("without a network the wait is called offline, and goes on all the same", () => {
  const { network, clock, connection } = connected({ hasNetwork: () => false });
  network.socket.end(1006);
  assertEquals(connection.state.status, "offline");
  clock.pass(1_000);
  assertEquals(network.sockets.length, 2);
});

Deno.test("a network that goes while one waits makes it offline", () => {
  const { network, connection } = connected();
  network.socket.end(1006);
  connection.wake("offline");
  assertEquals(connection.state.status, "offline");
});

Deno.test("a connection that was closed for good can be made again by hand", () => {
  const { network, connection } = connected();
  network.socket.end(4500);
  connection.reconnect();
  network.socket.welcome();
  assertEquals(connection.state.status, "online");
});

Deno.test("reconnect does nothing while there is a connection or one is being made", () => {
  const { network, connection } = connected({ welcome: false });
  connection.reconnect();
  network.socket.welcome();
  connection.reconnect();
  assertEquals(network.sockets.length, 1);
});

Deno.test("a socket that was let go of is not heard any more", () => {
  const { network, connection, events } = connected();
  const { socket } = network;
  connection.drop();
  connection.reconnect();
  network.socket.welcome();
  socket.say({ type: "events", room: "r", prev: "a", events: [] });
  socket.end(4500);
  assertEquals(events, []);
  assertEquals(connection.state.status, "online");
});

Deno.test("what waits for an answer when the connection is lost learns so before the new state is told", () => {
  const { connection, states } = connected();
  const seen: unknown[] = [];
  connection.request({ type: "join", room: "r" }, (reply) => seen.push(reply.kind, states().at(-1)));
  connection.drop();
  assertEquals(seen, ["lost", "online"]);
  assertEquals(states().at(-1), "waiting");
});

Deno.test("frames are shown as they are on the wire, in both directions", () => {
  const { network, connection, raw } = connected();
  assertEquals(connection.sendRaw('{"id":9,"type":"ping"}'), true);
  network.socket.say("nonsense");
  assertEquals(raw.slice(-2), ['out {"id":9,"type":"ping"}', "in nonsense"]);
  connection.close();
  assertEquals(connection.sendRaw("x"), false);
});

Deno.test("closed in any state it leaves no timer, and says so once", () => {
  const inStates: ((setting: Setting) => void)[] = [
    () => {},
    ({ network }) => network.socket.open(),
    ({ network }) => network.socket.welcome(),
    ({ network }) => network.socket.end(1006),
    ({ network, clock }) => {
      network.socket.welcome();
      clock.pass(25_000);
    },
  ];
  for (const bring of inStates) {
    const setting = connected({ welcome: false });
    bring(setting);
    const { connection, clock, states } = setting;
    connection.close();
    assertEquals(connection.state, { status: "closed", code: 1000, reason: "" });
    assertEquals(clock.pending, 0);
    assertEquals(states().filter((status) => status === "closed").length, 1);
  }
});
