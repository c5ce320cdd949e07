import { assert, assertEquals } from "@std/assert";
import { peer, type Rule } from "../setting.ts";
import { gate } from "../until.ts";
import { numbers, readAll, say, textsOf, witness } from "../witness.ts";

export const transientRules: readonly Rule[] = [
  {
    name: "[L6] transient entries come in order with the others, on every isolate, within one commit too",
    async test(setting) {
      const seen = await Promise.all(setting.peers.map((layer) => witness(layer, "room")));
      const receipts = await Promise.all(
        numbers(1, 60).map((n) => setting.layer.publish("room", say(n), { transient: n % 3 !== 0 })),
      );
      for (const one of seen) {
        await one.sees(60);
        assertEquals(one.texts, numbers(1, 60));
        assertEquals(one.entries.map(({ transient }) => transient), numbers(1, 60).map((n) => n % 3 !== 0));
        assertEquals(one.entries.map(({ cursor }) => cursor), receipts.map(({ cursor }) => cursor));
      }
    },
  },
  {
    name: "[L6] transient entries are in no page",
    async test({ layer }) {
      const receipts = await Promise.all(
        numbers(1, 20).map((n) => layer.publish("room", say(n), { transient: n % 2 === 0 })),
      );
      const odd = numbers(1, 20).filter((n) => n % 2 === 1);
      assertEquals(textsOf(await readAll(layer, "room")), odd);
      assertEquals(textsOf(await readAll(layer, "room", 3)), odd);
      const page = await layer.read("room", { after: receipts[1]?.cursor ?? "", limit: 9 });
      assertEquals([textsOf(page.entries), page.more], [odd.slice(1), false]);
      const before = await layer.read("room", { before: receipts[18]?.cursor ?? "", limit: 9 });
      assertEquals([textsOf(before.entries), before.more], [odd.slice(0, 9), false]);
    },
  },
  {
    name: "[L6] a group that only ever had transient entries is empty",
    async test({ layer }) {
      const seen = await witness(layer, "room");
      await Promise.all(numbers(1, 5).map((n) => layer.publish("room", say(n), { transient: true })));
      const page = await layer.read("room", { limit: 10 });
      assertEquals([page.entries, page.more], [[], false]);
      await seen.sees(5);
    },
  },
  {
    name: "[L6] transient entries are not replayed to whoever comes afterwards, from now or from a cursor",
    async test(setting) {
      const keepsListening = await witness(setting.layer, "room");
      const receipts = await Promise.all(
        numbers(1, 12).map((n) => setting.layer.publish("room", say(n), { transient: n % 4 !== 0 })),
      );
      await keepsListening.sees(12);
      for (const [i, { cursor }] of receipts.entries()) {
        const resumed = await witness(peer(setting, i), "room", { after: cursor });
        const late = await witness(peer(setting, i), "room");
        await peer(setting, i).publish("room", say(`end ${i}`), { transient: true });
        await Promise.all([resumed.hears(`end ${i}`), late.hears(`end ${i}`)]);
        assertEquals(resumed.texts, [...[4, 8, 12].filter((n) => n > i + 1), `end ${i}`]);
        assertEquals(late.texts, [`end ${i}`]);
        resumed.subscription.close();
        late.subscription.close();
      }
    },
  },
  {
    name: "[L6] a transient entry's cursor is a place like any other: from it on nothing is missing",
    async test(setting) {
      const { layer } = setting;
      const seen = await witness(layer, "room");
      await layer.publish("room", say(1));
      await layer.publish("room", say("typing"), { transient: true });
      await seen.sees(2);
      seen.subscription.close();
      await Promise.all([layer.publish("room", say(2)), layer.publish("room", say(3))]);
      const page = await peer(setting, 1).read("room", { after: seen.at ?? "", limit: 10 });
      assertEquals(textsOf(page.entries), [2, 3]);
      const resumed = await witness(peer(setting, 1), "room", { after: seen.at ?? "" });
      await resumed.sees(2);
      assertEquals(resumed.texts, [2, 3]);
    },
  },
  {
    name: "[L6] a slow subscriber may miss transient entries, and nothing else, and sees none out of place",
    async test({ layer }) {
      const { open, passed } = gate();
      const slow = await witness(layer, "room", { take: () => passed });
      const live = await witness(layer, "room");
      for (let n = 1; n <= 24; n++) await layer.publish("room", say(n), { transient: n % 2 === 0 });
      await live.sees(24);
      open();
      await layer.publish("room", say("end"));
      await slow.hears("end");
      const odd = numbers(1, 24).filter((n) => n % 2 === 1);
      assertEquals(slow.texts.filter((text) => typeof text !== "number" || text % 2 === 1), [...odd, "end"]);
      assertEquals(new Set(slow.texts).size, slow.texts.length);
      assert(slow.texts.slice(0, -1).every((text, i, all) => i === 0 || Number(text) > Number(all[i - 1])));
    },
  },
];
