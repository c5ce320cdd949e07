import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { Conflict, Stale } from "../../../layers/layer.ts";
import { peer, type Rule } from "../setting.ts";
import { numbers, readAll, say, textsOf, witness } from "../witness.ts";
import { valuesOf, versionOf } from "./documents.ts";

const STAMP_END = 26;

export const stepRules: readonly Rule[] = [
  {
    name: "[L11] publish() with others and a change: all of it is there, in one commit, on every isolate",
    async test(setting) {
      const [other, third] = [await witness(setting.layer, "other"), await witness(peer(setting, 1), "third")];
      const receipt = await setting.layer.publish("room", say("main"), {
        key: "k",
        also: [
          { group: "other", event: say("also") },
          { group: "third", event: say("live"), transient: true },
          { group: "room", event: say("behind") },
          { group: "other", event: say("again") },
        ],
        change: { sets: [{ key: ["a"], value: 1 }], deletes: [["b"]] },
      });
      assertEquals([receipt.duplicate, receipt.event], [false, say("main")]);
      for (const layer of setting.peers) {
        const room = await readAll(layer, "room");
        assertEquals(textsOf(room), ["main", "behind"]);
        assertEquals(room[0]?.cursor, receipt.cursor);
        const all = [...room, ...await readAll(layer, "other")];
        assertEquals(textsOf(all), ["main", "behind", "also", "again"]);
        assertEquals(new Set(all.map(({ cursor }) => cursor.slice(0, STAMP_END))).size, 1);
        assertEquals(await readAll(layer, "third"), []);
        assertEquals(await valuesOf(layer, ["a"]), [1]);
      }
      assertEquals((await other.sees(2)).texts, ["also", "again"]);
      assertEquals((await third.sees(1)).entries.map(({ transient }) => transient), [true]);
    },
  },
  {
    name: "[L11] a transient entry may carry lasting ones and a change",
    async test({ layer }) {
      const seen = await witness(layer, "room");
      const also = [{ group: "other", event: say("lasting") }];
      const change = { sets: [{ key: ["a"] as const, value: 1 }] };
      await layer.publish("room", say("live"), { transient: true, key: "ignored", also, change });
      await seen.sees(1);
      assertEquals(await readAll(layer, "room"), []);
      assertEquals(textsOf(await readAll(layer, "other")), ["lasting"]);
      assertEquals(await valuesOf(layer, ["a"]), [1]);
    },
  },
  {
    name:
      "[L11] publish() with a check that does not hold is Stale, nothing of it is there, and its neighbours are, in order",
    async test(setting) {
      const { layer } = setting;
      await layer.commit({ sets: [{ key: ["a"], value: "old" }] });
      const old = await versionOf(layer, ["a"]);
      await peer(setting, 1).commit({ sets: [{ key: ["a"], value: "new" }] });
      const now = await versionOf(layer, ["a"]);
      const seen = await witness(layer, "room");
      const results = await Promise.allSettled(
        numbers(1, 60).map((n) => {
          const version = n % 10 === 0 ? old : now;
          const change = {
            checks: [{ key: ["a"] as const, version }],
            sets: [{ key: ["n", `${n}`] as const, value: n }],
          };
          const options = n % 3 === 0 ? { change, also: [{ group: "other", event: say(n) }] } : { change };
          return layer.publish("room", say(n), { ...options, ...(n % 2 === 0 && { key: `${n}` }) });
        }),
      );
      for (const [i, result] of results.entries()) {
        if ((i + 1) % 10 !== 0) assertEquals(result.status, "fulfilled");
        else if (result.status === "rejected") assertInstanceOf(result.reason, Stale);
        else throw new Error(`${i + 1} was published`);
      }
      const expected = numbers(1, 60).filter((n) => n % 10 !== 0);
      assertEquals(textsOf(await readAll(layer, "room")), expected);
      assertEquals(textsOf(await readAll(layer, "other")), expected.filter((n) => n % 3 === 0));
      const found = await layer.list<number>({ prefix: ["n"], limit: 100 });
      assertEquals(found.map(({ value }) => value).toSorted((a, b) => a - b), expected);
      await seen.sees(expected.length);
      assertEquals(seen.texts, expected);
    },
  },
  {
    name:
      "[L11] a key that was used before beats Stale: the answer is the first one's, and nothing is changed or added",
    async test(setting) {
      await setting.layer.commit({ sets: [{ key: ["a"], value: 1 }] });
      const version = await versionOf(setting.layer, ["a"]);
      const publish = (i: number, text: string) =>
        peer(setting, i).publish("room", say(text), {
          key: "k",
          also: [{ group: "other", event: say(i) }],
          change: { checks: [{ key: ["a"], version }], sets: [{ key: ["a"], value: i }] },
        });
      const first = await publish(2, "once");
      for (const i of [3, 4]) {
        const again = await publish(i, "once");
        assertEquals([again.duplicate, again.cursor], [true, first.cursor]);
        await assertRejects(() => publish(i, "twice"), Conflict);
      }
      const together = await Promise.allSettled([publish(5, "once"), publish(5, "once"), publish(5, "twice")]);
      assertEquals(together.map(({ status }) => status), ["fulfilled", "fulfilled", "rejected"]);
      assertEquals(await valuesOf(setting.layer, ["a"]), [2]);
      assertEquals(textsOf(await readAll(setting.layer, "other")), [2]);
      assertEquals(textsOf(await readAll(setting.layer, "room")), ["once"]);
    },
  },
  {
    name: "[L11] after a Stale the key is unused: the retry with what is there now is published",
    async test({ layer }) {
      await layer.commit({ sets: [{ key: ["a"], value: 1 }] });
      const version = await versionOf(layer, ["a"]);
      const change = (checked: string | null) => ({ checks: [{ key: ["a"] as const, version: checked }] });
      await assertRejects(() => layer.publish("room", say(1), { key: "k", change: change(null) }), Stale);
      // The second one of a turn has checks of its own.
      const [wrong, right] = await Promise.allSettled([
        layer.publish("room", say(1), { key: "k", change: change(null) }),
        layer.publish("room", say(1), { key: "k", change: change(version) }),
      ]);
      assertEquals([wrong?.status, right?.status], ["rejected", "fulfilled"]);
      assertEquals(textsOf(await readAll(layer, "room")), [1]);
    },
  },
  {
    name: "[L11] of many in one turn that check and set the same document one is published, the others are Stale",
    async test({ layer }) {
      for (const keyed of [true, false]) {
        const version = await versionOf(layer, ["a"]);
        const results = await Promise.allSettled(
          numbers(1, 8).map((n) =>
            layer.publish(`room${keyed}`, say(n), {
              ...(keyed && { key: `${n}` }),
              change: { checks: [{ key: ["a"], version }], sets: [{ key: ["a"], value: n }] },
            })
          ),
        );
        assertEquals(results.map(({ status }) => status === "fulfilled"), numbers(1, 8).map((n) => n === 1));
        assertEquals(textsOf(await readAll(layer, `room${keyed}`)), [1]);
        assertEquals(await valuesOf(layer, ["a"]), [1]);
      }
    },
  },
  {
    name: "[L11] what comes later in a turn is checked against what came earlier, whoever sets, deletes or checks",
    async test(setting) {
      // One isolate: nobody promises an order between two.
      const layer = peer(setting, 0);
      await layer.commit({ sets: [{ key: ["a"], value: 1 }] });
      const version = await versionOf(layer, ["a"]);
      const check = { checks: [{ key: ["a"] as const, version }] };
      const none = { checks: [{ key: ["a"] as const, version: null }] };
      const results = await Promise.allSettled([
        layer.publish("room", say(1), { change: check }),
        layer.publish("room", say(2), { change: none }),
        layer.publish("room", say(3), { change: check }),
        layer.publish("room", say(4), { change: { deletes: [["a"]] } }),
        layer.publish("room", say(5), { change: check }),
        layer.publish("room", say(6), { change: none }),
        layer.commit({ sets: [{ key: ["a"], value: 7 }] }),
        layer.publish("room", say(8), { change: none }),
        layer.publish("room", say(9), { change: { sets: [{ key: ["a"], value: 9 }] } }),
        layer.commit({ sets: [{ key: ["a"], value: 10 }] }),
        layer.publish("room", say(11)),
      ]);
      const done = results.flatMap(({ status }, i) => status === "fulfilled" ? [i + 1] : []);
      assertEquals(done, [1, 3, 4, 6, 7, 9, 10, 11]);
      assertEquals(textsOf(await readAll(layer, "room")), [1, 3, 4, 6, 9, 11]);
      assertEquals(await valuesOf(layer, ["a"]), [10]);
    },
  },
  {
    name:
      "[L11] one that sets, raced with many that check, from all isolates: whoever was published checked what was there",
    async test(setting) {
      for (let round = 0; round < 5; round++) {
        await setting.layer.commit({ sets: [{ key: ["mode"], value: "open" }] });
        const version = await versionOf(setting.layer, ["mode"]);
        const checks = [{ key: ["mode"] as const, version }];
        const group = `room${round}`;
        const results = await Promise.allSettled([
          ...numbers(1, 20).map((n) => peer(setting, n).publish(group, say(n), { change: { checks }, key: `${n}` })),
          peer(setting, round).publish(group, say("closed"), {
            change: { sets: [{ key: ["mode"], value: "closed" }] },
          }),
          ...numbers(21, 40).map((n) => peer(setting, n).publish(group, say(n), { change: { checks }, key: `${n}` })),
        ]);
        for (const result of results) {
          if (result.status === "rejected") assertEquals(result.reason.name, "Stale");
        }
        const log = textsOf(await readAll(setting.layer, group));
        assertEquals(log.at(-1), "closed");
        assertEquals(log.length, results.filter(({ status }) => status === "fulfilled").length);
      }
    },
  },
  {
    name: "[L11] 300 in one turn, each with a document of 5,000 bytes and an entry elsewhere, are all there, in order",
    async test({ layer }) {
      const value = "x".repeat(5_000);
      await Promise.all(
        numbers(1, 300).map((n) =>
          layer.publish("room", say(n), {
            key: `${n}`,
            also: [{ group: `other${n % 7}`, event: say(n) }],
            change: { sets: [{ key: ["n", `${n}`], value }], checks: [{ key: ["n", `${n}`], version: null }] },
          })
        ),
      );
      assertEquals(textsOf(await readAll(layer, "room")), numbers(1, 300));
      assertEquals(textsOf(await readAll(layer, "other3")), numbers(1, 300).filter((n) => n % 7 === 3));
      assertEquals((await layer.list({ prefix: ["n"], limit: 1_000 })).length, 300);
    },
  },
  {
    name: "[L11] a subscriber that sees an entry finds the document that came with it, on every isolate",
    async test(setting) {
      const found: unknown[] = [];
      const seen = await witness(setting.layer, "room", {
        take: async () => void found.push(...await valuesOf(setting.layer, ["n"])),
      });
      for (const n of numbers(1, 6)) {
        await peer(setting, n).publish("room", say(n), { change: { sets: [{ key: ["n"], value: n }] } });
        await seen.sees(n);
        await seen.idle();
        assert(Number(found.at(-1)) >= n);
      }
    },
  },
];
