import { assertEquals } from "@std/assert";
import type { RoomEvent } from "../../../static/client/events.js";
import { createPromiseCheck, type LogPage } from "../../../static/test/promise_check.js";

const event = (cursor: string): RoomEvent => ({
  type: "message",
  cursor,
  at: 0,
  user: { id: "g_1", name: "민지" },
  text: cursor,
});
const events = (cursors: string, replace = false) => ({ events: [...cursors].map(event), replace });

/** A log of these, which is read by twos. */
const logOf = (cursors: string) => (after: string): Promise<LogPage> => {
  const rest = [...cursors].filter((cursor) => cursor > after);
  return Promise.resolve({ items: rest.slice(0, 2).map((cursor) => ({ cursor })), hasAfter: rest.length > 2 });
};

Deno.test("what is handed on whole is: no gap, no double, the log's order; as much of it was compared as there is", async () => {
  const check = createPromiseCheck();
  check.take(events("abc", true));
  check.take(events("def"));
  await check.compare(logOf("abcdef"));
  assertEquals(check.verdict, {
    handedOn: 6,
    gaps: 0,
    compared: 5,
    toCome: 0,
    doubles: 0,
    isOrdered: true,
    replaced: 1,
  });
});

Deno.test("a message that is in the log between the first and the last, and was not handed on, is a gap", async () => {
  const check = createPromiseCheck();
  check.take(events("abcfg", true));
  await check.compare(logOf("abcdefg"));
  assertEquals([check.verdict.gaps, check.verdict.toCome], [2, 0]);
  await check.compare(logOf("abcfg"));
  assertEquals(check.verdict.gaps, 0);
});

Deno.test("a message after the last is still to come, no gap", async () => {
  const check = createPromiseCheck();
  check.take(events("ab", true));
  await check.compare(logOf("abcd"));
  assertEquals([check.verdict.gaps, check.verdict.toCome], [0, 2]);
});

Deno.test("in an empty room everything after the join's head has to come", async () => {
  const check = createPromiseCheck();
  check.take(events("", true));
  check.begin("a");
  check.take(events("c"));
  check.begin("z");
  await check.compare(logOf("bc"));
  assertEquals(check.verdict.gaps, 1);
});

Deno.test("what comes twice is a double, and what comes late is out of order", () => {
  const check = createPromiseCheck();
  check.take(events("ab", true));
  check.take(events("bc"));
  assertEquals([check.verdict.doubles, check.verdict.isOrdered], [1, true]);
  const other = createPromiseCheck();
  other.take(events("acb", true));
  assertEquals([other.verdict.doubles, other.verdict.isOrdered], [0, false]);
});

Deno.test("a client that begins anew and says so has no gap where it was away, and its doubles stay told", async () => {
  const check = createPromiseCheck();
  check.take(events("abb", true));
  check.take(events("xy", true));
  await check.compare(logOf("abcdefxy"));
  const { gaps, doubles, replaced, handedOn } = check.verdict;
  assertEquals({ gaps, doubles, replaced, handedOn }, { gaps: 0, doubles: 1, replaced: 2, handedOn: 2 });
});

Deno.test("before anything has come nothing is asked; a log that was read for what is gone says nothing", async () => {
  const check = createPromiseCheck();
  await check.compare(() => Promise.reject(new Error("asked")));
  check.take(events("ad", true));
  await check.compare((after) => {
    check.take(events("x", true));
    return logOf("abcd")(after);
  });
  assertEquals(check.verdict.gaps, 0);
});
