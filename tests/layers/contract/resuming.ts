import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { type ChannelLayer, type Cursor, CursorExpired } from "../../../layers/layer.ts";
import { ChatError } from "../../../protocol/errors.ts";
import { peer, type Rule } from "../setting.ts";
import { gate, until } from "../until.ts";
import { numbers, readAll, say, textsOf, witness } from "../witness.ts";

/** What clients send for a cursor when they are broken, or bad. */
const GARBAGE = [
  "",
  "0",
  "-1",
  "1e999",
  "null",
  "zzzzzz",
  "__proto__",
  "x".repeat(29),
  "abcdef" + "0".repeat(22),
  "abcdef" + "0".repeat(24),
  "abcdef" + "0".repeat(22) + "g",
  "ABCDEF" + "0".repeat(23),
  "abcdef" + "0".repeat(23) + "\n",
  "a\u0000cdef" + "0".repeat(23),
  "가".repeat(29),
  "0".repeat(100_000),
];

export const resumingRules: readonly Rule[] = [
  {
    name: "[L3] from any cursor of the log on comes exactly what is behind it, then what is published",
    async test(setting) {
      const receipts = await Promise.all(numbers(1, 12).map((n) => setting.layer.publish("room", say(n))));
      const seen = await Promise.all(
        receipts.map(({ cursor }, i) => witness(peer(setting, i), "room", { after: cursor })),
      );
      await setting.layer.publish("room", say(13));
      for (const [i, one] of seen.entries()) {
        await one.sees(12 - i);
        assertEquals(one.texts, numbers(i + 2, 13));
      }
    },
  },
  {
    name: "[L3] the head of an empty log is a cursor from which everything comes",
    async test({ layer }) {
      const empty = await layer.read("room", { limit: 10 });
      assertEquals([empty.entries, empty.more], [[], false]);
      const seen = await witness(layer, "room", { after: empty.head });
      await layer.publish("room", say(1));
      await seen.sees(1);
      assertEquals(textsOf((await layer.read("room", { after: empty.head, limit: 10 })).entries), [1]);
      const late = await witness(layer, "room", { after: empty.head });
      await late.sees(1);
    },
  },
  {
    name: "[L3] without a cursor a subscription begins now: what was acknowledged before does not come",
    async test(setting) {
      // Somebody listens already: the isolate is busy reading while the others come.
      for (const layer of setting.peers) await witness(layer, "room");
      for (let n = 1; n <= 12; n++) {
        await peer(setting, n).publish("room", say(`before ${n}`), { transient: n % 2 === 0 });
        const late = await witness(peer(setting, n + Math.floor(n / 4)), "room");
        await peer(setting, n).publish("room", say(`after ${n}`));
        await late.hears(`after ${n}`);
        assertEquals(late.texts, [`after ${n}`]);
        late.subscription.close();
      }
    },
  },
  {
    name: "[L3] a page and a subscription from its head on join without a gap or a double while others publish",
    async test(setting) {
      let isPublishing = true;
      const publishing = [0, 1].map(async (author) => {
        for (let n = 1; isPublishing || n % 5 !== 1; n++) {
          await peer(setting, author).publish("room", say(`${author}:${n}`), { transient: n % 5 === 0 });
        }
      });
      const joined: { page: unknown[]; live: Awaited<ReturnType<typeof witness>> }[] = [];
      for (let i = 0; i < 25; i++) {
        const page = await peer(setting, i).read("room", { limit: 1_000 });
        joined.push({
          page: textsOf(page.entries),
          live: await witness(peer(setting, i + i % 2), "room", { after: page.head }),
        });
      }
      isPublishing = false;
      await Promise.all(publishing);
      const { cursor } = await setting.layer.publish("room", say("end"));
      const log = textsOf(await readAll(setting.layer, "room"));
      for (const { page, live } of joined) {
        await live.hears("end");
        const durable = live.entries.filter(({ transient }) => !transient);
        assertEquals([...page, ...textsOf(durable)].slice(-log.length), log.slice(-(page.length + durable.length)));
        assertEquals(live.at, cursor);
      }
    },
  },
  {
    name: "[L3] whoever comes back again and again, from wherever it was, has the whole log once",
    async test(setting) {
      const { head } = await setting.layer.read("room", { limit: 1 });
      let at: Cursor = head;
      const had: unknown[] = [];
      let sent = 0;
      for (let visit = 0; visit < 15; visit++) {
        const seen = await witness(peer(setting, visit), "room", { after: at });
        const publishing = numbers(1, visit).map(() => peer(setting, visit + 1).publish("room", say(++sent)));
        await (visit % 3 === 0 ? Promise.all(publishing) : publishing[0]);
        if (visit % 4 !== 1) await until(() => seen.batches.length > 0 || visit === 0, "anything at all");
        seen.subscription.close();
        had.push(...seen.check().texts);
        at = seen.at ?? at;
        await Promise.all(publishing);
      }
      const last = await witness(setting.layer, "room", { after: at });
      await last.sees(sent - had.length);
      assertEquals([...had, ...last.texts], textsOf(await readAll(setting.layer, "room")));
      assertEquals(had.length + last.texts.length, sent);
    },
  },
  {
    name: "[L3] a slow subscriber is handed what it missed, in order, when its promise settles",
    async test({ layer }) {
      const { open, passed } = gate();
      const slow = await witness(layer, "room", { take: () => passed });
      const live = await witness(layer, "room");
      for (let n = 1; n <= 30; n++) await layer.publish("room", say(n));
      await live.sees(30);
      assertEquals(slow.batches.length, 1, "held by its first batch");
      open();
      await slow.sees(30);
      assertEquals(slow.texts, numbers(1, 30));
      assert(slow.batches.length < 10, "what waited comes in few batches");
    },
  },
  {
    name: "[L3] a subscriber far behind reads megabytes in order, one batch at a time",
    async test({ layer }) {
      const { head } = await layer.read("room", { limit: 1 });
      for (let n = 1; n <= 6; n++) {
        await Promise.all(numbers(1, 20).map((m) => layer.publish("room", say(`${20 * n + m}`.padEnd(10_000, ".")))));
      }
      let busy = 0;
      let most = 0;
      const seen = await witness(layer, "room", {
        after: head,
        async take() {
          most = Math.max(most, ++busy);
          await Promise.resolve();
          busy--;
        },
      });
      await seen.sees(120);
      assertEquals(most, 1);
      assertEquals(seen.texts.map((text) => parseInt(String(text))), numbers(21, 140));
    },
  },
  {
    name: "[L3] a resumed subscription goes on after the database was closed and opened again",
    async test(setting) {
      if (setting.reopen === undefined) return;
      const receipts = await Promise.all(numbers(1, 5).map((n) => setting.layer.publish("room", say(n))));
      await setting.reopen();
      const seen = await witness(setting.layer, "room", { after: receipts[2]?.cursor ?? "" });
      await setting.layer.publish("room", say(6));
      await seen.sees(3);
      assertEquals(seen.texts, [4, 5, 6]);
    },
  },
  {
    name: "[L3] cursors before a trim are expired, said aloud; the trim's own cursor and later ones are not",
    async test(setting) {
      const { layer } = setting;
      const { head } = await layer.read("room", { limit: 1 });
      const cursors = (await Promise.all(numbers(1, 9).map((n) => layer.publish("room", say(n))))).map(({ cursor }) =>
        cursor
      );
      await layer.trim("room", cursors[4] ?? "");
      for (const reader of setting.peers) {
        for (const after of [head, ...cursors.slice(0, 4)]) {
          await assertRejects(() => reader.read("room", { after, limit: 10 }), CursorExpired);
          await assertRejects(() => witness(reader, "room", { after }), CursorExpired);
        }
        for (const [i, after] of cursors.entries()) {
          if (i < 4) continue;
          assertEquals(textsOf((await reader.read("room", { after, limit: 10 })).entries), numbers(i + 2, 9));
          const seen = await witness(reader, "room", { after });
          await seen.sees(8 - i);
          assertEquals(seen.texts, numbers(i + 2, 9));
        }
        assertEquals(textsOf(await readAll(reader, "room")), [6, 7, 8, 9]);
      }
    },
  },
  {
    name: "[L3] what was trimmed stays trimmed: by an earlier cursor, by two at once, in another group's eyes",
    async test({ layer }) {
      const publish = (group: string) => Promise.all(numbers(1, 9).map((n) => layer.publish(group, say(n))));
      const [room, other] = await Promise.all([publish("room"), publish("other")]);
      const at = (n: number) => room[n - 1]?.cursor ?? "";
      await Promise.all([layer.trim("room", at(6)), layer.trim("room", at(3))]);
      await assertRejects(() => layer.read("room", { after: at(4), limit: 10 }), CursorExpired);
      await layer.trim("room", at(2));
      await assertRejects(() => layer.read("room", { after: at(5), limit: 10 }), CursorExpired);
      await layer.trim("room", at(6));
      assertEquals(textsOf((await layer.read("room", { after: at(6), limit: 10 })).entries), [7, 8, 9]);
      assertEquals(
        textsOf((await layer.read("other", { after: other[0]?.cursor ?? "", limit: 10 })).entries),
        numbers(2, 9),
      );
    },
  },
  {
    name: "[L3] a log that was trimmed to its end is empty, and goes on",
    async test({ layer }) {
      const { cursor } = await layer.publish("room", say(1));
      const seen = await witness(layer, "room");
      await layer.trim("room", cursor);
      const page = await layer.read("room", { limit: 10 });
      assertEquals([page.entries, page.more], [[], false]);
      const resumed = await witness(layer, "room", { after: page.head });
      await layer.publish("room", say(2));
      await Promise.all([seen.sees(1), resumed.sees(1)]);
      assertEquals([seen.texts, resumed.texts, seen.causes], [[2], [2], []]);
    },
  },
  {
    name: "[L3] 200 commits of a group with a Korean name of 200 characters can be trimmed",
    async test({ layer }) {
      const group = "가".repeat(200);
      const cursors: Cursor[] = [];
      // Events so large that few fit a commit.
      for (let n = 0; n < 200; n += 100) {
        const receipts = numbers(n + 1, n + 100).map((m) => layer.publish(group, say(`${m}`.padEnd(32_000, "."))));
        cursors.push(...(await Promise.all(receipts)).map(({ cursor }) => cursor));
      }
      await layer.trim(group, cursors[197] ?? "");
      assertEquals((await readAll(layer, group)).map(({ cursor }) => cursor), cursors.slice(198));
    },
  },
  {
    name:
      "[L3] a subscriber whose place is trimmed away while it is behind is ended with CursorExpired, or gets everything",
    async test({ layer }) {
      const { head } = await layer.read("room", { limit: 1 });
      const { open, passed } = gate();
      for (let n = 1; n <= 4; n++) await layer.publish("room", say(`${n}`.padEnd(50_000, ".")));
      const seen = await witness(layer, "room", { after: head, take: () => passed });
      await seen.sees(1);
      const { cursor } = await layer.publish("room", say("5"));
      await layer.trim("room", cursor);
      await layer.publish("room", say("6"));
      open();
      await until(() => seen.causes.length > 0 || seen.texts.includes("6"), "an end, or the end");
      seen.check();
      const numbersSeen = seen.texts.map((text) => parseInt(String(text)));
      assertEquals(numbersSeen, numbers(1, numbersSeen.length));
      if (seen.causes.length > 0) assertInstanceOf(seen.causes[0], CursorExpired);
      else assertEquals(numbersSeen.length, 6);
    },
  },
  {
    name: "[L3] a cursor of another database is expired, for read, subscribe and trim",
    async test({ layer }, traits) {
      await using elsewhere = await (traits.openAnother ?? traits.open)();
      const { cursor } = await elsewhere.layer.publish("room", say("elsewhere"));
      await layer.publish("room", say("here"));
      await assertExpired(layer, cursor);
      await assertRejects(() => layer.read("room", { before: cursor, limit: 10 }), CursorExpired);
      await assertRejects(() => layer.trim("room", cursor), CursorExpired);
      assertEquals(textsOf(await readAll(layer, "room")), ["here"]);
    },
  },
  {
    name: "[L3] a cursor that this database has not come to is expired: it was put back to an older state",
    async test({ layer }) {
      const { cursor } = await layer.publish("room", say(1));
      const epoch = cursor.slice(0, 6);
      await assertExpired(layer, `${epoch}${"f".repeat(23)}`);
      await assertExpired(layer, `${epoch}00${"f".repeat(16)}${"0".repeat(5)}`);
      await witness(layer, "room", { after: cursor });
    },
  },
  {
    name: "[L3] what is no cursor at all is bad_cursor, as a rejection, for read, subscribe and trim",
    async test({ layer }) {
      await layer.publish("room", say(1));
      for (const cursor of GARBAGE) {
        for (
          const ask of [
            () => layer.read("room", { after: cursor, limit: 10 }),
            () => layer.read("room", { before: cursor, limit: 10 }),
            () => layer.subscribe("room", { after: cursor, deliver() {} }),
            () => layer.trim("room", cursor),
          ]
        ) {
          const error = await assertRejects(ask, ChatError, undefined, JSON.stringify(cursor).slice(0, 50));
          assertEquals(error.code, "bad_cursor");
          assert(error.message.length < 200);
        }
      }
      assertEquals(textsOf(await readAll(layer, "room")), [1]);
    },
  },
];

async function assertExpired(layer: ChannelLayer, after: Cursor): Promise<void> {
  const error = await assertRejects(() => layer.read("room", { after, limit: 10 }), CursorExpired);
  assertEquals(error.code, "cursor_expired");
  await assertRejects(() => layer.subscribe("room", { after, deliver() {} }), CursorExpired);
}
