import { assert, assertEquals, assertInstanceOf, assertLess, assertRejects } from "@std/assert";
import { LayerUnavailable } from "../../layers/layer.ts";
import { locked } from "./faulty_kv.ts";
import { cursorsOf, DEADLINE_MS, openFaulty, publishUntilAnswered, SLACK_MS } from "./faulty_setting.ts";
import { seeded } from "./random.ts";
import { gate, until } from "./until.ts";
import { numbers, readAll, say, textsOf, witness } from "./witness.ts";

const KINDS = {
  keyed: (n: number) => ({ key: `${n}` }),
  unkeyed: () => ({}),
  transient: () => ({ transient: true }),
  mixed: (n: number) => [{ key: `${n}` }, {}, { transient: true }][n % 3] ?? {},
};

for (const [kind, optionsOf] of Object.entries(KINDS)) {
  Deno.test(`[L1] "database is locked" for half of the commits (${kind}): all is published once, in order`, async () => {
    await using setting = await openFaulty({ deadlineMs: 10_000 });
    const { layer, faulty } = setting;
    const random = seeded(1);
    faulty.write = (carryOut) => random() < 0.5 ? Promise.reject(locked()) : carryOut();
    await assertAllOnce(setting, await publishInRounds(layer, optionsOf));
  });

  Deno.test(`[L1] half of the commits throw after they took effect (${kind}): all is published once, in order`, async () => {
    await using setting = await openFaulty({ deadlineMs: 10_000 });
    const { layer, faulty } = setting;
    const random = seeded(2);
    faulty.write = async (carryOut) => {
      const result = await carryOut();
      if (random() < 0.5) throw new TypeError("the connection was lost");
      return result;
    };
    await assertAllOnce(setting, await publishInRounds(layer, optionsOf));
  });

  Deno.test(`[L1] half of the commits are carried out twice inside the client (${kind}): all is published once`, async () => {
    await using setting = await openFaulty({ deadlineMs: 10_000 });
    const { layer, faulty } = setting;
    const random = seeded(3);
    // A remote KV's client tries again by itself when a reply is lost: then a check that succeeded seems to fail.
    faulty.write = async (carryOut) => {
      if (random() < 0.5) await carryOut();
      return carryOut();
    };
    await assertAllOnce(setting, await publishInRounds(layer, optionsOf));
  });

  Deno.test(`[L9] a commit that never answers (${kind}) is LayerUnavailable within the deadline`, async () => {
    await using setting = await openFaulty();
    const { layer, faulty } = setting;
    const { passed, open } = gate();
    faulty.write = async (carryOut) => {
      await passed;
      return await carryOut();
    };
    const startedAt = performance.now();
    const results = await Promise.allSettled(numbers(1, 250).map((n) => layer.publish("room", say(n), optionsOf(n))));
    assertLess(performance.now() - startedAt, DEADLINE_MS + SLACK_MS);
    for (const result of results) {
      assert(result.status === "rejected");
      assertInstanceOf(result.reason, LayerUnavailable);
    }
    faulty.write = undefined;
    open();
    await until(() => faulty.underWay.size === 0, "all has landed");
  });
}

/** Publishes to two groups: some at once, some one after the other. */
async function publishInRounds(
  layer: Parameters<typeof witness>[0],
  optionsOf: (n: number) => { key?: string; transient?: boolean },
) {
  const [room, other] = [await witness(layer, "room"), await witness(layer, "other")];
  const receipts = [];
  for (let n = 1; n <= 45; n += 9) {
    const publishing = numbers(n, n + 8).map((m) =>
      layer.publish(m % 4 === 0 ? "other" : "room", say(m), optionsOf(m))
    );
    receipts.push(...await Promise.all(publishing));
  }
  return { room, other, receipts, optionsOf };
}

async function assertAllOnce(
  { healthy }: Awaited<ReturnType<typeof openFaulty>>,
  { room, other, receipts, optionsOf }: Awaited<ReturnType<typeof publishInRounds>>,
): Promise<void> {
  assertEquals(receipts.filter(({ duplicate }) => duplicate), []);
  for (const [seen, group] of [[room, "room"], [other, "other"]] as const) {
    const expected = numbers(1, 45).filter((n) => (n % 4 === 0) === (group === "other"));
    await seen.sees(expected.length);
    assertEquals(seen.texts, expected);
    assertEquals(seen.entries.map(({ cursor }) => cursor), cursorsOf(expected.flatMap((n) => receipts[n - 1] ?? [])));
    const log = await readAll(healthy, group);
    assertEquals(textsOf(log), expected.filter((n) => !("transient" in optionsOf(n))));
  }
}

Deno.test("[L4] a commit that lands after its deadline: the retry with the same key is a duplicate of it", async () => {
  await using setting = await openFaulty();
  const { layer, faulty } = setting;
  const seen = await witness(layer, "room");
  const { passed, open } = gate();
  faulty.write = async (carryOut) => {
    await passed;
    return await carryOut();
  };
  const options = { key: "k", author: "a" };
  await assertRejects(() => layer.publish("room", say("late"), options), LayerUnavailable);
  faulty.write = undefined;
  open();
  await seen.sees(1);
  const again = await layer.publish("room", say("late"), options);
  assertEquals([again.duplicate, again.cursor], [true, seen.at]);
  assertEquals(textsOf(await readAll(layer, "room")), ["late"]);
});

Deno.test("[L4] a commit that would land after the retry with the same key has landed does not", async () => {
  await using setting = await openFaulty();
  const { layer, faulty } = setting;
  const seen = await witness(layer, "room");
  const { passed, open } = gate();
  faulty.write = async (carryOut) => {
    await passed;
    return await carryOut();
  };
  await assertRejects(() => layer.publish("room", say("once"), { key: "k" }), LayerUnavailable);
  faulty.write = undefined;
  const receipt = await layer.publish("room", say("once"), { key: "k" });
  assertEquals(receipt.duplicate, false);
  open();
  await until(() => faulty.underWay.size === 0, "the late one has been refused");
  await layer.publish("room", say("end"));
  await seen.hears("end");
  assertEquals(seen.texts, ["once", "end"]);
});

Deno.test("[L4] what a client retries until it is answered is there once, through commits that throw, hang and lie", {
  timeout: 25_000,
}, async () => {
  await using setting = await openFaulty({ deadlineMs: 100 });
  const { layer, healthy, faulty } = setting;
  const random = seeded(4);
  faulty.write = async (carryOut) => {
    const dice = random();
    if (dice < 0.25) throw locked();
    if (dice < 0.5) {
      await carryOut();
      throw new TypeError("the reply was lost");
    }
    if (dice < 0.6) await carryOut();
    // Longer than the deadline.
    if (dice > 0.9) await new Promise((resolve) => setTimeout(resolve, 160));
    return await carryOut();
  };
  const seen = await witness(healthy, "room");
  const receipts = await Promise.all(["a", "b", "c"].map(async (author) => {
    const own = [];
    for (const n of numbers(1, 25)) {
      own.push(await publishUntilAnswered(layer, "room", say(`${author}:${n}`), { author, key: `${n}` }));
    }
    return own;
  }));
  await until(() => faulty.underWay.size === 0, "nothing is on its way");
  await seen.sees(75);
  const log = await readAll(healthy, "room");
  assertEquals(seen.entries, log);
  assertEquals(log.map(({ cursor }) => cursor), cursorsOf(receipts.flat()).toSorted());
  for (const author of ["a", "b", "c"]) {
    const own = textsOf(log).filter((text) => String(text).startsWith(author));
    assertEquals(own, numbers(1, 25).map((n) => `${author}:${n}`));
  }
});

Deno.test("[L9] a backend that refuses every commit without a reason is LayerUnavailable, and is not asked without a pause", async () => {
  await using setting = await openFaulty();
  const { layer, faulty } = setting;
  await layer.publish("room", say("before"));
  const before = faulty.asked["commit"] ?? 0;
  // Only a commit's refusal has this form.
  faulty.write = <T>() => Promise.resolve({ ok: false } as T);
  const startedAt = performance.now();
  await assertRejects(() => layer.publish("room", say("never"), { key: "k" }), LayerUnavailable);
  await assertRejects(() => layer.publish("room", say("never")), LayerUnavailable);
  assertLess(performance.now() - startedAt, 2 * (DEADLINE_MS + SLACK_MS));
  assertLess((faulty.asked["commit"] ?? 0) - before, 60);
});

Deno.test("[L9] what is behind a commit that hangs is answered within its own deadline, and what comes later is published", async () => {
  await using setting = await openFaulty();
  const { layer, faulty } = setting;
  const { passed, open } = gate();
  let commits = 0;
  faulty.write = async (carryOut) => {
    if (++commits === 1) await passed;
    return await carryOut();
  };
  const hanging = layer.publish("room", say(1), { key: "1" });
  await until(() => commits === 1, "the commit is on its way");
  const startedAt = performance.now();
  const behind = layer.publish("room", say(2), { key: "2" });
  // At the last moment a second try may still succeed.
  await hanging.catch((error) => assertInstanceOf(error, LayerUnavailable));
  await behind.catch((error) => assertInstanceOf(error, LayerUnavailable));
  assertLess(performance.now() - startedAt, DEADLINE_MS + SLACK_MS);
  await layer.publish("room", say(3));
  open();
});

Deno.test("[L9] a duplicate whose first entry cannot be read is answered within the deadline", async () => {
  await using setting = await openFaulty();
  const { layer, faulty } = setting;
  await layer.publish("room", say("once"), { key: "k" });
  const { passed, open } = gate();
  faulty.read = async (carryOut, what) => {
    if (what === "get") await passed;
    return await carryOut();
  };
  const startedAt = performance.now();
  await assertRejects(() => layer.publish("room", say("once"), { key: "k" }), LayerUnavailable);
  assertLess(performance.now() - startedAt, DEADLINE_MS + SLACK_MS);
  open();
});

Deno.test("[L9] when too much waits already, publish() says so at once, and what waits is not lost", async () => {
  await using setting = await openFaulty({ deadlineMs: 10_000 });
  const { layer, faulty } = setting;
  const { passed, open } = gate();
  faulty.write = async (carryOut) => {
    await passed;
    return await carryOut();
  };
  const waiting = Promise.allSettled(numbers(1, 21_000).map((n) => layer.publish("room", say(n))));
  let isRefused = false;
  layer.publish("room", say("one too many")).catch(() => isRefused = true);
  await until(() => isRefused, "a refusal", 1_000);
  open();
  const results = await waiting;
  const published = results.flatMap((result, i) => result.status === "fulfilled" ? [i + 1] : []);
  assertLess(10_000, published.length);
  assertEquals(published, numbers(1, published.length));
  assertEquals(textsOf(await readAll(layer, "room")), published);
});
