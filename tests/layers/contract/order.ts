import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { peer, type Rule } from "../setting.ts";
import { numbers, readAll, say, textsOf, witness } from "../witness.ts";

export const orderRules: readonly Rule[] = [
  {
    name: "[L2] all subscribers, on every isolate, see what the log says, in the log's order",
    async test(setting) {
      const seen = await Promise.all(numbers(0, 5).map((i) => witness(peer(setting, i), "room")));
      const publish = async (author: number) => {
        for (let n = 0; n < 15; n++) await peer(setting, author).publish("room", say(`${author}:${n}`));
      };
      await Promise.all([publish(0), publish(1), publish(2)]);
      const log = textsOf(await readAll(setting.layer, "room"));
      assertEquals(log.length, 45);
      for (const one of seen) {
        await one.sees(45);
        assertEquals(one.texts, log);
      }
    },
  },
  {
    name: "[L2] each batch begins where the one before it ended, and the first where the subscriber stood",
    async test({ layer }) {
      const { cursor } = await layer.publish("room", say(0));
      const fromNow = await witness(layer, "room");
      const resumed = await witness(layer, "room", { after: cursor });
      for (let n = 1; n <= 10; n++) {
        await Promise.all([layer.publish("room", say(n)), layer.publish("room", say(n), { transient: true })]);
      }
      await Promise.all([fromNow.sees(20), resumed.sees(20)]);
      assertEquals(resumed.batches[0]?.prev, cursor);
      assert((fromNow.batches[0]?.prev ?? "") >= cursor);
    },
  },
  {
    name: "[L2] subscribers that are at the same place get the same Batch object",
    where: (traits) => traits.isLocal,
    async test({ layer }) {
      const { head } = await layer.read("room", { limit: 1 });
      const first = await witness(layer, "room", { after: head });
      const second = await witness(layer, "room", { after: head });
      const third = await witness(layer, "room");
      for (let n = 1; n <= 5; n++) {
        await layer.publish("room", say(n));
        await Promise.all([first.sees(n), second.sees(n), third.sees(n)]);
      }
      for (let n = 1; n < 5; n++) {
        assertStrictEquals(first.batches[n], second.batches[n]);
        assertStrictEquals(first.batches[n], third.batches[n]);
      }
      assertStrictEquals(first.batches[0], second.batches[0], "the first after they came");
    },
  },
  {
    name: "[L2] a hundred clients that come back with the same cursor share the first batch that comes live",
    where: (traits) => traits.isLocal,
    async test({ layer }) {
      const { cursor } = await layer.publish("room", say(0));
      await layer.publish("room", say("typing"), { transient: true });
      const seen = await Promise.all(numbers(1, 100).map(() => witness(layer, "room", { after: cursor })));
      await layer.publish("room", say(1));
      for (const one of seen) await one.hears(1);
      assertEquals(new Set(seen.map((one) => one.batches.at(-1))).size, 1);
    },
  },
  {
    name: "[L2] a subscriber that publishes and subscribes while it is handed a batch disturbs nobody",
    async test({ layer }) {
      const nested: Promise<unknown>[] = [];
      const busy = await witness(layer, "room", {
        take(batch) {
          for (const text of textsOf(batch.entries)) {
            if (typeof text !== "number" || text >= 5) continue;
            nested.push(layer.publish("room", say(text + 1)));
            nested.push(layer.publish("other", say(text + 1)));
            nested.push(layer.subscribe("room", { deliver() {} }), layer.subscribe("other", { deliver() {} }));
          }
        },
      });
      const quiet = await witness(layer, "room");
      const other = await witness(layer, "other");
      await Promise.all([layer.publish("room", say(1)), layer.publish("other", say(1))]);
      await Promise.all([busy.sees(5), quiet.sees(5), other.sees(5)]);
      await Promise.all(nested);
      for (const one of [busy, quiet, other]) assertEquals(one.texts, numbers(1, 5));
    },
  },
  {
    name: "[L5] entries are in the log in the order in which publish() was called, awaited or not",
    async test({ layer }) {
      const seen = await witness(layer, "room");
      const receipts: Promise<{ cursor: string }>[] = [];
      for (let n = 1; n <= 300; n++) {
        receipts.push(layer.publish("room", say(n), n % 3 === 0 ? { key: `${n}`, author: "a" } : { author: "a" }));
        receipts.push(layer.publish("other", say(n), { author: "a" }));
        if (n % 50 === 0) await receipts.at(-1);
      }
      const cursors = (await Promise.all(receipts)).map(({ cursor }) => cursor).filter((_, i) => i % 2 === 0);
      assertEquals(cursors, cursors.toSorted());
      assertEquals(textsOf(await readAll(layer, "room")), numbers(1, 300));
      assertEquals(textsOf(await readAll(layer, "other")), numbers(1, 300));
      await seen.sees(300);
      assertEquals(seen.texts, numbers(1, 300));
    },
  },
  {
    name: "[L5] an author's entries keep their order between duplicates, conflicts and transient ones",
    async test({ layer }) {
      const publish = (n: number) => layer.publish("room", say(n), { author: "a", key: `${n}` });
      await Promise.all(numbers(1, 60).filter((n) => n % 3 === 0).map(publish));
      const seen = await witness(layer, "room");
      const results = await Promise.allSettled(
        numbers(1, 60).flatMap((n) => [
          publish(n),
          layer.publish("room", say(`typing ${n}`), { author: "a", transient: true }),
          layer.publish("room", say("something else"), { author: "a", key: `${n - n % 3}` }),
        ]),
      );
      assertEquals(
        results.filter(({ status }) => status === "rejected").length,
        58,
        "3, …, 60, each three times but the last",
      );
      await seen.hears("typing 60");
      const fresh = numbers(1, 60).flatMap((n) => n % 3 === 0 ? [`typing ${n}`] : [n, `typing ${n}`]);
      assertEquals(seen.texts.filter((text) => text !== "something else"), fresh);
    },
  },
  {
    name: "[L5] what is published after an acknowledgement, on whichever isolate, comes after it",
    async test(setting) {
      const seen = await Promise.all(setting.peers.map((layer) => witness(layer, "room")));
      for (let n = 1; n <= 24; n++) await peer(setting, n).publish("room", say(n), { author: "a" });
      for (const one of seen) {
        await one.sees(24);
        assertEquals(one.texts, numbers(1, 24));
      }
    },
  },
  {
    name: "[L5] receipts come in the order of the calls, of one isolate",
    where: (traits) => traits.isLocal,
    async test({ layer }) {
      const answered: number[] = [];
      await Promise.all(
        numbers(1, 250).map((n) => layer.publish(`room${n % 2}`, say(n), { key: `${n}` }).then(() => answered.push(n))),
      );
      assertEquals(answered, numbers(1, 250));
    },
  },
];
