import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import { entryCursor, originCursor } from "../../layers/cursor.ts";
import { checkEpoch, Fanout } from "../../layers/fanout.ts";
import { type Cursor, CursorExpired, LayerUnavailable, type Page } from "../../layers/layer.ts";
import { ScriptedLog } from "./scripted_log.ts";
import { gate, nextTurn, until } from "./until.ts";
import { Witness } from "./witness.ts";

interface Stage {
  readonly log: ScriptedLog;
  readonly fanout: Fanout;
  /** How often the log was read. */
  readonly reads: () => number;
  /** Commits, and hands on. */
  readonly publish: (...texts: string[]) => void;
  readonly join: (options?: ConstructorParameters<typeof Witness>[1], now?: Cursor) => Witness;
}

function stage(
  options: { maxTailLength?: number; readLog?: (log: ScriptedLog, after: Cursor, upTo: Cursor) => Promise<Page> } = {},
): Stage {
  const log = new ScriptedLog();
  let reads = 0;
  const fanout = new Fanout({
    readLog(_, after, upTo) {
      reads++;
      return options.readLog?.(log, after, upTo) ?? Promise.resolve(log.page(after, upTo));
    },
    retryMs: 1,
    ...(options.maxTailLength !== undefined && { maxTailLength: options.maxTailLength }),
  });
  return {
    log,
    fanout,
    reads: () => reads,
    publish: (...texts) => void fanout.deliver("room", log.commit(...texts)),
    join(options, now) {
      const seen = new Witness("room", options);
      seen.subscription = fanout.subscribe("room", log.head, seen.options, now);
      return seen;
    },
  };
}

Deno.test("live subscribers are handed the batch in the turn in which it comes, all the same object", async () => {
  const { fanout, publish, join } = stage();
  const [one, two] = [join(), join()];
  await nextTurn();
  publish("a", "b");
  assertEquals([one.check().texts, two.check().texts], [["a", "b"], ["a", "b"]]);
  assertStrictEquals(one.batches[0], two.batches[0]);
  await fanout.close();
});

Deno.test("deliver() says how many got it at once, and does nothing for a group that nobody listens to", async () => {
  const { log, fanout, join } = stage();
  assertEquals(fanout.deliver("room", log.commit("nobody")), 0);
  const { passed, open } = gate();
  const [live, held, leaving] = [join(), join({ take: () => passed }), join()];
  await nextTurn();
  assertEquals(fanout.deliver("room", log.commit("a")), 3);
  assertEquals(fanout.deliver("room", log.commit("b")), 2);
  leaving.subscription.close();
  assertEquals(fanout.deliver("room", log.commit("c")), 1);
  open();
  await held.sees(3);
  assertEquals(live.check().texts, ["a", "b", "c"]);
  await fanout.close();
});

Deno.test("a subscriber that is a little behind is served from memory, one further behind from the log", async () => {
  const { fanout, log, reads, publish, join } = stage({ maxTailLength: 120 });
  const { passed, open } = gate();
  const live = join();
  const held = join({ take: () => passed });
  await nextTurn();
  const start = log.head;
  for (const text of ["a", "b", "c"]) publish(text);
  open();
  await held.sees(3);
  assertEquals(reads(), 0);
  for (const text of ["d", "e", "f", "g", "h"]) publish(text);
  const late = join({ after: start });
  await late.sees(8);
  assertEquals(reads(), 1);
  assertEquals(late.texts, live.check().texts);
  await fanout.close();
});

Deno.test("what is kept in memory stays within its bound over all groups, and whoever needs what was forgotten reads the log", async () => {
  const log = new ScriptedLog();
  let reads = 0;
  const fanout = new Fanout({
    readLog(_, after, upTo) {
      reads++;
      return Promise.resolve(log.page(after, upTo));
    },
    maxTailLength: 200,
  });
  const start = log.head;
  const groups = ["a", "b", "c"];
  // Two: what a group's only subscriber gets is not kept at all.
  for (const group of [...groups, ...groups]) fanout.subscribe(group, start, { deliver() {} });
  await nextTurn();
  for (let n = 0; n < 30; n++) for (const group of groups) fanout.deliver(group, log.commit(`${group}${n}`));
  const late = new Witness("a", { after: start });
  fanout.subscribe("a", start, late.options);
  await late.sees(30);
  assertEquals(reads > 0, true);
  await fanout.close();
});

Deno.test("what the only one who listens got at once is not kept: whoever comes later reads the log, and misses nothing", async () => {
  const { log, fanout, reads, publish, join } = stage();
  const start = log.head;
  const { passed, open } = gate();
  const only = join({ take: () => passed });
  await nextTurn();
  publish("a");
  // Held by the first, it is behind with this one, which is kept for it.
  publish("b", "~b");
  open();
  await only.sees(3);
  assertEquals([only.check().texts, reads()], [["a", "b", "~b"], 0]);
  await nextTurn();
  publish("c");
  await only.sees(4);
  const late = join({ after: start });
  await late.sees(3);
  assertEquals([late.check().texts, reads()], [["a", "b", "c"], 1]);
  // Now they are two, and it is kept again.
  const before = log.head;
  publish("d");
  const third = join({ after: before });
  await third.sees(1);
  assertEquals([third.texts, reads()], [["d"], 1]);
  await fanout.close();
});

Deno.test("after a gap everyone reads on from the log, the held and those who come later too, and nobody sees a hole", async () => {
  const { log, fanout, publish, join } = stage();
  const start = log.head;
  const { passed, open } = gate();
  const [live, held] = [join(), join({ take: () => passed })];
  await nextTurn();
  publish("a");
  publish("b");
  log.commit("missed", "~missed");
  log.commit("missed too");
  fanout.skipTo("room", log.head);
  const late = join({ after: start });
  publish("c");
  open();
  for (const one of [live, held, late]) {
    await one.sees(5);
    assertEquals(one.texts, ["a", "b", "missed", "missed too", "c"]);
  }
  fanout.skipTo("room", start);
  publish("d");
  for (const one of [live, held, late]) await one.hears("d");
  await fanout.close();
});

Deno.test("what comes while a page is read comes behind it, once", async () => {
  const gates = [gate(), gate(), gate()];
  let reads = 0;
  const { log, fanout, publish, join } = stage({
    async readLog(log, after, upTo) {
      await gates[reads++]?.passed;
      return log.page(after, upTo, 2);
    },
  });
  const start = log.head;
  log.commit("a", "b", "c");
  const seen = join({ after: start });
  await until(() => reads === 1, "the first page is asked for");
  publish("d", "~typing");
  gates[0]?.open();
  await until(() => reads === 2, "the second");
  publish("e");
  gates[1]?.open();
  gates[2]?.open();
  await seen.sees(5);
  assertEquals(seen.texts.filter((text) => text !== "~typing"), ["a", "b", "c", "d", "e"]);
  await fanout.close();
});

Deno.test("a log that cannot be read is read again; a cursor that is gone ends the subscription", async () => {
  let tries = 0;
  const { log, fanout, publish, join } = stage({
    readLog(log, after, upTo) {
      if (++tries < 4) return Promise.reject(new LayerUnavailable("not now"));
      if (tries === 6) return Promise.reject(new CursorExpired("gone"));
      return Promise.resolve(log.page(after, upTo));
    },
  });
  const start = log.head;
  log.commit("a");
  const live = join();
  const seen = join({ after: start });
  await seen.sees(1);
  assertEquals([tries, seen.causes], [4, []]);
  const [fine, gone] = [join({ after: start }), join({ after: start })];
  await until(() => gone.causes.length === 1, "its end");
  assertInstanceOf(gone.causes[0], CursorExpired);
  await fine.sees(1);
  publish("b");
  await Promise.all([live.hears("b"), fine.hears("b"), seen.hears("b")]);
  assertEquals(gone.batches, []);
  await fanout.close();
});

Deno.test("a readLog that throws at once is a log that cannot be read now", async () => {
  let tries = 0;
  const { log, fanout, join } = stage({
    readLog(log, after, upTo) {
      if (++tries < 3) throw new TypeError("the database is closed");
      return Promise.resolve(log.page(after, upTo));
    },
  });
  const start = log.head;
  log.commit("a");
  const seen = join({ after: start });
  await until(() => seen.batches.length > 0 || seen.causes.length > 0, "anything");
  assertEquals([seen.texts, seen.causes], [["a"], []]);
  await fanout.close();
});

Deno.test("transient entries from before a subscription do not come, even when this isolate hands them on only now", async () => {
  const { log, fanout, join } = stage();
  const resumedAt = log.head;
  const early = join();
  await nextTurn();
  const published = log.commit("a", "~before");
  // Published, but not handed on here yet: another isolate knows of it.
  const fromNow = join({}, log.head);
  const resumed = new Witness("room", { after: resumedAt });
  fanout.subscribe("room", resumedAt, resumed.options, log.head);
  await nextTurn();
  fanout.deliver("room", published);
  fanout.deliver("room", log.commit("~after", "b"));
  assertEquals(early.check().texts, ["a", "~before", "~after", "b"]);
  assertEquals(fromNow.check().texts, ["~after", "b"]);
  assertEquals(resumed.check().texts, ["a", "~after", "b"]);
  await fanout.close();
});

Deno.test("subscribers that come back to the same place share what is made for them", async () => {
  const { log, fanout, publish, join } = stage();
  join();
  publish("a");
  const place = log.head;
  publish("~typing");
  const back = [join({ after: place }), join({ after: place }), join({ after: place })];
  await nextTurn();
  publish("b");
  assertEquals(new Set(back.map((one) => one.check().batches.at(-1))).size, 1);
  await fanout.close();
});

Deno.test("what a subscriber throws, returns or does to others stays its own", async () => {
  const { fanout, publish, join } = stage();
  const first = join();
  const victims = [join(), join()];
  const closer = join({ take: () => victims.forEach((victim) => victim.subscription.close()) });
  const thrower = join({
    take() {
      throw new Error("of the subscriber");
    },
  });
  // A caller without types may return anything.
  const odd = join({ take: (() => 7) as unknown as () => void });
  const last = join();
  await nextTurn();
  publish("a");
  publish("b");
  await nextTurn();
  for (const one of [first, closer, last]) assertEquals(one.check().texts, ["a", "b"]);
  assertEquals(thrower.batches.length, 1);
  assertEquals(thrower.causes.length, 1);
  assertEquals([odd.batches.length >= 1, odd.causes.length <= 1], [true, true]);
  assertEquals(victims.map(({ batches }) => batches.length), [1, 1]);
  await fanout.close();
});

Deno.test("a group is known while somebody listens to it", async () => {
  const { fanout, join } = stage();
  assertEquals([fanout.has("room"), [...fanout.groups()]], [false, []]);
  const [one, two] = [join(), join()];
  assertEquals([fanout.has("room"), [...fanout.groups()]], [true, ["room"]]);
  one.subscription.close();
  one.subscription.close();
  assertEquals(fanout.has("room"), true);
  two.subscription.close();
  assertEquals([fanout.has("room"), [...fanout.groups()]], [false, []]);
  await fanout.close();
});

Deno.test("close() ends everyone in every state, waits for reads that are under way, and leaves no retry", async () => {
  const { passed, open } = gate();
  let reads = 0;
  const { log, fanout, publish, join } = stage({
    async readLog(log, after, upTo) {
      if (++reads === 1) await passed;
      if (reads > 1) throw new LayerUnavailable("not now");
      return log.page(after, upTo);
    },
  });
  const start = log.head;
  log.commit("a");
  const seen = [join(), join({ take: () => new Promise(() => {}) }), join({ after: start }), join({ after: start })];
  await nextTurn();
  publish("b");
  let isClosed = false;
  const closing = fanout.close().then(() => isClosed = true);
  assertEquals(seen.map(({ causes }) => causes.length), [1, 1, 1, 1]);
  for (const { causes } of seen) assertInstanceOf(causes[0], LayerUnavailable);
  await nextTurn();
  assertEquals(isClosed, false);
  open();
  await closing;
  assertEquals(seen.map(({ batches }) => batches.length), [1, 1, 0, 0]);
  assertThrows(() => join(), LayerUnavailable);
});

Deno.test("a cursor of another epoch is expired", () => {
  checkEpoch(entryCursor("aaaaaa", "0".repeat(20), 1), "aaaaaa");
  assertThrows(() => checkEpoch(originCursor("aaaaaa"), "bbbbbb"), CursorExpired);
});
