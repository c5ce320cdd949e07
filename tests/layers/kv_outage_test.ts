import { assertEquals, assertLess, assertRejects } from "@std/assert";
import { LayerUnavailable } from "../../layers/layer.ts";
import { locked } from "./faulty_kv.ts";
import { DEADLINE_MS, openFaulty, publishAll, publishUntilAnswered, SLACK_MS } from "./faulty_setting.ts";
import { seeded } from "./random.ts";
import { gate, nextTurn, until } from "./until.ts";
import { numbers, readAll, say, textsOf, witness } from "./witness.ts";

Deno.test("[L9] while the backend is down, every call is LayerUnavailable within its deadline; then all goes on without a gap", async (test) => {
  for (const how of ["throws", "hangs"]) {
    await test.step(how, async () => {
      await using setting = await openFaulty();
      const { layer, healthy, faulty } = setting;
      const { passed, open } = gate();
      const { head } = await layer.read("room", { limit: 1 });
      const channel = layer.newChannel();
      const live = await witness(layer, "room");
      const resumed = await witness(layer, "room", { after: head });
      await publishAll(layer, numbers(1, 5));
      await Promise.all([live.sees(5), resumed.sees(5)]);

      faulty.read = faulty.write = async () => {
        if (how === "throws") throw new TypeError("connection refused");
        await passed;
        throw new TypeError("connection refused");
      };
      const startedAt = performance.now();
      const asked = [
        () => layer.publish("room", say("lost"), { key: "k" }),
        () => layer.publish("room", say("lost"), { transient: true }),
        () => layer.subscribe("elsewhere", { deliver() {} }),
        () => layer.subscribe("room", { after: head, deliver() {} }),
        () => layer.read("room", { limit: 1 }),
        () => layer.read("room", { after: head, limit: 1 }),
        () => layer.trim("room", head),
        ...numbers(1, 20).map(() => () => layer.send(channel, say(1))),
        () => layer.send("mail", say(1)),
        () => layer.ping(),
        () => layer.failedJobs(),
      ];
      await Promise.all([
        ...asked.map((ask) => assertRejects(ask, LayerUnavailable, undefined, ask.toString())),
        publishAll(healthy, numbers(6, 30)),
      ]);
      assertLess(performance.now() - startedAt, 2 * DEADLINE_MS + SLACK_MS);
      assertEquals([live.causes, resumed.causes], [[], []]);

      faulty.read = faulty.write = undefined;
      open();
      await publishAll(layer, numbers(31, 35));
      for (const one of [live, resumed]) {
        await one.sees(35);
        assertEquals(one.texts, numbers(1, 35));
      }
      await layer.ping();
    });
  }
});

Deno.test("[L9] a subscriber that reads the log while the backend goes down and comes back has no gap", async () => {
  await using setting = await openFaulty();
  const { layer, healthy, faulty } = setting;
  const { head } = await layer.read("room", { limit: 1 });
  for (const n of numbers(1, 20)) await healthy.publish("room", say(`${n}`.padEnd(20_000, ".")));
  let isDown = false;
  let reads = 0;
  faulty.read = (carryOut) => {
    if (isDown) return Promise.reject(new TypeError("connection refused"));
    return carryOut();
  };
  const seen = await witness(layer, "room", {
    after: head,
    take() {
      // Down after every batch, for a try of the next one.
      if (++reads > 4) return;
      isDown = true;
      setTimeout(() => isDown = false, 30);
    },
  });
  await seen.sees(20);
  assertEquals(seen.texts.map((text) => parseInt(String(text))), numbers(1, 20));
  await until(() => !isDown, "it is up again");
});

Deno.test("[L10] close() waits for what is under way on the backend, and starts nothing afterwards", async (test) => {
  for (const rest of numbers(0, 7)) {
    await test.step(`after ${rest} turns`, async () => {
      await using setting = await openFaulty({ pollMs: 1, deadlineMs: 300 });
      const { layer, healthy, faulty } = setting;
      const { head } = await layer.read("room", { limit: 1 });
      const channel = layer.newChannel();
      await layer.receive(channel, () => {});
      for (const n of numbers(1, 10)) await healthy.publish("room", say(`${n}`.padEnd(20_000, ".")));
      faulty.read = async (carryOut) => {
        await nextTurn(rest % 3);
        return await carryOut();
      };
      const all = Promise.allSettled([
        ...numbers(1, 3).map(() => witness(layer, "room", { after: head })),
        witness(layer, "other"),
        layer.publish("room", say("last"), { key: "k" }),
        layer.send(channel, say(1)),
      ]);
      await nextTurn(rest);
      await layer.close();
      const left = [...faulty.underWay].map(({ what }) => what);
      const asked = JSON.stringify(faulty.asked);
      await all;
      assertEquals(left, [], "operations that close() left behind");
      await nextTurn(5);
      assertEquals(JSON.stringify(faulty.asked), asked, "operations that began after close()");
    });
  }
});

Deno.test("[L10] what is sent to a channel while the layer closes is refused, and written by nobody afterwards", async () => {
  await using setting = await openFaulty();
  const { layer, healthy, faulty } = setting;
  const channel = layer.newChannel();
  await layer.send(channel, say(0));
  const { passed, open } = gate();
  let isCounting = false;
  faulty.read = async (carryOut) => {
    isCounting = true;
    await passed;
    return await carryOut();
  };
  const sending = assertRejects(() => layer.send(channel, say("late")), LayerUnavailable);
  await until(() => isCounting, "what waits in the channel is being counted");
  const closing = layer.close();
  open();
  await Promise.all([sending, closing]);
  assertEquals((await healthy.read(`channel:${channel}`, { limit: 9 })).entries.length, 1);
});

Deno.test("[L10] close() ends although the backend hangs", async () => {
  await using setting = await openFaulty({ pollMs: 5, deadlineMs: 150 });
  const { layer, faulty } = setting;
  const { head } = await layer.read("room", { limit: 1 });
  const seen = await witness(layer, "room", { after: head });
  const { passed, open } = gate();
  faulty.read = faulty.write = async (carryOut) => {
    await passed;
    return await carryOut();
  };
  const publishing = layer.publish("room", say("never"));
  const startedAt = performance.now();
  await Promise.all([layer.close(), assertRejects(() => publishing, LayerUnavailable)]);
  assertLess(performance.now() - startedAt, 2 * 150 + SLACK_MS);
  assertEquals(seen.causes.length, 1);
  faulty.read = faulty.write = undefined;
  open();
});

Deno.test("[L9] a storm of faults on everything: nothing promised is lost, nothing doubled, one order", {
  timeout: 25_000,
}, async (test) => {
  for (const seed of numbers(10, 13)) {
    await test.step(`seed ${seed}`, async () => {
      await using setting = await openFaulty({ deadlineMs: 120, pollMs: 10, feedExpiryMs: 60_000 });
      const { layer, healthy, faulty } = setting;
      const random = seeded(seed);
      let sleeping = 0;
      const sleep = async () => {
        sleeping++;
        await new Promise((resolve) => setTimeout(resolve, 150));
        sleeping--;
      };
      const { head } = await healthy.read("room", { limit: 1 });
      const seen = [
        await witness(layer, "room"),
        await witness(layer, "room", { after: head }),
        await witness(layer, "room", { take: () => nextTurn(random() < 0.5 ? 1 : 4) }),
        await witness(healthy, "room"),
      ];
      faulty.write = async (carryOut) => {
        const dice = random();
        if (dice < 0.2) throw locked();
        const result = await carryOut();
        if (dice < 0.4) throw new TypeError("the reply was lost");
        if (dice < 0.5) return await carryOut();
        if (dice > 0.97) await sleep();
        return result;
      };
      faulty.read = async (carryOut) => {
        const dice = random();
        if (dice < 0.1) throw new TypeError("connection reset");
        if (dice > 0.98) await sleep();
        return await carryOut();
      };
      const promised = await Promise.all(["a", "b"].map(async (author, i) => {
        const cursors = [];
        for (const n of numbers(1, 25)) {
          const on = (n + i) % 4 === 0 ? healthy : layer;
          const receipt = await publishUntilAnswered(on, "room", say(`${author}:${n}`), { author, key: `${n}` });
          cursors.push(receipt.cursor);
          if (n % 5 === 0) layer.publish("room", say("typing"), { transient: true }).catch(() => {});
        }
        return cursors;
      }));
      faulty.read = faulty.write = undefined;
      await until(() => sleeping === 0, "no old operation hangs");
      await healthy.publish("room", say("end"));
      const log = await readAll(healthy, "room");
      assertEquals(log.slice(0, -1).map(({ cursor }) => cursor), promised.flat().toSorted());
      for (const author of ["a", "b"]) {
        const own = textsOf(log).filter((text) => String(text).startsWith(author));
        assertEquals(own, numbers(1, 25).map((n) => `${author}:${n}`));
      }
      for (const one of seen) {
        await one.hears("end");
        assertEquals(one.entries.filter(({ transient }) => !transient), log);
        await one.idle();
      }
    });
  }
});
