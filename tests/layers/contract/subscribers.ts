import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { LayerUnavailable, type Subscription } from "../../../layers/layer.ts";
import type { Rule } from "../setting.ts";
import { gate, nextTurn, until } from "../until.ts";
import { numbers, say, textsOf, type Witness, witness } from "../witness.ts";

export const subscriberRules: readonly Rule[] = [
  {
    name: "[L8] a subscriber that throws is ended with what it threw, once, and delays nobody",
    async test({ layer }) {
      const before = await witness(layer, "room");
      const throwing = await witness(layer, "room", {
        take() {
          throw new Error("of the subscriber");
        },
      });
      const after = await witness(layer, "room");
      await Promise.all(numbers(1, 10).map((n) => layer.publish("room", say(n))));
      await layer.publish("room", say(11));
      await Promise.all([before.sees(11), after.sees(11)]);
      await until(() => throwing.causes.length > 0, "its end");
      assertEquals([throwing.batches.length, throwing.causes.length], [1, 1]);
      assertInstanceOf(throwing.causes[0], Error);
      assertEquals(throwing.causes[0].message, "of the subscriber");
      assertEquals([before.causes, after.causes], [[], []]);
    },
  },
  {
    name: "[L8] a subscriber that rejects is ended with the reason, once, and delays nobody",
    async test({ layer }) {
      const before = await witness(layer, "room");
      const rejecting = await witness(layer, "room", { take: () => Promise.reject(new Error("of the subscriber")) });
      const after = await witness(layer, "room");
      for (const n of numbers(1, 5)) await layer.publish("room", say(n));
      await Promise.all([before.sees(5), after.sees(5)]);
      await until(() => rejecting.causes.length > 0, "its end");
      assertEquals([rejecting.batches.length, rejecting.causes.length], [1, 1]);
      assertInstanceOf(rejecting.causes[0], Error);
    },
  },
  {
    name: "[L8] a subscriber that throws while it catches up is ended, too",
    async test({ layer }) {
      const { head } = await layer.read("room", { limit: 1 });
      await Promise.all(numbers(1, 10).map((n) => layer.publish("room", say(n))));
      const throwing = await witness(layer, "room", {
        after: head,
        take() {
          throw new Error("of the subscriber");
        },
      });
      await until(() => throwing.causes.length > 0, "its end");
      await layer.publish("room", say(11));
      const later = await witness(layer, "room", { after: head });
      await later.sees(11);
      assertEquals([throwing.batches.length, throwing.causes.length], [1, 1]);
    },
  },
  {
    name: "[L8] a subscriber whose `ended` throws as well delays nobody, and nobody is handed anything twice",
    // A throw in another isolate is that isolate's own.
    where: (traits) => traits.isLocal,
    async test({ layer }) {
      const { head } = await layer.read("room", { limit: 1 });
      const before = await witness(layer, "room");
      const ends: string[] = [];
      for (
        const fail of [() => Promise.reject(new Error("first")), () => {
          throw new Error("first");
        }]
      ) {
        for (const after of [undefined, head]) {
          await layer.subscribe("room", {
            ...(after !== undefined && { after }),
            deliver: fail,
            ended(cause) {
              ends.push(String(cause));
              throw new Error("and again");
            },
          });
        }
      }
      const after = await witness(layer, "room");
      for (const n of numbers(1, 5)) await layer.publish("room", say(n));
      await Promise.all([before.sees(5), after.sees(5)]);
      await until(() => ends.length === 4, "four ends");
      const late = await witness(layer, "room", { after: head });
      await late.sees(5);
      for (const one of [before, after, late]) assertEquals(one.texts, numbers(1, 5));
    },
  },
  {
    name: "[L8] a subscriber that never settles delays neither publish() nor the others",
    async test({ layer }) {
      const stuck = await witness(layer, "room", { take: () => new Promise(() => {}) });
      const live = await witness(layer, "room");
      const inOther = await witness(layer, "other");
      for (const n of numbers(1, 20)) {
        await Promise.all([layer.publish("room", say(n)), layer.publish("other", say(n))]);
      }
      await Promise.all([live.sees(20), inOther.sees(20), stuck.sees(1)]);
      assertEquals([stuck.batches.length, live.texts], [1, numbers(1, 20)]);
      stuck.subscription.close();
    },
  },
  {
    name: "[L8] subscribers of every speed each see everything once, in order",
    async test({ layer }) {
      const turns = [0, 0, 1, 3, 7].map((turns) => () => nextTurn(turns));
      const seen = await Promise.all([undefined, ...turns].map((take) => witness(layer, "room", take && { take })));
      for (let n = 1; n <= 60; n++) {
        const publishing = layer.publish("room", say(n));
        if (n % 3 === 0) await publishing;
      }
      for (const one of seen) {
        await one.sees(60);
        assertEquals(one.texts, numbers(1, 60));
        await one.idle();
      }
    },
  },
  {
    name: "[L8] no deliver is called after close() has returned, whatever is on its way",
    async test({ layer }) {
      const { head } = await layer.read("room", { limit: 1 });
      const live = await witness(layer, "room");
      for (let n = 1; n <= 12; n++) {
        const [fresh, behind] = [await witness(layer, "room"), await witness(layer, "room", { after: head })];
        const publishing = layer.publish("room", say(n));
        if (n % 2 === 0) await publishing;
        if (n % 3 === 0) await Promise.resolve();
        fresh.subscription.close();
        behind.subscription.close();
        const seen = [fresh.batches.length, behind.batches.length];
        await live.sees(n);
        assertEquals([fresh.batches.length, behind.batches.length], seen);
        fresh.subscription.close();
        assertEquals([fresh.causes, behind.causes], [[], []]);
      }
    },
  },
  {
    name: "[L8] a subscriber may close itself and others while it is handed a batch",
    where: (traits) => traits.isLocal,
    async test({ layer }) {
      const { head } = await layer.read("room", { limit: 1 });
      const others: Witness[] = [];
      const closing = await witness(layer, "room", {
        take() {
          closing.subscription.close();
          for (const other of others) other.subscription.close();
        },
      });
      others.push(await witness(layer, "room"), await witness(layer, "room"));
      const staying = await witness(layer, "room");
      for (const n of [1, 2, 3]) await layer.publish("room", say(n));
      await staying.sees(3);
      assertEquals([closing, ...others].map((one) => one.batches.length <= 1), [true, true, true]);
      assertEquals(closing.batches.length, 1);
      const own: { subscription?: Subscription } = {};
      const texts: unknown[] = [];
      own.subscription = await layer.subscribe("room", {
        after: head,
        async deliver(batch) {
          texts.push(...textsOf(batch.entries));
          await Promise.resolve();
          own.subscription?.close();
        },
      });
      await layer.publish("room", say(4));
      await staying.sees(4);
      assert(texts.length <= 3);
    },
  },
  {
    name: "[L8] a subscriber that is handed its first batch holds its subscription already",
    async test({ layer }) {
      const { head } = await layer.read("room", { limit: 1 });
      const live = await witness(layer, "room");
      await layer.publish("room", say(1));
      await live.sees(1);
      const own: { subscription?: Subscription } = {};
      const held: boolean[] = [];
      own.subscription = await layer.subscribe("room", {
        after: head,
        deliver: () => void held.push(own.subscription !== undefined),
      });
      await until(() => held.length > 0, "a batch");
      assertEquals(held, [true]);
    },
  },
  {
    name: "[L8] subscribers come and go by the hundred, and those who stay miss nothing",
    async test({ layer }) {
      const staying = await witness(layer, "room");
      let sent = 0;
      for (let round = 0; round < 10; round++) {
        const passing = await Promise.all(numbers(1, 20).map(() => witness(layer, "room")));
        await layer.publish("room", say(++sent));
        const publishing = layer.publish("room", say(++sent));
        for (const one of passing) one.check().subscription.close();
        await publishing;
      }
      await staying.sees(sent);
      assertEquals(staying.texts, numbers(1, sent));
    },
  },
  {
    name: "[L8] a rejection after close() is nobody's",
    async test({ layer }) {
      const { passed, break: fail } = gate();
      const seen = await witness(layer, "room", { take: () => passed });
      await layer.publish("room", say(1));
      await seen.sees(1);
      seen.subscription.close();
      fail(new Error("too late to matter"));
      await layer.publish("room", say(2));
      assertEquals([seen.batches.length, seen.causes.some((cause) => !(cause instanceof LayerUnavailable))], [
        1,
        false,
      ]);
    },
  },
];
