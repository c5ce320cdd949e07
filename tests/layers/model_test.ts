/**
 * The fanout against a model. The model is one sentence: a subscriber sees the log after its start, once, in order, its
 * chain of batches unbroken, and of the transient entries some of those that were published after it came.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Cursor } from "../../layers/cursor.ts";
import { Fanout } from "../../layers/fanout.ts";
import { LayerUnavailable } from "../../layers/layer.ts";
import { seeded } from "./random.ts";
import { ScriptedLog } from "./scripted_log.ts";
import { nextTurn, until } from "./until.ts";
import { Witness } from "./witness.ts";

const RUNS = 120;
const STEPS = 60;

/** One subscriber in one life of it. */
interface Life {
  readonly seen: Witness;
  readonly start: Cursor;
  /** How far the log went when it came: transient entries up to here are from before its time. */
  readonly bornAt: Cursor;
  /** Never behind what is kept in memory, so that it may not miss a transient one. */
  readonly isAttentive: boolean;
  isClosed: boolean;
}

for (let from = 0; from < RUNS; from += 40) {
  Deno.test({
    name: `every subscriber sees exactly the log behind its start (seeds ${from} to ${from + 39})`,
    timeout: 20_000,
    async fn() {
      for (let seed = from; seed < from + 40; seed++) await run(seed);
    },
  });
}

async function run(seed: number): Promise<void> {
  const random = seeded(seed);
  const dice = (sides: number) => Math.floor(random() * sides);
  const log = new ScriptedLog();
  /** What was committed and not handed on yet, by commits. */
  const pending: ReturnType<ScriptedLog["commit"]>[] = [];
  let hasSkipped = false;
  const maxTailLength = [0, 60, 200, 1_000, 1e6][dice(5)] ?? 0;
  const fanout = new Fanout({
    async readLog(_, after, upTo) {
      for (let turns = dice(3); turns > 0; turns--) await (dice(4) === 0 ? nextTurn() : Promise.resolve());
      if (dice(6) === 0) throw new LayerUnavailable("not now");
      return log.page(after, upTo, 1 + dice(5));
    },
    maxTailLength,
    retryMs: 0,
  });
  let handedOn = log.head;
  const lives: Life[] = [];
  const textsSent: string[] = [];

  const commit = () => {
    const texts = Array.from(
      { length: 1 + dice(3) },
      () => `${dice(4) === 0 ? "~" : ""}${textsSent.length}.${dice(1e6)}`,
    );
    textsSent.push(...texts);
    pending.push(log.commit(...texts));
  };
  const handOn = () => {
    // Some commits at once, as a reader that finds several.
    const entries = pending.splice(0, 1 + dice(3)).flat();
    if (entries.length === 0) return;
    handedOn = entries.at(-1)?.cursor ?? handedOn;
    fanout.deliver("room", entries);
  };
  const skip = () => {
    if (pending.length === 0) return;
    hasSkipped = true;
    const entries = pending.splice(0, 1 + dice(pending.length)).flat();
    handedOn = entries.at(-1)?.cursor ?? handedOn;
    fanout.skipTo("room", handedOn);
  };
  const join = () => {
    const past = log.entries[dice(log.entries.length + 1)]?.cursor;
    const old = lives[dice(lives.length + 1)];
    // From now, from anywhere, or where an earlier life ended.
    const after = [undefined, past, old?.isClosed ? old.seen.at : undefined][dice(3)];
    const speed = dice(3);
    const take = speed === 0 ? undefined : async () => {
      for (let turns = dice(3 * speed); turns > 0; turns--) await (speed === 1 ? Promise.resolve() : nextTurn());
    };
    const seen = new Witness("room", { ...(after !== undefined && { after }), ...(take && { take }) });
    seen.subscription = fanout.subscribe("room", handedOn, seen.options, log.head);
    const start = after ?? log.head;
    const isAttentive = take === undefined && after === undefined && maxTailLength === 1e6;
    lives.push({ seen, start, bornAt: log.head, isAttentive, isClosed: false });
  };
  const leave = () => {
    const life = lives[dice(lives.length)];
    if (life === undefined) return;
    life.isClosed = true;
    life.seen.subscription.close();
  };

  join();
  for (let step = 0; step < STEPS; step++) {
    [commit, commit, handOn, handOn, join, leave, dice(4) === 0 ? skip : handOn][dice(7)]?.();
    if (dice(3) === 0) await Promise.resolve();
    if (dice(16) === 0) await nextTurn();
  }
  while (pending.length > 0) handOn();
  pending.push(log.commit("end"));
  handOn();

  const where = `seed ${seed}`;
  for (const life of lives) {
    if (!life.isClosed) await until(() => life.seen.texts.at(-1) === "end", `${where}: the end`);
    check(life, log, hasSkipped, where);
  }
  await fanout.close();
  for (const { seen } of lives) await seen.idle();
}

function check(
  { seen, start, bornAt, isAttentive, isClosed }: Life,
  log: ScriptedLog,
  hasSkipped: boolean,
  where: string,
): void {
  seen.check();
  // One that was closed early has seen a beginning of what there was to see.
  const end = isClosed ? seen.at ?? start : log.head;
  const expected = log.entries.filter(({ cursor, transient }) => cursor > start && cursor <= end && !transient);
  const durable = seen.entries.filter(({ transient }) => !transient);
  assertEquals(durable, expected, where);
  assertEquals(new Set(seen.entries.map(({ cursor }) => cursor)).size, seen.entries.length, where);
  const transient = seen.entries.filter((entry) => entry.transient);
  for (const entry of transient) assert(entry.cursor > bornAt, `${where}: ${entry.json} is from before its time`);
  if (!isAttentive || hasSkipped) return;
  const missed = log.entries.filter((entry) => entry.transient && entry.cursor > bornAt && entry.cursor <= end);
  assertEquals(transient, missed, `${where}: a live subscriber misses nothing`);
}
