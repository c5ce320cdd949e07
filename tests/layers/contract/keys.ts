import { assertEquals, assertRejects } from "@std/assert";
import { Conflict } from "../../../layers/layer.ts";
import { peer, type Rule } from "../setting.ts";
import { numbers, readAll, say, textsOf, witness } from "../witness.ts";
import { ODD_NAMES } from "./publishing.ts";

export const keyRules: readonly Rule[] = [
  {
    name: "[L4] publish() with a used key answers with the first one's cursor and event, on every isolate",
    async test(setting) {
      const first = await setting.layer.publish("room", say("once"), { key: "k" });
      assertEquals(first.duplicate, false);
      for (const layer of setting.peers) {
        const again = await layer.publish("room", say("once"), { key: "k" });
        assertEquals(again, { cursor: first.cursor, duplicate: true, event: say("once") });
      }
      assertEquals(textsOf(await readAll(setting.layer, "room")), ["once"]);
    },
  },
  {
    name: "[L4] the same key many times in one turn publishes once, and all get the same cursor",
    async test({ layer }) {
      const seen = await witness(layer, "room");
      const receipts = await Promise.all(numbers(1, 150).map(() => layer.publish("room", say("once"), { key: "k" })));
      assertEquals(receipts.filter(({ duplicate }) => !duplicate).length, 1);
      assertEquals(receipts[0]?.duplicate, false, "the first call is the first");
      assertEquals(new Set(receipts.map(({ cursor }) => cursor)).size, 1);
      await layer.publish("room", say("end"));
      await seen.hears("end");
      assertEquals(seen.texts, ["once", "end"]);
    },
  },
  {
    name: "[L4] the same key raced from all isolates publishes once, and all get the same cursor",
    async test(setting) {
      const seen = await witness(setting.layer, "room");
      for (let round = 0; round < 10; round++) {
        const receipts = await Promise.all(
          numbers(0, 11).map((i) => peer(setting, i).publish("room", say(round), { key: `${round}`, author: "a" })),
        );
        assertEquals(receipts.filter(({ duplicate }) => !duplicate).length, 1);
        assertEquals(new Set(receipts.map(({ cursor }) => cursor)).size, 1);
      }
      assertEquals(textsOf(await readAll(setting.layer, "room")), numbers(0, 9));
      await seen.sees(10);
    },
  },
  {
    name: "[L4] different contents raced with one key from all isolates: one is published, the others are conflicts",
    async test(setting) {
      for (let round = 0; round < 10; round++) {
        const results = await Promise.allSettled(
          numbers(0, 5).map((i) => peer(setting, i).publish("room", say(`${round}:${i}`), { key: `${round}` })),
        );
        const done = results.filter((result) => result.status === "fulfilled");
        assertEquals(done.map(({ value }) => value.duplicate), [false]);
        for (const result of results) if (result.status === "rejected") assertEquals(result.reason.code, "conflict");
      }
      assertEquals((await readAll(setting.layer, "room")).length, 10);
    },
  },
  {
    name: "[L4] a key stays used after everything was closed and opened again",
    async test(setting) {
      if (setting.reopen === undefined) return;
      const first = await setting.layer.publish("room", say("once"), { key: "k", author: "a" });
      await setting.reopen();
      const again = await setting.layer.publish("room", say("once"), { key: "k", author: "a" });
      assertEquals([again.cursor, again.duplicate], [first.cursor, true]);
      await assertRejects(() => setting.layer.publish("room", say("twice"), { key: "k", author: "a" }), Conflict);
    },
  },
  {
    name: "[L4] a key that was used for something else is a Conflict, and the log stays as it is",
    async test(setting) {
      await setting.layer.publish("room", say("first"), { key: "k" });
      for (const layer of setting.peers) {
        const error = await assertRejects(() => layer.publish("room", say("second"), { key: "k" }), Conflict);
        assertEquals(error.code, "conflict");
        await assertRejects(() => layer.publish("room", { type: "other", text: "first" }, { key: "k" }), Conflict);
      }
      assertEquals(textsOf(await readAll(setting.layer, "room")), ["first"]);
    },
  },
  {
    name: "[L4] of two different contents with one key in one turn the second is a Conflict",
    async test({ layer }) {
      const [first, second] = await Promise.allSettled([
        layer.publish("room", say("first"), { key: "k" }),
        layer.publish("room", say("second"), { key: "k" }),
      ]);
      assertEquals([first.status, second.status], ["fulfilled", "rejected"]);
      if (second.status === "rejected") assertEquals(second.reason.code, "conflict");
    },
  },
  {
    name: "[L4] a retry is a duplicate even while something else is tried with its key",
    async test({ layer }) {
      const first = await layer.publish("room", say("first"), { key: "k" });
      const [wrong, ...right] = await Promise.allSettled([
        layer.publish("room", say("second"), { key: "k" }),
        layer.publish("room", say("first"), { key: "k" }),
        layer.publish("room", say("first"), { key: "k" }),
      ]);
      assertEquals(wrong?.status, "rejected");
      const receipt = { cursor: first.cursor, duplicate: true, event: say("first") };
      assertEquals(right, [{ status: "fulfilled", value: receipt }, { status: "fulfilled", value: receipt }]);
    },
  },
  {
    name: "[L4] isSame decides what is the same, and is shown the first one's event as it is in the log",
    async test({ layer }) {
      const send = (text: string, at: number) =>
        layer.publish("room", { ...say(text), at, none: undefined }, {
          key: "k",
          isSame: (first) => first["text"] === "hello" && !("none" in first),
        });
      const [first, inFlight] = await Promise.all([send("hello", 1), send("hello", 2)]);
      const later = await send("hello", 3);
      for (const { cursor, duplicate, event } of [inFlight, later]) {
        assertEquals([cursor, duplicate, event["at"]], [first.cursor, true, 1]);
      }
      const never = { key: "k", isSame: () => false };
      await assertRejects(() => layer.publish("room", { ...say("hello"), at: 1 }, never), Conflict);
    },
  },
  {
    name: "[L4] keys of two authors, and of two groups, never meet",
    async test({ layer }) {
      const places = [
        { group: "room", author: "a", key: "k" },
        { group: "room", author: "b", key: "k" },
        { group: "room", author: "", key: "k" },
        { group: "other", author: "a", key: "k" },
        { group: "room", author: "a\u0000k", key: "k" },
        { group: "room", author: "a", key: "k\u0000k" },
        { group: "room\u0000a", author: "k", key: "k" },
        { group: "room", author: "k", key: "a" },
      ];
      const publish = ({ group, author, key }: typeof places[number]) =>
        layer.publish(group, say(JSON.stringify([group, author, key])), { author, key });
      const receipts = await Promise.all(places.map(publish));
      assertEquals(receipts.map(({ duplicate }) => duplicate), places.map(() => false));
      for (const [i, place] of places.entries()) {
        const again = await publish(place);
        assertEquals([again.cursor, again.duplicate], [receipts[i]?.cursor, true]);
      }
    },
  },
  {
    name: "[L4] a key is whatever it says: __proto__, Korean, NUL",
    async test({ layer }) {
      const keys = ODD_NAMES.filter((name) => name.length <= 64).concat("가".repeat(64), "😀".repeat(32));
      const publish = (key: string) => layer.publish("room", say(key), { key });
      const firsts = await Promise.all(keys.map(publish));
      assertEquals(firsts.filter(({ duplicate }) => duplicate), []);
      const again = await Promise.all(keys.map(publish));
      assertEquals(
        again.map(({ cursor, duplicate }) => [cursor, duplicate]),
        firsts.map(({ cursor }) => [cursor, true]),
      );
    },
  },
  {
    name:
      "[L4] duplicates and conflicts among 300 calls of one turn are answered one by one, the rest is published in order",
    async test(setting) {
      const publish = (n: number, text = n) => setting.layer.publish("room", say(text), { key: `${n}` });
      const used = await Promise.all(numbers(1, 300).filter((n) => n % 3 === 0).map((n) => publish(n)));
      const results = await Promise.allSettled(numbers(1, 300).map((n) => n % 9 === 0 ? publish(n, -n) : publish(n)));
      for (const [i, result] of results.entries()) {
        const n = i + 1;
        if (n % 9 === 0) assertEquals(result.status === "rejected" && result.reason.code, "conflict");
        else if (result.status === "rejected") throw result.reason;
        else assertEquals(result.value.duplicate, n % 3 === 0);
        if (result.status === "fulfilled" && n % 3 === 0) assertEquals(result.value.cursor, used[n / 3 - 1]?.cursor);
      }
      const log = textsOf(await readAll(peer(setting, 1), "room"));
      assertEquals(log.slice(100), numbers(1, 300).filter((n) => n % 3 !== 0));
    },
  },
  {
    name: "[L4] the key of an entry that was trimmed stays used",
    async test({ layer }) {
      const first = await layer.publish("room", say(1), { key: "k" });
      await layer.publish("room", say(2));
      await layer.trim("room", first.cursor);
      const again = await layer.publish("room", say(1), { key: "k" });
      assertEquals([again.cursor, again.duplicate], [first.cursor, true]);
      assertEquals(textsOf(await readAll(layer, "room")), [2]);
    },
  },
  {
    name: "[L4] a transient entry's key is ignored: it neither is used nor uses it up",
    async test({ layer }) {
      const seen = await witness(layer, "room");
      const typing = { key: "k", transient: true };
      const receipts = [
        await layer.publish("room", say("typing"), typing),
        await layer.publish("room", say("typing"), typing),
        await layer.publish("room", say("text"), { key: "k" }),
        await layer.publish("room", say("typing"), typing),
      ];
      assertEquals(receipts.filter(({ duplicate }) => duplicate), []);
      await seen.sees(4);
      assertEquals(seen.texts, ["typing", "typing", "text", "typing"]);
    },
  },
];
