import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { openKvLayer } from "../../layers/kv.ts";
import { CursorExpired, LayerUnavailable, type Receipt } from "../../layers/layer.ts";
import { FaultyKv, locked } from "./faulty_kv.ts";
import { openFaulty } from "./faulty_setting.ts";
import { openKvInMemory } from "./settings.ts";
import { until } from "./until.ts";
import { numbers, readAll, say, textsOf, witness } from "./witness.ts";

Deno.test("without queues workers are off, sending to one says so, and everything else works", async () => {
  await using setting = await openKvInMemory({ hasQueues: false, maxChecks: 10 });
  const { layer } = setting;
  assertEquals(layer.work({ mail() {} }), false);
  const error = await assertRejects(() => layer.send("mail", say(1)), LayerUnavailable);
  assertMatch(error.message, /workers are off/);
  assertEquals(await layer.failedJobs(), []);

  const seen = await witness(layer, "room");
  await Promise.all(numbers(1, 30).map((n) => layer.publish("room", say(n), { key: `${n}` })));
  await seen.sees(30);
  assertEquals(textsOf(await readAll(layer, "room")), numbers(1, 30));
  const channel = layer.newChannel();
  const inbox: unknown[] = [];
  await layer.receive(channel, (event) => void inbox.push(event["text"]));
  await layer.send(channel, say("direct"));
  await until(() => inbox.length === 1, "what was sent to a connection");
  await layer.ping();
});

Deno.test("without queues the database's own queue is never touched: it hangs or throws there", async () => {
  const kv = await Deno.openKv(":memory:");
  const faulty = new FaultyKv(kv);
  const touched: string[] = [];
  const guarded = new Proxy(faulty.kv, {
    get(target, name) {
      if (name === "enqueue" || name === "listenQueue") touched.push(name);
      return Reflect.get(target, name);
    },
  });
  const layer = await openKvLayer(guarded, { hasQueues: false });
  layer.work({ mail() {} });
  await layer.send("mail", say(1)).catch(() => {});
  await layer.close();
  kv.close();
  assertEquals(touched, []);
});

Deno.test("a commit holds no more checks than the database allows", async () => {
  await using setting = await openFaulty({ maxChecks: 10 });
  const { layer, faulty } = setting;
  await Promise.all(
    numbers(1, 95).map((n) => layer.publish(`room${n % 3}`, say(n), n % 5 === 0 ? {} : { key: `${n}` })),
  );
  assert(faulty.mostChecks <= 10);
  assertEquals((await readAll(layer, "room1")).length, numbers(1, 95).filter((n) => n % 3 === 1).length);
});

Deno.test("[L7] sending to a worker while the database is locked is LayerUnavailable, or the job is done", async () => {
  await using setting = await openFaulty();
  const { layer, faulty } = setting;
  const done: unknown[] = [];
  layer.work({ mail: (event) => void done.push(event["text"]) });
  let calls = 0;
  faulty.write = (carryOut) => ++calls % 2 === 0 ? carryOut() : Promise.reject(locked());
  const results = await Promise.allSettled(numbers(1, 10).map((n) => layer.send("mail", say(n))));
  for (const result of results) if (result.status === "rejected") assert(result.reason instanceof LayerUnavailable);
  const taken = numbers(1, 10).filter((n) => results[n - 1]?.status === "fulfilled");
  await until(() => done.length >= taken.length, "the jobs that were taken");
  assertEquals(done.map(Number).toSorted((a, b) => a - b), taken);
});

Deno.test("[L7] what Deno KV itself could not deliver is among the failed jobs", async () => {
  await using setting = await openFaulty();
  const { layer, kv } = setting;
  let id = "";
  layer.work({
    mail() {
      throw new Error("failed");
    },
  });
  await layer.send("mail", say(1));
  await until(async () => {
    const [job] = await layer.failedJobs();
    id = job?.id ?? "";
    return job !== undefined;
  }, "a failed job");
  // As the queue would write it: the value that was enqueued.
  await kv.set(["undelivered", "x"], { id: "x", channel: "mail", json: JSON.stringify(say(2)), attempt: 1 });
  const failed = await layer.failedJobs();
  assertEquals(failed.map(({ id: found, event, attempts }) => [found, event, attempts]), [[id, say(1), 3], [
    "x",
    say(2),
    1,
  ]]);
  assertEquals((await layer.failedJobs({ limit: 1 })).length, 1);
});

Deno.test("[L7] events of a connection's channel are taken once although the database is locked half of the time", async () => {
  await using setting = await openFaulty({ deadlineMs: 10_000 });
  const { layer, healthy, faulty } = setting;
  const channel = layer.newChannel();
  let calls = 0;
  faulty.write = (carryOut) => ++calls % 2 === 0 ? carryOut() : Promise.reject(locked());
  const inboxes: unknown[][] = [[], []];
  for (const [i, inbox] of inboxes.entries()) {
    await (i === 0 ? layer : healthy).receive(channel, (event) => void inbox.push(event["text"]));
  }
  for (const n of numbers(1, 20)) await layer.send(channel, say(n));
  await until(() => inboxes.flat().length >= 20, "twenty events");
  assertEquals(inboxes.flat().map(Number).toSorted((a, b) => a - b), numbers(1, 20));
});

Deno.test("a database that is locked while it is opened is opened nevertheless", async () => {
  const kv = await Deno.openKv(":memory:");
  const faulty = new FaultyKv(kv);
  let calls = 0;
  faulty.write = (carryOut) => ++calls <= 5 ? Promise.reject(locked()) : carryOut();
  const layer = await openKvLayer(faulty.kv);
  await layer.publish("room", say(1));
  await layer.close();
  const never = new FaultyKv(await Deno.openKv(":memory:"));
  never.write = () => Promise.reject(locked());
  await assertRejects(() => openKvLayer(never.kv, { deadlineMs: 50 }), LayerUnavailable);
  never.kv.close();
  kv.close();
});

Deno.test("[L3] a trim that fails half-way says so, hides what it was to forget, and ends when it is tried again", async () => {
  await using setting = await openFaulty({ deadlineMs: 5_000 });
  const { layer, healthy, faulty } = setting;
  const receipts: Receipt[] = [];
  for (const n of numbers(1, 9)) receipts.push(await layer.publish("room", say(n)));
  let calls = 0;
  faulty.write = (carryOut) => ++calls % 2 === 0 ? carryOut() : Promise.reject(locked());
  const upTo = receipts[4]?.cursor ?? "";
  const trim = () => layer.trim("room", upTo);
  await assertRejects(trim, LayerUnavailable);
  await assertRejects(() => healthy.read("room", { after: receipts[3]?.cursor ?? "", limit: 9 }), CursorExpired);
  assertEquals(textsOf((await healthy.read("room", { after: upTo, limit: 9 })).entries), [6, 7, 8, 9]);
  await trim();
  assertEquals(textsOf(await readAll(healthy, "room")), [6, 7, 8, 9]);
});
