/** The tests in this folder are worth what their checker finds: here it gets a server that breaks its word. */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Client, type Message } from "./client.ts";
import { assertSameLog, Ledger } from "./ledger.ts";
import type { LinkEvents } from "./link.ts";

/** A ledger of two authors' four messages, the last one never acknowledged, and the log that they should be in. */
function promised(): { ledger: Ledger; log: Message[] } {
  const ledger = new Ledger();
  const log = ["ann", "bob", "ann", "bob"].map((author, i): Message => {
    const { key, text } = ledger.note(author);
    const message = { cursor: `c${i}`, type: "message" as const, at: i, user: { id: author, name: author }, key, text };
    if (i < 3) ledger.promised(key, message);
    return message;
  });
  return { ledger, log };
}

Deno.test("the ledger finds nothing wrong with a log that keeps its promises, with or without what was never acknowledged", () => {
  const { ledger, log } = promised();
  const nothing = { lost: [], doubled: [], reordered: [], altered: [] };
  const counts = { acknowledged: 3, unacknowledged: 1, resent: 0 };
  assertEquals(ledger.judge(log), { ...nothing, ...counts, keptUnacknowledged: 1 });
  assertEquals(ledger.judge(log.slice(0, 3)), { ...nothing, ...counts, keptUnacknowledged: 0 });
});

Deno.test("the ledger finds what was lost, doubled, reordered, altered or invented", () => {
  const { ledger, log } = promised();
  const [first, second, third, last] = log;
  if (!first || !second || !third || !last) throw new Error("four messages");
  const judge = (...messages: Message[]) => {
    const { lost, doubled, reordered, altered } = ledger.judge(messages);
    return [lost.length, doubled.length, reordered.length, altered.length];
  };
  assertEquals(judge(first, third), [1, 0, 0, 0]);
  assertEquals(judge(first, second, third, { ...second, cursor: "c4" }), [0, 1, 0, 1]);
  assertEquals(judge({ ...third, cursor: "c0", at: 0 }, second, { ...first, cursor: "c2", at: 2 }), [0, 0, 1, 2]);
  assertEquals(judge(second, first, third), [0, 0, 1, 0]);
  assertEquals(judge(first, { ...second, at: 7 }, third), [0, 0, 0, 1]);
  assertEquals(judge(first, { ...second, text: "something else" }, third), [0, 0, 0, 1]);
  assertEquals(judge(first, second, third, { ...last, key: "nobody's" }), [0, 0, 0, 1]);
  ledger.promised(first.key ?? "", { cursor: "c9", at: 0 });
  assertStringIncludes(ledger.faults.join(), "[V12]");
});

Deno.test("a view with a gap, a double or another order differs from the log", () => {
  const { log } = promised();
  const [first, ...rest] = log;
  assertSameLog([...log], log, "ann");
  for (
    const view of [rest, log.slice(0, 3), [...log, ...log.slice(3)], [...rest, ...log.slice(0, 1)], [
      first!,
      first!,
      ...rest,
    ]]
  ) {
    assertThrows(() => assertSameLog(view, log, "ann"), Error, "ann differs from the log at");
  }
});

Deno.test("the client notices each frame that the protocol forbids", async () => {
  const message = (cursor: string) => ({ cursor, type: "message", at: 1, user: { id: "g", name: "n" }, text: cursor });
  const typing = (cursor: string) => ({ cursor, type: "typing", at: 1, user: { id: "g", name: "n" } });
  const events = (prev: string, ...events: object[]) => ({ type: "events", room: "r", prev, events });
  const joined = (ok: object) => ({ id: 1, ok: { room: { name: "r" }, recovered: true, ...ok } });
  const join = joined({ head: "c2", events: [message("c1"), message("c2")] });
  const cases: [rule: string | undefined, ...frames: object[]][] = [
    [undefined, join, events("c2", message("c3"), typing("c4")), events("c4", message("c5")), { type: "news", a: 1 }],
    ["[V19]", join, events("c3", message("c4"))],
    ["[V19]", join, events("c1", message("c2"), message("c3"))],
    ["[V18]", join, events("c2", message("c4"), message("c3"))],
    ["[V18]", join, events("c2", message("c3"), message("c3"))],
    ["[V18]", join, events("c2")],
    ["[V18]", joined({ head: "c2", events: [message("c0"), message("c2")] })],
    ["[V7]", joined({ head: "c3", events: [message("c1"), message("c2")] })],
    ["[V16]", joined({ head: "c1", events: [typing("c1")] })],
    ["[V17]", events("c0", message("c1"))],
    ["[V1]", { id: 9, ok: {} }],
    ["[V1]", join, events("c2", { cursor: "c3", type: "message" })],
    ["[V3]", { type: "error", error: { code: "bad_request", message: "?" } }],
  ];
  for (const [rule, ...frames] of cases) {
    let server: LinkEvents | undefined;
    const client = new Client("ws://nowhere", (_, events) => {
      server = events;
      return { send() {}, close() {}, cut: () => events.closed(1006, ""), gone: Promise.resolve() };
    });
    client.join("r", "c0").catch(() => {});
    for (const frame of frames) server?.received(JSON.stringify(frame));
    client.cut();
    await client.closed;
    if (rule === undefined) assertEquals(client.faults, []);
    else assertStringIncludes(client.faults.join(), rule, JSON.stringify(frames));
  }
});
