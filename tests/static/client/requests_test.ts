import { assertEquals } from "@std/assert";
import type { Reply } from "../../../static/client/frames.js";
import { createRequests } from "../../../static/client/requests.js";
import { FakeClock } from "../fake_clock.ts";

Deno.test("each request has an id of its own, and gets its own answer, in any order", () => {
  const { requests, sent, kinds, ask } = setUp();
  ask("join");
  ask("send");
  assertEquals(sent, ['{"id":1,"type":"join"}', '{"id":2,"type":"send"}']);
  requests.settle(2, { kind: "ok", ok: {} });
  requests.settle(1, { kind: "error", error: { code: "forbidden", message: "" } });
  assertEquals(kinds, ["send ok", "join error"]);
});

Deno.test("an answer that nobody waits for, or a second one, does nothing", () => {
  const { requests, kinds, ask } = setUp();
  ask("send");
  requests.settle(7, { kind: "ok", ok: {} });
  requests.settle(1, { kind: "ok", ok: {} });
  requests.settle(1, { kind: "ok", ok: {} });
  assertEquals(kinds, ["send ok"]);
});

Deno.test("what cannot be sent is lost at once, and waits for nothing", () => {
  const { clock, kinds, ask } = setUp({ isOpen: false });
  ask("send");
  assertEquals(kinds, ["send lost"]);
  assertEquals(clock.pending, 0);
});

Deno.test("when the connection goes all that wait are lost, and no timer is left", () => {
  const { clock, requests, kinds, ask } = setUp();
  ask("join");
  ask("ping");
  requests.lose();
  assertEquals(kinds, ["join lost", "ping lost"]);
  assertEquals(clock.pending, 0);
});

Deno.test("five seconds without an answer or any other frame are a reason to doubt the line", () => {
  const { clock, calls, ask } = setUp();
  ask("send");
  clock.pass(4_999);
  assertEquals(calls, []);
  clock.pass(1);
  assertEquals(calls, ["doubt"]);
});

Deno.test("an answer that stays out while others come is given up after twenty seconds, and without doubt", () => {
  const { clock, calls, hear, ask } = setUp();
  ask("send");
  hear();
  clock.pass(19_999);
  assertEquals(calls, []);
  clock.pass(1);
  assertEquals(calls, ["give up"]);
});

Deno.test("a ping that nothing follows within five seconds ends the connection", () => {
  const { clock, calls, ask } = setUp();
  ask("ping");
  clock.pass(5_000);
  assertEquals(calls, ["give up"]);
});

Deno.test("a ping behind a backlog: any frame is a sign of life", () => {
  const { clock, calls, kinds, hear, ask } = setUp();
  ask("ping");
  hear();
  clock.pass(60_000);
  assertEquals(calls, []);
  assertEquals(kinds, ["ping lost"]);
});

function setUp({ isOpen = true } = {}) {
  const clock = new FakeClock();
  const sent: string[] = [];
  const calls: string[] = [];
  const kinds: string[] = [];
  let heard = 0;
  const requests = createRequests({
    clock,
    send: (text) => isOpen && sent.push(text) > 0,
    heard: () => heard,
    onDoubt: () => calls.push("doubt"),
    onGiveUp: () => calls.push("give up"),
  });
  return {
    clock,
    requests,
    sent,
    calls,
    kinds,
    hear: () => void heard++,
    ask: (type: string) => requests.ask({ type }, (reply: Reply) => kinds.push(`${type} ${reply.kind}`)),
  };
}
