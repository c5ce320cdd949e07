import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { ChatError } from "../../../protocol/errors.ts";
import { peer, type Rule } from "../setting.ts";
import { numbers, readAll, say, textsOf, witness } from "../witness.ts";

/** Names that break what takes them for something else. */
export const ODD_NAMES = [
  "__proto__",
  "constructor",
  "toString",
  "한글방",
  "가".repeat(200),
  "😀".repeat(100),
  "x".repeat(200),
  "a b/c?d#e%00",
  "a\u0000b",
  "a\u0000",
  "~",
  "channel:specific.a!b",
  " ",
];

export const publishingRules: readonly Rule[] = [
  {
    name: "[L1] publish() resolves with the cursor under which the event is in the log",
    async test({ layer }) {
      const receipt = await layer.publish("room", say("first"));
      const { entries } = await layer.read("room", { limit: 10 });
      assertEquals(entries, [{ cursor: receipt.cursor, json: `{"type":"message","text":"first"}`, transient: false }]);
      assertEquals(receipt, { cursor: receipt.cursor, duplicate: false, event: say("first") });
    },
  },
  {
    name: "[L1] what is acknowledged is there for whoever opens the database next, at the same place",
    where: (traits) => traits.groupsCommits,
    async test(setting) {
      if (setting.reopen === undefined) return;
      const receipts = await Promise.all(numbers(0, 199).map((n) => setting.layer.publish(`room${n % 2}`, say(n))));
      await setting.reopen();
      for (const half of [0, 1]) {
        const promised = receipts.filter((_, n) => n % 2 === half).map(({ cursor, event }) => [cursor, event]);
        const found = await readAll(setting.layer, `room${half}`);
        assertEquals(found.map(({ cursor, json }) => [cursor, JSON.parse(json)]), promised);
      }
    },
  },
  {
    name: "[L1] an acknowledged entry can be read on every isolate at once",
    async test(setting) {
      for (let i = 0; i < 6; i++) {
        await peer(setting, i).publish("room", say(i));
        const page = await peer(setting, i + 1).read("room", { limit: 10 });
        assertEquals(textsOf(page.entries), numbers(0, i));
      }
    },
  },
  {
    name: "[L1] an event is kept as the JSON that it is, whatever is in it",
    async test({ layer }) {
      const event = {
        type: "odd",
        none: undefined,
        proto: JSON.parse(`{"__proto__":{"admin":true},"constructor":1}`),
        lone: "\ud800",
        lines: "\u2028\u0000\u001b",
        many: [null, -0, 1e21, "", {}, [undefined]],
        2: "a number for a name",
      };
      const receipt = await layer.publish("room", event, { key: "k" });
      const { entries } = await layer.read("room", { limit: 1 });
      assertEquals(entries[0]?.json, JSON.stringify(event));
      const again = await layer.publish("room", event, { key: "k" });
      assertEquals([again.duplicate, again.cursor], [true, receipt.cursor]);
      // deno-lint-ignore no-explicit-any -- what a polluted prototype would show
      assertEquals(({} as any).admin, undefined); // any object shows it
    },
  },
  {
    name: "[L1] publish() takes the event as it is at the call, whatever the caller does to it afterwards",
    async test({ layer }) {
      const event = { type: "message", text: "as published" };
      const seen = await witness(layer, "room");
      const publishing = layer.publish("room", event, { key: "k" });
      const again = layer.publish("room", { ...event }, { key: "k" });
      event.text = "changed";
      assertEquals((await again).duplicate, true);
      await publishing;
      const later = await layer.publish("room", say("as published"), { key: "k" });
      assertEquals(later.event, say("as published"));
      await seen.sees(1);
      assertEquals(seen.texts, ["as published"]);
    },
  },
  {
    name:
      "[L1] an event of 59,000 bytes is published, one of more than 60,000 is too_long, and its neighbours do not mind",
    async test({ layer }) {
      const [before, big, tooBig, after] = await Promise.allSettled([
        layer.publish("room", say("before")),
        layer.publish("room", say("x".repeat(59_000))),
        layer.publish("room", say("x".repeat(60_000))),
        layer.publish("room", say("after")),
      ]);
      assertEquals(
        [before.status, big.status, tooBig.status, after.status].join(),
        "fulfilled,fulfilled,rejected,fulfilled",
      );
      const error = await assertRejects(() => layer.publish("room", say("x".repeat(60_000))), ChatError);
      assertEquals(error.code, "too_long");
      assertEquals((await readAll(layer, "room")).map(({ json }) => json.length), [34, 59_028, 33]);
    },
  },
  {
    name: "[L1] ten events of 59,000 bytes in one turn, and ten more in Korean, are all published, in order",
    async test({ layer }) {
      const seen = await witness(layer, "room");
      const texts = numbers(1, 20).map((n) => n <= 10 ? `${n}`.padEnd(59_000, "x") : `${n}`.padEnd(29_000, "가"));
      await Promise.all(texts.map((text) => layer.publish("room", say(text))));
      assertEquals(textsOf(await readAll(layer, "room")), texts);
      await seen.sees(20);
      assertEquals(seen.texts, texts);
    },
  },
  {
    name: "[L1] 300 keyed events to 300 groups with Korean names of 200 characters, in one turn, are all published",
    async test({ layer }) {
      const groups = numbers(1, 300).map((n) => `${n}`.padEnd(200, "가"));
      const receipts = await Promise.all(
        groups.map((group, n) =>
          layer.publish(group, say(n), { key: `${n}`.padEnd(64, "힣"), author: "미".repeat(60) })
        ),
      );
      assertEquals(receipts.filter(({ duplicate }) => duplicate), []);
      for (const n of [0, 99, 100, 199, 299]) {
        const { entries } = await layer.read(groups[n] ?? "", { limit: 2 });
        assertEquals(textsOf(entries), [n]);
      }
    },
  },
  {
    name: "[L1] a name that is empty or too long is a RangeError at once, and its neighbours do not mind",
    async test({ layer }) {
      const wrong = [
        { group: "" },
        { group: "x".repeat(201) },
        { group: "x".repeat(3_000) },
        { group: "room", key: "" },
        { group: "room", key: "x".repeat(65) },
        { group: "room", key: "x".repeat(3_000) },
        { group: "room", key: "k", author: "x".repeat(3_000) },
      ];
      const results = await Promise.allSettled(wrong.flatMap(({ group, ...options }) => [
        layer.publish(group, say("wrong"), options),
        layer.publish("room", say("right")),
      ]));
      for (const [i, result] of results.entries()) {
        if (i % 2 === 1) assertEquals(result.status, "fulfilled");
        else assertEquals(result.status === "rejected" && result.reason.name, "RangeError");
      }
      await assertRejects(() => layer.send("x".repeat(300) + "!", say(1)), RangeError);
      assertEquals(textsOf(await readAll(layer, "room")), wrong.map(() => "right"));
    },
  },
  {
    name: "[L1] 2,000 small events to 40 groups in one turn are all published, each group in order",
    async test({ layer }) {
      const seen = await witness(layer, "room7");
      await Promise.all(
        numbers(0, 1_999).map((n) => layer.publish(`room${n % 40}`, say(n), { transient: n % 80 === 7 })),
      );
      for (const group of [0, 7, 39]) {
        const expected = numbers(0, 1_999).filter((n) => n % 40 === group && n % 80 !== 7);
        assertEquals(textsOf(await readAll(layer, `room${group}`)), expected);
      }
      await seen.sees(50);
      assertEquals(seen.texts, numbers(0, 1_999).filter((n) => n % 40 === 7));
    },
  },
  {
    name: "[L1] a group is whatever its name says: __proto__, Korean, 200 characters, NUL; no two meet",
    async test(setting) {
      const seen = await Promise.all(ODD_NAMES.map((name, i) => witness(peer(setting, i), name)));
      const receipts = await Promise.all(ODD_NAMES.map((name) => setting.layer.publish(name, say(name), { key: "k" })));
      assertEquals(receipts.filter(({ duplicate }) => duplicate), []);
      for (const [i, name] of ODD_NAMES.entries()) {
        assertEquals(textsOf((await peer(setting, i + 1).read(name, { limit: 10 })).entries), [name]);
        await seen[i]?.sees(1);
        assertEquals(seen[i]?.texts, [name]);
      }
    },
  },
  {
    name: "[L1] every entry of a group has a cursor of its own, on whichever isolate it was published",
    async test(setting) {
      const receipts = await Promise.all(
        numbers(1, 200).map((n) => peer(setting, n).publish(`room${n % 2}`, say(n), { transient: n % 5 === 0 })),
      );
      for (const half of [0, 1]) {
        const cursors = receipts.filter((_, i) => i % 2 === half).map(({ cursor }) => cursor);
        assertEquals(new Set(cursors).size, cursors.length);
      }
      assertNotEquals(receipts.length, 0);
    },
  },
];
