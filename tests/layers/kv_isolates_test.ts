import { assert, assertEquals } from "@std/assert";
import { testContract } from "./contract.ts";
import { Isolate, openInIsolates } from "./isolates.ts";
import { openKvOnFile } from "./settings.ts";
import { numbers, readAll, say, textsOf } from "./witness.ts";

const isolates: Isolate[] = [];
Deno.test.beforeAll(async () => {
  for (let i = 0; i < 3; i++) isolates.push(new Isolate());
  await Promise.all(isolates.map((isolate) => isolate.begin()));
});
Deno.test.afterAll(() => {
  for (const isolate of isolates) isolate.terminate();
});

testContract("kv on a file, three isolates", {
  open: () => openInIsolates(isolates),
  openAnother: openKvOnFile,
  isLocal: false,
  groupsCommits: true,
});

Deno.test("[L2] three isolates under load: one order everywhere, nothing lost, nothing doubled, each author in order", {
  timeout: 30_000,
}, async () => {
  await using setting = await openInIsolates(isolates);
  const groups = ["room", "한글방", "other"];
  const watching: { isolate: Isolate; group: string; id: number }[] = [];
  for (const isolate of isolates) {
    for (const group of groups) {
      for (const restTurns of [undefined, undefined, 2]) {
        const id = await isolate.watch(group, restTurns === undefined ? {} : { restTurns });
        watching.push({ isolate, group, id });
      }
    }
  }
  const COUNT = 120;
  const authors = isolates.flatMap((isolate, i) =>
    groups.flatMap((group) => ["a", "b"].map((name) => ({ isolate, group, author: `${name}${i}` })))
  );
  const promised = await Promise.all(
    authors.map(({ isolate, group, author }) => isolate.publishMany(group, author, COUNT)),
  );
  for (const group of groups) await setting.layer.publish(group, say("end"));

  const orders = new Map<string, string>();
  for (const { isolate, group, id } of watching) {
    const { entries } = await isolate.watched(id, "end");
    const durable = entries.filter(({ transient }) => !transient);
    const order = JSON.stringify(durable);
    assertEquals(order, orders.get(group) ?? order, `the order of ${group} is the same everywhere`);
    orders.set(group, order);
    assertEquals(new Set(entries.map(({ cursor }) => cursor)).size, entries.length, "nothing doubled");
    for (const [i, { group: where, author }] of authors.entries()) {
      if (where !== group) continue;
      const own = textsOf(durable).filter((text) => String(text).startsWith(`${author}:`));
      assertEquals(own, numbers(1, COUNT).filter((n) => n % 10 !== 9).map((n) => `${author}:${n}`));
      const cursors = new Set(durable.map(({ cursor }) => cursor));
      assertEquals(promised[i]?.filter((cursor, n) => (n + 1) % 10 !== 9 && !cursors.has(cursor)), []);
    }
  }
  for (const group of groups) {
    assertEquals(JSON.stringify(await readAll(setting.layer, group)), orders.get(group));
  }
});

Deno.test("[L6] live subscribers on three isolates see transient entries in one order with the rest", {
  timeout: 20_000,
}, async () => {
  await using setting = await openInIsolates(isolates);
  const watching = await Promise.all(isolates.map(async (isolate) => ({ isolate, id: await isolate.watch("room") })));
  await Promise.all(isolates.map((isolate, i) => isolate.publishMany("room", `a${i}`, 100)));
  await setting.layer.publish("room", say("end"));
  const seen = await Promise.all(watching.map(({ isolate, id }) => isolate.watched(id, "end")));
  assertEquals(seen[0]?.entries.length, 301);
  assertEquals(seen[1]?.entries, seen[0]?.entries);
  assertEquals(seen[2]?.entries, seen[0]?.entries);
});

Deno.test("[L4] a hundred keys raced from three isolates publish once each", { timeout: 20_000 }, async () => {
  await using setting = await openInIsolates(isolates);
  const receipts = await Promise.all(
    numbers(1, 100).flatMap((n) => isolates.map((isolate) => isolate.publish("room", say(n), { key: `${n}` }))),
  );
  assertEquals(receipts.filter(({ duplicate }) => !duplicate).length, 100);
  for (const n of numbers(1, 100)) {
    assertEquals(new Set(receipts.slice(3 * n - 3, 3 * n).map(({ cursor }) => cursor)).size, 1);
  }
  const log = textsOf(await readAll(setting.layer, "room"));
  assertEquals(log.map(Number).toSorted((a, b) => a - b), numbers(1, 100));
});

Deno.test("[L3] a client that reads on from isolate to isolate while all publish has no gap and no double", {
  timeout: 20_000,
}, async () => {
  await using setting = await openInIsolates(isolates);
  const { head } = await setting.layer.read("room", { limit: 1 });
  const publishing = Promise.all(isolates.map((isolate, i) => isolate.publishMany("room", `a${i}`, 150)));
  let isDone = false;
  publishing.then(() => isDone = true);
  const had: string[] = [];
  let at = head;
  for (let visit = 0;; visit++) {
    const isLast = isDone;
    const isolate = isolates[visit % isolates.length];
    assert(isolate !== undefined);
    const page = await isolate.read("room", { after: at, limit: 1 + visit % 40 });
    had.push(...page.entries.map(({ json }) => json));
    at = page.head;
    if (isLast && !page.more) break;
  }
  assertEquals(had, (await readAll(setting.layer, "room")).map(({ json }) => json));
  assertEquals(had.length, 3 * 135);
});

Deno.test("three isolates that open a new file at once all open it, as one database", { timeout: 20_000 }, async () => {
  for (let round = 0; round < 5; round++) {
    await using setting = await openInIsolates(isolates);
    const receipts = await Promise.all(setting.peers.map((layer) => layer.publish("room", say("hello"))));
    assertEquals(new Set(receipts.map(({ cursor }) => cursor.slice(0, 6))).size, 1);
    assertEquals((await readAll(setting.layer, "room")).length, 3);
  }
});
