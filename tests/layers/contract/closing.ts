import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { LayerUnavailable } from "../../../layers/layer.ts";
import type { Rule } from "../setting.ts";
import { gate, until } from "../until.ts";
import { numbers, readAll, say, textsOf, witness } from "../witness.ts";

// That a test ends at all, with Deno's sanitizers on, is half of what is tested here.
export const closingRules: readonly Rule[] = [
  {
    name: "[L10] close() ends every subscription with LayerUnavailable, once, and may be called again",
    async test({ layer }) {
      const { head } = await layer.read("room", { limit: 1 });
      const seen = [
        await witness(layer, "room"),
        await witness(layer, "other", { after: head }),
        await witness(layer, "stuck", { take: () => new Promise(() => {}) }),
      ];
      await layer.publish("stuck", say(1));
      await seen[2]?.sees(1);
      await Promise.all([layer.close(), layer.close()]);
      await layer.close();
      await until(() => seen.every(({ causes }) => causes.length > 0), "their ends");
      for (const { causes } of seen) {
        assertEquals(causes.length, 1);
        assertInstanceOf(causes[0], LayerUnavailable);
      }
    },
  },
  {
    name: "[L10] close() answers everything that was published before it, and what was acknowledged is in the log",
    async test(setting) {
      const publishing = Promise.allSettled(
        numbers(1, 250).map((n) => setting.layer.publish("room", say(n), { key: `${n}` })),
      );
      const committing = setting.layer.commit({ sets: [{ key: ["room", "a"], value: 250 }] });
      await setting.layer.close();
      const results = await publishing;
      assertEquals(results.filter(({ status }) => status === "rejected"), []);
      await committing;
      if (setting.reopen === undefined) return;
      await setting.reopen();
      assertEquals(textsOf(await readAll(setting.layer, "room")), numbers(1, 250));
      assertEquals((await setting.layer.get([["room", "a"]]))[0]?.value, 250);
    },
  },
  {
    name: "[L10] after close() every call is LayerUnavailable, as a rejection",
    async test({ layer }) {
      const { cursor } = await layer.publish("room", say(1));
      const channel = layer.newChannel();
      await layer.close();
      for (
        const [what, ask] of Object.entries({
          publish: () => layer.publish("room", say(2)),
          transient: () => layer.publish("room", say(2), { transient: true }),
          subscribe: () => layer.subscribe("room", { deliver() {} }),
          resume: () => layer.subscribe("room", { after: cursor, deliver() {} }),
          read: () => layer.read("room", { limit: 1 }),
          trim: () => layer.trim("room", cursor),
          commit: () => layer.commit({ sets: [{ key: ["a"], value: 1 }] }),
          get: () => layer.get([["a"]]),
          list: () => layer.list({ prefix: ["a"], limit: 1 }),
          send: () => layer.send(channel, say(1)),
          work: () => layer.send("worker", say(1)),
          receive: () => layer.receive(channel, () => {}),
          ping: () => layer.ping(),
        })
      ) {
        const error = await assertRejects(ask, Error, undefined, what);
        assertEquals([what, error.name], [what, "LayerUnavailable"]);
      }
    },
  },
  {
    name: "[L10] close() leaves nothing of a subscriber that is reading a long log",
    async test({ layer }) {
      const { head } = await layer.read("room", { limit: 1 });
      await Promise.all(numbers(1, 60).map((n) => layer.publish("room", say(`${n}`.padEnd(20_000, ".")))));
      const seen = await Promise.all(numbers(1, 10).map(() => witness(layer, "room", { after: head })));
      await seen[0]?.sees(1);
      await layer.close();
      const batches = seen.map((one) => one.batches.length);
      await until(() => seen.every(({ causes }) => causes.length === 1 || true), "their ends");
      assertEquals(seen.map((one) => one.batches.length), batches);
    },
  },
  {
    name: "[L10] close() in the middle of everything leaves nothing",
    async test({ layer }) {
      const channel = layer.newChannel();
      const { head } = await layer.read("room", { limit: 1 });
      await layer.receive(channel, () => {});
      layer.work({ mail() {} });
      const all = Promise.allSettled([
        ...numbers(1, 30).map((n) => layer.publish("room", say(n), n % 2 === 0 ? { key: "k" } : {})),
        ...numbers(1, 30).map((n) => layer.send(channel, say(n))),
        ...numbers(1, 5).map((n) => layer.send("mail", say(n), { delayMs: n * 1_000 })),
        ...numbers(1, 5).map(() => layer.subscribe("room", { after: head, deliver() {} })),
        ...numbers(1, 5).map((n) => layer.subscribe(`other${n}`, { deliver() {} })),
        layer.read("room", { limit: 10 }),
      ]);
      await layer.close();
      for (const result of await all) {
        if (result.status === "rejected") {
          assert(["LayerUnavailable", "Conflict"].includes(result.reason.name), result.reason);
        }
      }
    },
  },
  {
    name: "[L10] close() leaves nothing of a job that is being done, nor of one that waits for its next try",
    async test({ layer }) {
      const { passed, break: fail } = gate();
      let started = 0;
      layer.work({
        mail() {
          started++;
          return passed;
        },
      });
      await layer.send("mail", say(1));
      await layer.send("mail", say(2), { delayMs: 60_000 });
      await until(() => started === 1, "a job that has begun");
      await layer.close();
      fail(new Error("the isolate was closed meanwhile"));
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  },
  {
    name: "[L10] a subscriber may close the layer while it is handed a batch, and nobody sees a gap",
    where: (traits) => traits.isLocal,
    async test({ layer }) {
      const closing: Promise<unknown>[] = [];
      await layer.subscribe("room", {
        deliver() {
          closing.push(layer.publish("room", say("late")).catch(() => {}), layer.close());
        },
      });
      const seen = await witness(layer, "room");
      await layer.publish("room", say(1));
      await until(() => seen.causes.length === 1, "its end");
      await Promise.all(closing);
      seen.check();
      assertEquals(seen.texts.slice(0, 2), [1, "late"].slice(0, seen.texts.length));
    },
  },
  {
    name: "[L10] flush() resolves when all that was published before it is answered",
    async test({ layer }) {
      await layer.publish("room", say("used"), { key: "used" });
      let answered = 0;
      const count = () => answered++;
      for (const n of numbers(1, 150)) layer.publish("room", say(n), { key: `${n}` }).then(count, count);
      for (const _ of numbers(1, 5)) {
        layer.publish("room", say("used"), { key: "used" }).then(count, count);
        layer.publish("room", say("not the same"), { key: "used" }).then(count, count);
      }
      layer.publish("room", say("typing"), { transient: true }).then(count, count);
      layer.commit({ sets: [{ key: ["a"], value: 1 }] }).then(count, count);
      layer.commit({ checks: [{ key: ["a"], version: null }] }).then(count, count);
      await layer.flush();
      assertEquals(answered, 163);
      await layer.flush();
    },
  },
  {
    name: "[L10] flush() resolves although others go on publishing",
    async test({ layer }) {
      let goesOn = true;
      const publishing: Promise<unknown>[] = [];
      const keepOn = (async () => {
        while (goesOn) {
          publishing.push(layer.publish("room", say("more")));
          await new Promise((resolve) => setTimeout(resolve, 0));
        }
      })();
      try {
        for (let i = 0; i < 5; i++) {
          await layer.publish("room", say("before"));
          let isFlushed = false;
          layer.flush().then(() => isFlushed = true);
          await until(() => isFlushed, "flushed", 2_000);
        }
      } finally {
        goesOn = false;
        await keepOn;
        await Promise.all(publishing);
      }
    },
  },
  {
    name: "[L10] ping() resolves while the backend answers",
    async test(setting) {
      for (const layer of setting.peers) await layer.ping();
    },
  },
];
