import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { LayerUnavailable } from "../../layers/layer.ts";
import { silence } from "./faulty_kv.ts";
import { expireFeed, openFaulty, publishAll } from "./faulty_setting.ts";
import { seeded } from "./random.ts";
import { gate, nextTurn, until } from "./until.ts";
import { numbers, say, witness } from "./witness.ts";

Deno.test("[L9] doorbells that are lost: what others publish comes by the poll, without a gap", async () => {
  await using setting = await openFaulty({}, (faulty) => faulty.watch = silence);
  const { layer, healthy } = setting;
  const seen = await witness(layer, "room");
  for (let n = 1; n <= 10; n++) {
    await healthy.publish("room", say(n));
    await seen.sees(n);
  }
  await publishAll(healthy, numbers(11, 40));
  await healthy.publish("room", say("typing"), { transient: true });
  await seen.sees(41);
  assertEquals(seen.texts, [...numbers(1, 40), "typing"]);
});

Deno.test("[L9] doorbells that are doubled and late change nothing", async () => {
  const late: ReturnType<typeof setTimeout>[] = [];
  await using setting = await openFaulty({ pollMs: 5_000 }, (faulty) => {
    faulty.watch = (watch) => {
      const bells = watch();
      const reader = bells.getReader();
      return new ReadableStream({
        async pull(controller) {
          const { done, value } = await reader.read();
          if (done) return controller.close();
          // A bell is what a bell is, however often it rings.
          for (const delayMs of [30, 31, 60]) {
            late.push(setTimeout(() => {
              try {
                // What a bell says is never looked at, so the stream has no type for it.
                controller.enqueue(value as never);
              } catch { /* closed meanwhile */ }
            }, delayMs));
          }
        },
        cancel: () => reader.cancel(),
      });
    };
  });
  const { layer, healthy } = setting;
  const seen = await witness(layer, "room");
  for (let n = 1; n <= 40; n++) {
    await (n % 3 === 0 ? layer : healthy).publish("room", say(n));
    if (n % 10 === 0) await seen.sees(n);
  }
  await seen.sees(40);
  assertEquals(seen.texts, numbers(1, 40));
  seen.subscription.close();
  await layer.close();
  for (const timer of late) clearTimeout(timer);
});

Deno.test("[L9] a watch that breaks is made anew, and meanwhile the poll hears the bells", async () => {
  await using setting = await openFaulty({ pollMs: 5 }, (faulty) => {
    let isFirst = true;
    faulty.watch = (watch) => {
      // What a watch says is never looked at here.
      if (!isFirst) return watch() as ReadableStream<never>;
      isFirst = false;
      return new ReadableStream({ start: (controller) => controller.error(new TypeError("the connection was lost")) });
    };
  });
  const { layer, healthy, faulty } = setting;
  const seen = await witness(layer, "room");
  await publishAll(healthy, numbers(1, 5));
  await seen.sees(5);
  await until(() => faulty.asked["watch"] === 2, "a second watch");
  await publishAll(healthy, numbers(6, 10));
  await seen.sees(10);
  assertEquals(seen.texts, numbers(1, 10));
});

Deno.test("[L9] a watch that cannot even be begun is LayerUnavailable or is done without", async () => {
  await using setting = await openFaulty({ pollMs: 10 }, (faulty) => {
    faulty.watch = () => {
      throw new TypeError("no watches here");
    };
  });
  const { layer, healthy } = setting;
  try {
    await witness(layer, "room");
  } catch (error) {
    assertInstanceOf(error, LayerUnavailable);
  }
  const seen = await witness(layer, "room");
  await publishAll(healthy, [1, 2]);
  await seen.sees(2);
});

Deno.test("[L3] a bell that rings while a shard is only about to be followed is heard", async () => {
  await using setting = await openFaulty({ pollMs: 60_000 });
  const { layer, healthy, faulty } = setting;
  const { head } = await layer.read("room", { limit: 1 });
  const { passed, open } = gate();
  let asked = 0;
  faulty.read = async (carryOut, what) => {
    const answer = await carryOut();
    // The first look at the bell is old when it comes.
    if (what === "get" && asked++ === 0) await passed;
    return answer;
  };
  const joining = witness(layer, "room", { after: head });
  await until(() => asked > 0, "the look at the bell");
  await healthy.publish("room", say(1));
  await nextTurn(5);
  open();
  const seen = await joining;
  await seen.sees(1);
});

for (
  const [what, which] of Object.entries({
    "all of it": () => true,
    "all but the oldest": (index: number) => index > 0,
    "the last": (index: number, count: number) => index === count - 1,
  })
) {
  Deno.test(`[L3] the feed expired early (${what}) before it was read: the log is read, no gap, no double`, async () => {
    await using setting = await openFaulty();
    const { layer, healthy, faulty, kv } = setting;
    const seen = await witness(layer, "room");
    const other = await witness(layer, "other");
    await publishAll(healthy, numbers(1, 5));
    await seen.sees(5);
    const { passed, open } = gate();
    faulty.read = async (carryOut, what) => {
      if (what === "list") await passed;
      return await carryOut();
    };
    for (const n of numbers(6, 12)) {
      await healthy.publish("room", say(n));
      await healthy.publish("other", say(n), { transient: n === 8 });
    }
    assert(await expireFeed(kv, which) > 0);
    faulty.read = undefined;
    open();
    await Promise.all([seen.sees(12), other.hears(12)]);
    await healthy.publish("room", say(13));
    await healthy.publish("other", say(13));
    await seen.sees(13);
    await other.hears(13);
    assertEquals(seen.texts, numbers(1, 13));
    assertEquals(other.texts.filter((text) => text !== 8), numbers(6, 13).filter((n) => n !== 8));
  });
}

Deno.test("[L3] a reader that slept past the feed's expiry reads the logs, whatever is left of the feed", async () => {
  await using setting = await openFaulty({ feedExpiryMs: 200 });
  const { layer, healthy, faulty, kv } = setting;
  const { head } = await layer.read("room", { limit: 1 });
  const seen = await witness(layer, "room", { after: head });
  const inOther = await witness(layer, "other");
  await publishAll(healthy, numbers(1, 5));
  await seen.sees(5);
  const { passed, open } = gate();
  // Asleep: nothing is read, neither bells nor feeds.
  faulty.read = async (carryOut) => {
    await passed;
    return await carryOut();
  };
  const asleepAt = performance.now();
  await publishAll(healthy, numbers(6, 30));
  await publishAll(healthy, numbers(1, 5), "other");
  // A hole in the middle: what was left is not all there was.
  await expireFeed(kv, (index, count) => index > 2 && index < count - 2);
  await until(() => performance.now() - asleepAt > 150, "more than half of the expiry has passed");
  faulty.read = undefined;
  open();
  await healthy.publish("room", say(31));
  await seen.sees(31);
  await inOther.sees(5);
  assertEquals([seen.texts, inOther.texts], [numbers(1, 31), numbers(1, 5)]);
});

Deno.test("[L9] lists that hang are given up after the deadline, and nothing is missing then", async () => {
  await using setting = await openFaulty({ deadlineMs: 100 });
  const { layer, faulty } = setting;
  const { passed, open } = gate();
  const seen = await witness(layer, "room");
  const { head } = await layer.read("room", { limit: 1 });
  let hanging = 0;
  faulty.read = async (carryOut, what) => {
    if (what === "list" && hanging++ < 3) await passed;
    return await carryOut();
  };
  await publishAll(layer, numbers(1, 5));
  const resumed = await witness(layer, "room", { after: head });
  await Promise.all([seen.sees(5), resumed.sees(5)]);
  assertEquals([seen.texts, resumed.texts], [numbers(1, 5), numbers(1, 5)]);
  open();
});

Deno.test("[L9] a feed that fails in the middle is read on from where it was, nothing twice", async () => {
  await using setting = await openFaulty({ pollMs: 5 });
  const { layer, healthy, faulty } = setting;
  const random = seeded(5);
  const seen = await witness(layer, "room");
  const { passed, open } = gate();
  faulty.read = async (carryOut) => {
    await passed;
    if (random() < 0.1) throw new TypeError("connection reset");
    return await carryOut();
  };
  for (const n of numbers(1, 60)) await healthy.publish("room", say(`${n}`.padEnd(5_000, ".")));
  open();
  await seen.sees(60);
  assertEquals(seen.texts.map((text) => parseInt(String(text))), numbers(1, 60));
});
