import { assert, assertEquals, assertInstanceOf, assertLess, assertRejects } from "@std/assert";
import { type ChannelLayer, LayerUnavailable, Stale } from "../../layers/layer.ts";
import { valuesOf, versionOf } from "./contract/documents.ts";
import { type FaultyKv, locked } from "./faulty_kv.ts";
import { DEADLINE_MS, expireFeed, openFaulty, SLACK_MS } from "./faulty_setting.ts";
import { seeded } from "./random.ts";
import { gate, until } from "./until.ts";
import { numbers, readAll, say, textsOf, witness } from "./witness.ts";

const GONE = { type: "gone" };
const COUNT = ["count"] as const;

const FAULTS: Record<string, (random: () => number) => FaultyKv["write"]> = {
  "find the database locked": (random) => (carryOut) => random() < 0.5 ? Promise.reject(locked()) : carryOut(),
  "throw after they took effect": (random) => async (carryOut) => {
    const result = await carryOut();
    if (random() < 0.5) throw new TypeError("the reply was lost");
    return result;
  },
  "are carried out twice inside the client": (random) => async (carryOut) => {
    if (random() < 0.5) await carryOut();
    return await carryOut();
  },
};

for (const [what, faultOf] of Object.entries(FAULTS)) {
  Deno.test(`[L11] half of the commits ${what}: every change is made once, with its entries`, async () => {
    await using setting = await openFaulty({ deadlineMs: 10_000 });
    const { layer, healthy, faulty } = setting;
    const seen = await witness(healthy, "room");
    faulty.write = faultOf(seeded(5));
    const step = async (n: number, make: (change: object) => Promise<unknown>) => {
      for (;;) {
        const [count] = await layer.get<number>([COUNT]);
        const checks = [{ key: COUNT, version: count?.version ?? null }];
        const sets = [{ key: COUNT, value: (count?.value ?? 0) + 1 }, { key: ["n", `${n}`], value: n }];
        try {
          return await make({ checks, sets });
        } catch (error) {
          assertInstanceOf(error, Stale);
        }
      }
    };
    await Promise.all(
      numbers(1, 24).map((n) =>
        step(n, (change) => {
          if (n % 3 === 0) return layer.commit(change);
          const also = [{ group: "other", event: say(n) }];
          return layer.publish("room", say(n), { change, also, ...(n % 3 === 1 && { key: `${n}` }) });
        })
      ),
    );
    assertEquals(await valuesOf(healthy, COUNT), [24]);
    assertEquals((await healthy.list({ prefix: ["n"], limit: 100 })).length, 24);
    const expected = numbers(1, 24).filter((n) => n % 3 !== 0);
    for (const group of ["room", "other"]) {
      assertEquals(textsOf(await readAll(healthy, group)).map(Number).toSorted((a, b) => a - b), expected);
    }
    await seen.sees(expected.length);
    assertEquals(seen.entries.length, expected.length);
  });

  Deno.test(`[L12] half of the commits ${what}: all that is erased is gone, all that is amended is amended`, async () => {
    await using setting = await openFaulty({ deadlineMs: 10_000 });
    const { layer, healthy, faulty } = setting;
    const cursors = await published(layer, 20);
    faulty.write = faultOf(seeded(6));
    await Promise.all(
      cursors.map((cursor, i) =>
        i % 2 === 0
          ? layer.commit({ erases: [{ group: "room", cursor, event: GONE }] })
          : layer.commit({ amends: [{ group: "room", cursor, event: say(`amended ${i}`) }] })
      ),
    );
    const texts = textsOf(await readAll(healthy, "room"));
    assertEquals(texts, cursors.map((_, i) => i % 2 === 0 ? undefined : `amended ${i}`));
  });
}

Deno.test("[L11] a commit whose reply was lost is made, although its document is another one by the time it is tried again", async () => {
  await using setting = await openFaulty();
  const { layer, healthy, faulty } = setting;
  for (const key of [undefined, "k"]) {
    const version = await versionOf(layer, COUNT);
    let commits = 0;
    faulty.write = async (carryOut) => {
      const result = await carryOut();
      if (++commits > 1) return result;
      await healthy.commit({ sets: [{ key: COUNT, value: "another's" }] });
      throw new TypeError("the reply was lost");
    };
    const change = { checks: [{ key: COUNT, version }], sets: [{ key: COUNT, value: "ours" }] };
    const { duplicate } = await layer.publish("room", say(String(key)), { change, ...(key && { key }) });
    assertEquals([duplicate, commits], [false, 2]);
    assertEquals(await valuesOf(layer, COUNT), ["another's"]);
  }
  assertEquals(textsOf(await readAll(layer, "room")), ["undefined", "k"]);
});

Deno.test("[L11] checks that failed, and hold when they are looked at, are tried again, until the deadline", async () => {
  await using setting = await openFaulty();
  const { layer, faulty } = setting;
  let refusals = 3;
  // Only a commit's refusal has this form.
  faulty.write = <T>(carryOut: () => Promise<T>) => refusals-- > 0 ? Promise.resolve({ ok: false } as T) : carryOut();
  const change = { checks: [{ key: COUNT, version: null }], sets: [{ key: COUNT, value: 1 }] };
  await layer.commit(change);
  assertEquals(await valuesOf(layer, COUNT), [1]);
  refusals = Infinity;
  const startedAt = performance.now();
  await assertRejects(() => layer.commit({ sets: [{ key: COUNT, value: 2 }] }), LayerUnavailable);
  assertLess(performance.now() - startedAt, DEADLINE_MS + SLACK_MS);
  assertEquals(await valuesOf(layer, COUNT), [1]);
});

Deno.test("[L9] commit(), get() and list() on a database that hangs are LayerUnavailable within the deadline", async () => {
  await using setting = await openFaulty();
  const { layer, faulty } = setting;
  const { cursor } = await layer.publish("room", say("secret"));
  const { passed, open } = gate();
  faulty.read = faulty.write = async (carryOut) => {
    await passed;
    return await carryOut();
  };
  const startedAt = performance.now();
  const results = await Promise.allSettled([
    layer.commit({ sets: [{ key: COUNT, value: 1 }] }),
    layer.commit({ erases: [{ group: "room", cursor, event: GONE }] }),
    layer.get([COUNT]),
    layer.list({ prefix: ["a"], limit: 1 }),
  ]);
  assertLess(performance.now() - startedAt, DEADLINE_MS + SLACK_MS);
  for (const result of results) assert(result.status === "rejected" && result.reason instanceof LayerUnavailable);
  open();
  await until(() => faulty.underWay.size === 0, "all has landed");
});

Deno.test("[L11] fifty in one turn that check one document are one commit with one check more", async () => {
  await using setting = await openFaulty();
  const { layer, faulty } = setting;
  await layer.commit({ sets: [{ key: COUNT, value: 1 }] });
  const change = { checks: [{ key: COUNT, version: await versionOf(layer, COUNT) }] };
  const before = faulty.asked["commit"] ?? 0;
  await Promise.all(numbers(1, 50).map((n) => layer.publish("room", say(n), { key: `${n}`, change })));
  assertEquals([(faulty.asked["commit"] ?? 0) - before, faulty.mostChecks], [1, 51]);
  await Promise.all(numbers(51, 149).map((n) => layer.publish("room", say(n), { key: `${n}`, change })));
  assertEquals([(faulty.asked["commit"] ?? 0) - before, faulty.mostChecks], [2, 100]);
});

Deno.test("[L11] what writes a document is no part of the commit of those that checked it", async () => {
  await using setting = await openFaulty();
  const { layer, faulty } = setting;
  const before = faulty.asked["commit"] ?? 0;
  const checks = [{ key: COUNT, version: null }];
  await Promise.all([
    ...numbers(1, 5).map((n) => layer.publish("room", say(n), { change: { checks } })),
    layer.publish("room", say(6), { change: { sets: [{ key: COUNT, value: 1 }] } }),
    layer.publish("room", say(7), { change: { sets: [{ key: ["other"], value: 1 }] } }),
  ]);
  assertEquals((faulty.asked["commit"] ?? 0) - before, 2);
});

for (const maxChecks of [10, 100]) {
  Deno.test(`[L11] no commit has more than ${maxChecks} checks, whatever is in it`, async () => {
    await using setting = await openFaulty({ maxChecks, deadlineMs: 10_000 });
    const { layer, faulty } = setting;
    const cursors = await published(layer, 8);
    const random = seeded(7);
    const results = await Promise.allSettled(
      numbers(1, 120).map((n) => {
        const checks = numbers(1, Math.floor(random() * 9)).map((m) => ({
          key: ["n", `${m % 3 === 0 ? n : m}`] as const,
          version: null,
        }));
        const erases = n % 15 === 0 ? [{ group: "room", cursor: cursors[n / 15 - 1] ?? "", event: GONE }] : [];
        const sets = n % 20 === 0 ? [{ key: ["set", `${n}`] as const, value: n }] : [];
        return layer.publish("room", say(n), { ...(n % 2 === 0 && { key: `${n}` }), change: { checks, erases, sets } });
      }),
    );
    assertEquals(results.filter(({ status }) => status === "rejected"), []);
    assert(faulty.mostChecks <= maxChecks, `${faulty.mostChecks} checks`);
    assertEquals(textsOf(await readAll(layer, "room")), [...cursors.map(() => undefined), ...numbers(1, 120)]);
    const most = numbers(1, maxChecks - 2).slice(0, 80).map((n) => ({ key: ["most", `${n}`] as const, version: null }));
    const erases = [{ group: "room", cursor: cursors[0] ?? "", event: GONE }];
    await layer.publish("room", say("most"), { key: "most", change: { checks: most, erases } });
    await assertRejects(
      () => layer.commit({ checks: [...most, { key: ["one too many"], version: null }] }),
      RangeError,
    );
    assert(faulty.mostChecks <= maxChecks, `${faulty.mostChecks} checks`);
  });
}

Deno.test("[L11] an attempt that lands when all thought it lost does not, once the others were tried without the stale one", async () => {
  await using setting = await openFaulty({ deadlineMs: 5_000 });
  const { layer, healthy, faulty } = setting;
  let lost: (() => Promise<unknown>) | undefined;
  faulty.write = async (carryOut) => {
    if (lost !== undefined) return await carryOut();
    lost = carryOut;
    await healthy.commit({ sets: [{ key: COUNT, value: "for a while" }] });
    throw new TypeError("the connection was lost");
  };
  const change = { checks: [{ key: COUNT, version: null }] };
  const [stale, other] = await Promise.allSettled([
    layer.publish("room", say("stale"), { key: "k", change }),
    layer.publish("room", say("other")),
  ]);
  assertEquals([stale?.status, other?.status], ["rejected", "fulfilled"]);
  await healthy.commit({ deletes: [COUNT] });
  await lost?.();
  assertEquals(textsOf(await readAll(healthy, "room")), ["other"]);
});

Deno.test("[L12] what was erased is nowhere in the database", async () => {
  await using setting = await openFaulty();
  const { layer, kv } = setting;
  const receipts = await Promise.all(
    numbers(1, 6).map((n) =>
      layer.publish("room", say(`secret ${n}`), {
        key: `${n}`,
        also: [{ group: "other", event: say(`secret ${n}, too`) }],
      })
    ),
  );
  const cursors = receipts.map(({ cursor }) => cursor);
  const amends = [{ group: "room", cursor: cursors[0] ?? "", event: say("secret, amended") }];
  await layer.commit({ amends });
  assertEquals(await secretsOf(kv), 2 * (6 + 6) + 1);
  await layer.commit({
    erases: cursors.flatMap((cursor) => ["room", "other"].map((group) => ({ group, cursor, event: GONE }))),
  });
  assertEquals(await secretsOf(kv), 0);
  await forgetAmendments(kv);
  assertEquals((await readAll(layer, "room")).map(({ json }) => json), cursors.map(() => `{"type":"gone"}`));
});

Deno.test("[L12] what was erased after its feed expired is gone, and the feed does not come back", async () => {
  await using setting = await openFaulty();
  const { layer, kv } = setting;
  const cursors = await published(layer, 3);
  await expireFeed(kv, () => true);
  await layer.commit({ erases: [{ group: "room", cursor: cursors[1] ?? "", event: GONE }] });
  assertEquals(await secretsOf(kv), 2);
  assertEquals(await expireFeed(kv, () => true), 1);
});

Deno.test("[L12] two isolates that erase in one row at the same moment: both are gone", async () => {
  await using setting = await openFaulty();
  const { layer, healthy, faulty, kv } = setting;
  const cursors = await published(layer, 4);
  const erase = (i: number) => ({ erases: [{ group: "room", cursor: cursors[i] ?? "", event: GONE }] });
  let commits = 0;
  faulty.write = async (carryOut) => {
    // It has read the row, and writes it as it was, unless it looks.
    if (++commits === 1) await healthy.commit(erase(1));
    return await carryOut();
  };
  await layer.commit(erase(2));
  assertEquals(commits, 2);
  await forgetAmendments(kv);
  assertEquals(textsOf(await readAll(layer, "room")), ["secret 1", undefined, undefined, "secret 4"]);
  assertEquals(await secretsOf(kv), 4);
});

for (const [upTo, expected] of [[1, [undefined, "secret 4", "end"]], [3, ["end"]], [4, []], [5, []]] as const) {
  Deno.test(`[L12] a row that is trimmed up to ${upTo} while it is erased in does not come back`, async () => {
    await using setting = await openFaulty();
    const { layer, healthy, faulty, kv } = setting;
    const cursors = await published(layer, 4);
    cursors.push((await layer.publish("room", say("end"))).cursor);
    // A place in no row of the room.
    cursors.push((await layer.publish("other", say("end"))).cursor);
    // Its row changes last, long after the floor.
    await kv.set(["floor", "room"], cursors[upTo]);
    let commits = 0;
    faulty.write = async (carryOut) => {
      if (++commits === 1) await healthy.trim("room", cursors[upTo] ?? "");
      return await carryOut();
    };
    await layer.commit({ erases: [{ group: "room", cursor: cursors[2] ?? "", event: GONE }] });
    await forgetAmendments(kv);
    assertEquals(textsOf(await readAll(layer, "room")), [...expected]);
  });
}

Deno.test("[L12] to erase in more rows than one commit holds is a RangeError, and nothing is changed; in steps it is done", async () => {
  await using setting = await openFaulty({ deadlineMs: 5_000 });
  const { layer, kv } = setting;
  const cursors: string[] = [];
  for (const n of numbers(1, 20)) {
    const [{ cursor }] = await Promise.all([
      layer.publish("room", say(`secret ${n}`)),
      layer.publish("room", say("x".repeat(50_000))),
    ]);
    cursors.push(cursor);
  }
  const erase = (some: readonly string[]) =>
    layer.commit({ erases: some.map((cursor) => ({ group: "room", cursor, event: GONE })) });
  await assertRejects(() => erase(cursors), RangeError);
  assertEquals(await secretsOf(kv), 40);
  for (let from = 0; from < cursors.length; from += 5) await erase(cursors.slice(from, from + 5));
  assertEquals(await secretsOf(kv), 0);
});

Deno.test("[L12] trim() leaves no amendment of what it forgot", async () => {
  await using setting = await openFaulty();
  const { layer, kv } = setting;
  const cursors = await published(layer, 4);
  await layer.commit({ amends: cursors.map((cursor) => ({ group: "room", cursor, event: say("amended") })) });
  await layer.trim("room", cursors[2] ?? "");
  assertEquals(await forgetAmendments(kv), 1);
});

Deno.test("[L12] a row that is erased in while half of it is trimmed does not come back as it was", async () => {
  await using setting = await openFaulty({ deadlineMs: 5_000 });
  const { layer, healthy, faulty, kv } = setting;
  const cursors = await published(layer, 4);
  let commits = 0;
  faulty.write = async (carryOut) => {
    // The first one raises the floor.
    if (++commits === 2) await healthy.commit({ erases: [{ group: "room", cursor: cursors[2] ?? "", event: GONE }] });
    return await carryOut();
  };
  await layer.trim("room", cursors[0] ?? "");
  await forgetAmendments(kv);
  assertEquals(textsOf(await readAll(layer, "room")), ["secret 2", undefined, "secret 4"]);
});

Deno.test("[L12] a reader between an entry and its amendment, while that is erased, does not see what it was at first", async () => {
  await using setting = await openFaulty({ deadlineMs: 5_000 });
  const { layer, healthy, faulty } = setting;
  const [cursor = ""] = await published(layer, 1);
  await layer.commit({ amends: [{ group: "room", cursor, event: say("amended") }] });
  let rows = 0;
  faulty.read = async (carryOut, what) => {
    // The row, the end of the rows, the amendments.
    if (what === "list" && ++rows === 3) await healthy.commit({ erases: [{ group: "room", cursor, event: GONE }] });
    return await carryOut();
  };
  const { entries } = await layer.read("room", { limit: 1 });
  faulty.read = undefined;
  assert(rows >= 3);
  assertEquals(textsOf(entries), [undefined]);
});

/** What says for a minute that something was erased is over. */
async function forgetAmendments(kv: Deno.Kv): Promise<number> {
  let count = 0;
  for await (const { key } of kv.list({ prefix: ["amend"] })) {
    await kv.delete(key);
    count++;
  }
  return count;
}

async function published(layer: ChannelLayer, count: number): Promise<string[]> {
  const receipts = await Promise.all(numbers(1, count).map((n) => layer.publish("room", say(`secret ${n}`))));
  return receipts.map(({ cursor }) => cursor);
}

/** How often the database holds the word. */
async function secretsOf(kv: Deno.Kv): Promise<number> {
  let count = 0;
  for await (const { key, value } of kv.list({ prefix: [] })) {
    count += JSON.stringify([key, value]).split("secret").length - 1;
  }
  return count;
}

Deno.test("[L5] what an author published behind an entry that is Stale is refused with it, of others nothing", async () => {
  await using setting = await openFaulty({ deadlineMs: 10_000 });
  const { layer, healthy } = setting;
  await healthy.commit({ sets: [{ key: ["a"], value: 1 }] });
  const old = await versionOf(healthy, ["a"]);
  await healthy.commit({ sets: [{ key: ["a"], value: 2 }] });
  const now = await versionOf(healthy, ["a"]);
  const publish = (author: string, text: string, version: string | null) => {
    return layer.publish("room", say(text), { author, key: text, change: { checks: [{ key: ["a"], version }] } });
  };
  // What is in one commit, and what waits for the next one because the versions differ.
  const results = await Promise.allSettled([
    publish("minji", "m1", now),
    publish("minji", "m2", old),
    publish("minji", "m3", now),
    publish("jihun", "j1", now),
    publish("minji", "m4", now),
    publish("", "a1", old),
    publish("", "a2", now),
  ]);
  const expected = ["fulfilled", "rejected", "rejected", "fulfilled", "rejected", "rejected", "fulfilled"];
  assertEquals(results.map(({ status }) => status), expected);
  for (const result of results) if (result.status === "rejected") assertInstanceOf(result.reason, Stale);
  assertEquals(textsOf(await readAll(healthy, "room")), ["m1", "j1", "a2"]);
});
