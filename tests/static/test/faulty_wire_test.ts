import { assertEquals } from "@std/assert";
import { createFaultyWire, type Faults, type Report } from "../../../static/test/faulty_wire.js";
import { FakeClock } from "../fake_clock.ts";
import { FakeNetwork } from "../fake_network.ts";

const SOUND: Faults = { delayMs: 0, duplicate: false, reorder: false };

/** A socket that is open, over a wire with these faults, and what it and its watcher have heard. */
function opened(given: Partial<Faults> = {}) {
  const clock = new FakeClock();
  const network = new FakeNetwork();
  const faults = { ...SOUND, ...given };
  const reports: Report[] = [];
  const heard: unknown[] = [];
  const wire = createFaultyWire({
    // The fake takes a protocol always; this file gives one always.
    WebSocket: network.WebSocket as new (url: string, protocol?: string) => WebSocket,
    clock,
    faults: () => faults,
    report: (report) => reports.push(report),
  });
  const socket = new wire.WebSocket("ws://maru.example/ws", "maru.v1");
  socket.onmessage = ({ data }) => heard.push(data);
  socket.onclose = ({ code }) => heard.push(code);
  const { socket: server } = network;
  server.open();
  const say = (...numbers: number[]) => numbers.forEach((n) => socket.send(`{"n":${n}}`));
  const arrived = () => server.sent.map((frame) => frame["n"]);
  return { clock, network, faults, reports, heard, wire, socket, server, say, arrived };
}

Deno.test("a wire without faults is a wire: frames go both ways at once, and the end is told with its code", () => {
  const { say, arrived, server, heard, socket, reports } = opened();
  say(1, 2);
  assertEquals(arrived(), [1, 2]);
  server.say("hello");
  assertEquals([heard, socket.readyState], [["hello"], 1]);
  server.end(1012);
  assertEquals([heard, socket.readyState], [["hello", 1012], 3]);
  assertEquals(reports.map(({ kind }) => kind), ["opened", "frame", "frame", "frame", "closed"]);
});

Deno.test("a delay holds what is sent and what is received, and keeps the order when it becomes shorter", () => {
  const { clock, faults, say, arrived, server, heard, reports } = opened({ delayMs: 500 });
  say(1);
  server.say("a");
  faults.delayMs = 100;
  say(2);
  server.say("b");
  clock.pass(499);
  assertEquals([arrived(), heard], [[], []]);
  clock.pass(1);
  assertEquals([arrived(), heard], [[1, 2], ["a", "b"]]);
  // Told as it is on the network: what came in was there before it was held.
  assertEquals(
    reports.filter(({ kind }) => kind === "frame").map((report) => "direction" in report && report.direction),
    [
      "in",
      "in",
      "out",
      "out",
    ],
  );
});

Deno.test("an end comes after the frames that were before it on a slow wire", () => {
  const { clock, server, heard } = opened({ delayMs: 50 });
  server.say("last");
  server.end(1008);
  clock.pass(50);
  assertEquals(heard, ["last", 1008]);
});

Deno.test("duplicated frames go out twice, one after the other", () => {
  const { say, arrived } = opened({ duplicate: true });
  say(1, 2);
  assertEquals(arrived(), [1, 1, 2, 2]);
});

Deno.test("reordered frames change places by twos; one that nobody overtakes goes out after a while", () => {
  const { clock, faults, say, arrived } = opened({ reorder: true });
  say(1, 2, 3);
  assertEquals(arrived(), [2, 1]);
  clock.pass(200);
  assertEquals(arrived(), [2, 1, 3]);
  say(4);
  faults.reorder = false;
  say(5);
  assertEquals(arrived(), [2, 1, 3, 4, 5]);
  assertEquals(clock.pending, 0);
});

Deno.test("with everything at once frames are swapped, then doubled, then late", () => {
  const { clock, say, arrived } = opened({ delayMs: 10, duplicate: true, reorder: true });
  say(1, 2);
  clock.pass(10);
  assertEquals(arrived(), [2, 2, 1, 1]);
});

Deno.test("a drop loses what is on the way, says 1006 once, and nothing comes after it", () => {
  const { clock, faults, say, arrived, server, heard, wire, socket, reports } = opened({ delayMs: 100 });
  say(1);
  server.say("a");
  wire.drop();
  wire.drop();
  assertEquals([heard, socket.readyState, server.isLetGo], [[1006], 3, true]);
  faults.delayMs = 0;
  say(2);
  server.say("b");
  server.end(1000);
  clock.pass(1_000);
  assertEquals([arrived(), heard, clock.pending], [[], [1006], 0]);
  assertEquals(reports.at(-1), { kind: "closed", code: 1006, reason: "", isDropped: true, isNewest: true });
});

Deno.test("a drop breaks the newest socket, and what an older one says is told as such", () => {
  const { wire, network, reports } = opened();
  const [first] = network.sockets;
  new wire.WebSocket("ws://maru.example/ws", "maru.v1");
  network.socket.open();
  first?.say("late");
  assertEquals(reports.at(-1)?.isNewest, false);
  wire.drop();
  assertEquals([first?.isLetGo, network.socket.isLetGo], [false, true]);
});
