import { assertEquals, assertThrows } from "@std/assert";
import { type Cost, Limits, type Who } from "../../chat/limits.ts";
import { ChatError } from "../../protocol/errors.ts";

function open(sendRate = 10, scale = 1) {
  const clock = { ms: 0 };
  const limits = new Limits({ sendRate, scale, now: () => clock.ms });
  const drain = (who: Who, name: string, cost: Cost) => {
    for (let taken = 0; taken < 10_000; taken++) {
      try {
        limits.take(who, name, cost);
      } catch {
        return taken;
      }
    }
    return Infinity;
  };
  return { clock, limits, drain };
}

Deno.test("each cost of each person, connection and address has a bucket of its own", () => {
  const { drain } = open();
  const bursts = {
    person: { read: 200, write: 50, send: 10, costly: 20 },
    connection: { read: 200, write: 50, send: 10, costly: 20 },
    address: { read: 2_000, write: 500, send: 200, costly: 200 },
  };
  for (const who of ["person", "connection", "address"] as const) {
    for (const cost of ["read", "write", "send", "costly"] as const) {
      for (const name of ["a", "b"]) assertEquals(drain(who, name, cost), bursts[who][cost], `${who} ${cost}`);
    }
  }
});

Deno.test("what is left is said, and a refusal says when; to look costs nothing", () => {
  const { clock, limits, drain } = open();
  const quota = limits.take("person", "a", "write");
  assertEquals(quota, { policy: "write-person", burst: 50, windowS: 10, remaining: 49, fullInMs: 200 });
  assertEquals(limits.peek("person", "a", "write"), quota);
  assertEquals(drain("person", "a", "write"), 49);
  const error = assertThrows(() => limits.take("person", "a", "write"), ChatError);
  assertEquals([error.code, error.retryAfterMs], ["rate_limited", 200]);
  clock.ms += 200;
  assertEquals(limits.take("person", "a", "write")?.remaining, 0);
});

Deno.test("a send rate of 0 and a scale of 0 are no limits, and what nobody knows is not counted", () => {
  const free = open(0, 0);
  for (const cost of ["read", "write", "send", "costly"] as const) {
    assertEquals(free.drain("person", "a", cost), Infinity);
    assertEquals(free.limits.take("person", "a", cost), undefined);
  }
  const { drain, limits } = open(0, 2);
  assertEquals([drain("person", "a", "send"), drain("person", "a", "write")], [Infinity, 100]);
  assertEquals([drain("address", "", "write"), limits.peek("address", "", "write")], [Infinity, undefined]);
});

Deno.test("a slow send rate still lets one message through", () => {
  const { clock, limits, drain } = open(0.5);
  assertEquals(drain("person", "a", "send"), 1);
  clock.ms += 2_000;
  assertEquals(limits.take("person", "a", "send")?.remaining, 0);
});

Deno.test("a connection that has closed is forgotten", () => {
  const { limits, drain } = open();
  drain("connection", "c1", "write");
  limits.forget("c1");
  assertEquals(limits.peek("connection", "c1", "write")?.remaining, 50);
});
