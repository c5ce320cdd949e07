import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ChannelLayer, Cursor, Entry, LayerEvent } from "../../../layers/layer.ts";
import { peer, type Rule } from "../setting.ts";
import { gate, until } from "../until.ts";
import { numbers, readAll, say, textsOf, witness } from "../witness.ts";

const GONE: LayerEvent = { type: "gone" };

export const rewritingRules: readonly Rule[] = [
  {
    name: "[L12] an amended entry reads as its amendment at its old place, forwards and backwards, on every isolate",
    async test(setting) {
      const cursors = await publishMany(setting.layer, 6);
      await setting.layer.commit({ amends: [amend(cursors[1], "b"), amend(cursors[4], "e")] });
      await peer(setting, 1).commit({ amends: [amend(cursors[4], "e, again")] });
      const expected = [1, "b", 3, 4, "e, again", 6];
      for (const layer of setting.peers) {
        assertEquals(await backwards(layer), [cursors, expected]);
        for (const limit of [1, 2, 3, 5, 6, 7]) assertEquals(await forwards(layer, limit), [cursors, expected]);
      }
    },
  },
  {
    name:
      "[L12] an amendment is JSON like any other event, longer or shorter, and pages of any size hold everything once",
    async test({ layer }) {
      const cursors = await publishMany(layer, 12, (n) => `${n}`.padEnd(n % 2 === 0 ? 30_000 : 10, "."));
      const texts = numbers(1, 12).map((n) => `${n}`.padEnd(n % 3 === 0 ? 40_000 : 5, ","));
      for (const [i, text] of texts.entries()) {
        if (i % 4 !== 3) await layer.commit({ amends: [amend(cursors[i], text)] });
      }
      const expected = texts.map((text, i) => i % 4 !== 3 ? text : `${i + 1}`.padEnd(30_000, "."));
      for (const limit of [1, 2, 5, 11, 12, 13, 1_000]) {
        assertEquals(await forwards(layer, limit), [cursors, expected]);
        assertEquals(await backwards(layer, limit), [cursors, expected]);
      }
    },
  },
  {
    name: "[L12] what was long and is amended to be short: a page that ends early says that there is more",
    async test({ layer }) {
      const cursors = await publishMany(layer, 8, (n) => `${n}`.padEnd(30_000, "."), { isTogether: false });
      await layer.commit({ amends: cursors.map((cursor, i) => amend(cursor, i)) });
      for (const limit of [3, 8, 1_000]) {
        assertEquals(await forwards(layer, limit), [cursors, numbers(0, 7)]);
        assertEquals(await backwards(layer, limit), [cursors, numbers(0, 7)]);
      }
    },
  },
  {
    name: "[L12] a live subscriber sees entries as they were published, one that comes back sees them amended",
    async test(setting) {
      const { layer } = setting;
      const live = await witness(layer, "room");
      const { head } = await layer.read("room", { limit: 1 });
      const cursors = await publishMany(layer, 3);
      await live.sees(3);
      const also = [{ group: "other", event: say("told") }];
      await layer.publish("room", say("amended 2"), { also, change: { amends: [amend(cursors[1], "two")] } });
      await live.hears("amended 2");
      assertEquals(live.texts, [1, 2, 3, "amended 2"]);
      // One that nobody listens with yet: it reads the log.
      const back = await witness(peer(setting, 1), "room", { after: head });
      await back.hears("amended 2");
      if (setting.peers.length > 1) assertEquals(back.texts, [1, "two", 3, "amended 2"]);
    },
  },
  {
    name: "[L12] a retry of what was amended is a duplicate: it is compared with what was published",
    async test(setting) {
      const first = await setting.layer.publish("room", say("as sent"), { key: "k" });
      await setting.layer.commit({ amends: [amend(first.cursor, "amended")] });
      const again = await peer(setting, 1).publish("room", say("as sent"), { key: "k" });
      assertEquals(again, { cursor: first.cursor, duplicate: true, event: say("as sent") });
    },
  },
  {
    name: "[L12] an erased entry reads as what it was replaced by, its neighbours as they were, on every isolate",
    async test(setting) {
      for (const [round, isTogether] of [true, false].entries()) {
        const group = `room${round}`;
        const cursors = await publishMany(setting.layer, 7, (n) => `secret ${n}`, { group, isTogether });
        await peer(setting, 1).commit({ erases: [erase(cursors[2], group), erase(cursors[5], group)] });
        await peer(setting, 2).commit({ erases: [erase(cursors[0], group)] });
        const expected = numbers(1, 7).map((n) => [1, 3, 6].includes(n) ? undefined : `secret ${n}`);
        for (const layer of setting.peers) {
          assertEquals(await backwards(layer, 3, group), [cursors, expected]);
          for (const limit of [1, 3, 7]) assertEquals(await forwards(layer, limit, group), [cursors, expected]);
        }
        for (const entry of await readAll(setting.layer, group)) {
          assertEquals([1, 3, 6].includes(cursors.indexOf(entry.cursor) + 1), entry.json === `{"type":"gone"}`);
        }
      }
    },
  },
  {
    name:
      "[L12] whoever subscribes is told that something was erased or trimmed, on every isolate, and nobody of another group",
    async test(setting) {
      const cursors = await publishMany(setting.layer, 2, (n) => `secret ${n}`);
      const told: Record<string, number> = {};
      for (const [i, layer] of setting.peers.entries()) {
        for (const group of ["room", "other"]) {
          const rewritten = () => void (told[`${group} ${i}`] = 1 + (told[`${group} ${i}`] ?? 0));
          await layer.subscribe(group, { deliver() {}, rewritten });
        }
      }
      const isToldAll = () => setting.peers.every((_, i) => told[`room ${i}`] !== undefined);
      await setting.layer.commit({ erases: [erase(cursors[0])] });
      await until(isToldAll, "all are told of what was erased");
      // What one commit tells may come to an isolate by its own way and by the feed.
      await peer(setting, 1).publish("room", say("behind"));
      const seen = await witness(peer(setting, 2), "room", { after: cursors[1] ?? "" });
      await seen.hears("behind");
      for (const name of Object.keys(told)) delete told[name];
      await peer(setting, 2).trim("room", cursors[1] ?? "");
      await until(isToldAll, "all are told of what was trimmed");
      assertEquals(Object.keys(told).filter((name) => name.startsWith("other")), []);
    },
  },
  {
    name: "[L12] amends and erases of one row in one change, and of one entry: what is erased stays erased",
    async test(setting) {
      const cursors = await publishMany(setting.layer, 6);
      await setting.layer.commit({ amends: [amend(cursors[0], "a"), amend(cursors[1], "b")] });
      await peer(setting, 1).publish("room", say("told"), {
        change: {
          sets: [{ key: ["a"], value: 1 }],
          erases: [erase(cursors[3]), erase(cursors[0]), erase(cursors[2])],
          amends: [amend(cursors[2], "c"), amend(cursors[4], "e")],
        },
      });
      for (const layer of setting.peers) {
        const entries = await readAll(layer, "room");
        assertEquals(textsOf(entries), [undefined, "b", undefined, undefined, "e", 6, "told"]);
        assertEquals(entries.slice(0, 6).map(({ cursor }) => cursor), cursors);
      }
      await setting.layer.commit({ erases: [erase(cursors[0]), erase(cursors[1])] });
      assertEquals(textsOf(await readAll(setting.layer, "room")).slice(0, 2), [undefined, undefined]);
    },
  },
  {
    name: "[L12] to erase with something longer is a RangeError, and nothing is changed",
    async test({ layer }) {
      const [cursor, other] = await publishMany(layer, 2, (n) => n);
      const longer = { group: "room", cursor: cursor ?? "", event: say("longer than 1") };
      const sets = [{ key: ["a"] as const, value: 1 }];
      await assertRejects(() => layer.commit({ erases: [erase(other), longer], sets }), RangeError);
      // As many characters, but twice the bytes.
      const wider = { group: "room", cursor: cursor ?? "", event: { type: "message", t: "가나다" } };
      await assertRejects(() => layer.publish("room", say(3), { key: "k", change: { erases: [wider] } }), RangeError);
      assertEquals(textsOf(await readAll(layer, "room")), [1, 2]);
      assertEquals(await layer.get([["a"]]), [undefined]);
      await layer.commit({ erases: [{ ...longer, event: say(7) }], sets });
      assertEquals(textsOf(await readAll(layer, "room")), [7, 2]);
    },
  },
  {
    name:
      "[L12] what is not there any more, never was or is transient needs no amending and no erasing: the rest is done",
    async test({ layer }) {
      const cursors = await publishMany(layer, 4, (n) => n, { isTogether: false });
      const live = await layer.publish("room", say("live"), { transient: true });
      await layer.trim("room", cursors[1] ?? "");
      const nowhere = [cursors[0], cursors[1], live.cursor, `${cursors[3]?.slice(0, -3)}123`];
      await layer.commit({
        erases: [...nowhere.map((cursor) => erase(cursor)), erase(cursors[2]), erase(cursors[3], "other")],
        sets: [{ key: ["a"], value: 1 }],
      });
      await layer.commit({ amends: [...nowhere.map((cursor) => amend(cursor, "?")), amend(cursors[3], "four")] });
      assertEquals(textsOf(await readAll(layer, "room")), [undefined, "four"]);
      assertEquals(await readAll(layer, "other"), []);
      assertEquals((await layer.get([["a"]]))[0]?.value, 1);
    },
  },
  {
    name: "[L12] a retry of what was erased is a duplicate, and does not say what it was",
    async test(setting) {
      const first = await setting.layer.publish("room", say("secret"), { key: "k" });
      await publishMany(setting.layer, 2);
      await peer(setting, 1).commit({ erases: [erase(first.cursor)] });
      for (const layer of setting.peers) {
        for (const text of ["secret", "other"]) {
          const again = await layer.publish("room", say(text), { key: "k" });
          assertEquals(again, { cursor: first.cursor, duplicate: true, event: GONE });
        }
      }
    },
  },
  {
    name: "[L12] a subscriber that is held while something is erased does not get it afterwards",
    async test(setting) {
      const { open, passed } = gate();
      const late = await Promise.all(
        setting.peers.map((layer) => witness(layer, "room", { take: () => passed })),
      );
      await setting.layer.publish("room", say("held"));
      for (const seen of late) await seen.sees(1);
      const live = await Promise.all(setting.peers.map((layer) => witness(layer, "room")));
      const cursors = await publishMany(setting.layer, 3, (n) => `secret ${n}`);
      for (const seen of live) await seen.sees(3);
      await setting.layer.commit({ erases: [erase(cursors[1])] });
      // When an isolate has heard of something later it has heard of that.
      await setting.layer.publish("room", say("end"));
      for (const seen of live) await seen.hears("end");
      open();
      for (const seen of late) {
        await seen.hears("end");
        assertEquals(seen.texts, ["held", "secret 1", undefined, "secret 3", "end"]);
        assertEquals(seen.entries.map(({ cursor }) => cursor).slice(1, 4), cursors);
      }
    },
  },
  {
    name: "[L12] once commit() has resolved nobody on its isolate gets what was erased, however late",
    where: ({ isLocal }) => isLocal,
    async test({ layer }) {
      const { open, passed } = gate();
      const late = await witness(layer, "room", { take: () => passed });
      await layer.publish("room", say("held"));
      await late.sees(1);
      const live = await witness(layer, "room");
      const cursors = await publishMany(layer, 3, (n) => `secret ${n}`);
      await live.sees(3);
      await layer.commit({ erases: [erase(cursors[1])] });
      open();
      await late.sees(4);
      assertEquals(late.texts, ["held", "secret 1", undefined, "secret 3"]);
    },
  },
  {
    name: "[L12] erased in the turn in which it was published: nobody reads it",
    async test({ layer }) {
      const seen = await witness(layer, "room");
      const { cursor } = await layer.publish("room", say("secret"));
      await layer.commit({ erases: [erase(cursor)] });
      await layer.publish("room", say("end"));
      await seen.hears("end");
      assertEquals(seen.entries.length, 2);
      assertEquals(textsOf(await readAll(layer, "room")), [undefined, "end"]);
    },
  },
  {
    name: "[L12] trim() forgets amendments, too, and half a row that stays keeps what was erased and amended",
    async test(setting) {
      const { layer } = setting;
      const cursors = await publishMany(layer, 6);
      await layer.commit({ amends: numbers(0, 5).map((i) => amend(cursors[i], `amended ${i + 1}`)) });
      await layer.commit({ erases: [erase(cursors[1]), erase(cursors[4])] });
      await layer.trim("room", cursors[2] ?? "");
      for (const other of setting.peers) {
        assertEquals(textsOf(await readAll(other, "room")), ["amended 4", undefined, "amended 6"]);
      }
      await layer.trim("room", cursors[5] ?? "");
      assertEquals(await readAll(layer, "room"), []);
    },
  },
  {
    name: "[L12] erased from all isolates at once, while others publish and trim: all of it is gone, and nothing else",
    async test(setting) {
      const cursors = await publishMany(setting.layer, 24, (n) => `secret ${n}`);
      const [one, two] = [cursors.slice(0, 12), cursors.slice(12)];
      const last = await setting.layer.publish("elsewhere", say("trimmed"));
      await Promise.all([
        ...one.map((cursor, i) => peer(setting, i).commit({ erases: [erase(cursor)] })),
        peer(setting, 1).commit({ erases: two.slice(1).map((cursor) => erase(cursor)) }),
        ...numbers(1, 20).map((n) => peer(setting, n).publish("room", say(n))),
        setting.layer.trim("elsewhere", last.cursor),
        peer(setting, 2).trim("room", cursors[3] ?? ""),
      ]);
      const entries = await readAll(setting.layer, "room");
      const old = entries.filter(({ cursor }) => cursors.includes(cursor));
      assertEquals(old.map(({ cursor }) => cursor), cursors.slice(4));
      assertEquals(textsOf(old), cursors.slice(4).map((cursor) => cursor === two[0] ? "secret 13" : undefined));
      assertEquals(entries.length, 20 + 20);
    },
  },
  {
    name: "[L12] 100 entries in rows of their own are erased in one change",
    async test({ layer }) {
      const cursors = await publishMany(layer, 100, (n) => `secret ${n}`, { isTogether: false });
      await layer.commit({ erases: cursors.map((cursor) => erase(cursor)) });
      const entries = await readAll(layer, "room");
      assertEquals(entries.map(({ cursor }) => cursor), cursors);
      assert(entries.every(({ json }) => json === `{"type":"gone"}`));
    },
  },
];

async function publishMany(
  layer: ChannelLayer,
  count: number,
  textOf: (n: number) => unknown = (n) => n,
  { group = "room", isTogether = true } = {},
): Promise<Cursor[]> {
  const cursors: Promise<Cursor>[] = [];
  for (const n of numbers(1, count)) {
    cursors.push(layer.publish(group, say(textOf(n))).then(({ cursor }) => cursor));
    if (!isTogether) await cursors.at(-1);
  }
  return await Promise.all(cursors);
}

function amend(cursor: Cursor = "", text: unknown = "amended") {
  return { group: "room", cursor, event: say(text) };
}

function erase(cursor: Cursor = "", group = "room") {
  return { group, cursor, event: GONE };
}

async function backwards(layer: ChannelLayer, limit = 4, group = "room"): Promise<[Cursor[], unknown[]]> {
  return taken(await readAll(layer, group, limit));
}

async function forwards(layer: ChannelLayer, limit: number, group = "room"): Promise<[Cursor[], unknown[]]> {
  const all: Entry[] = [];
  // The beginning of what is kept: an empty page's head.
  const [first] = await readAll(layer, group);
  let { head } = await layer.read(group, { before: first?.cursor ?? "", limit: 1 });
  for (;;) {
    const page = await layer.read(group, { after: head, limit });
    all.push(...page.entries);
    assertEquals(page.more, page.entries.length > 0 && page.head < (await layer.read(group, { limit: 1 })).head);
    if (!page.more) return taken(all);
    head = page.head;
  }
}

function taken(entries: readonly Entry[]): [Cursor[], unknown[]] {
  return [entries.map(({ cursor }) => cursor), textsOf(entries)];
}
