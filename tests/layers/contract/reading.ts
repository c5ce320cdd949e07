import { assert, assertEquals, assertRejects } from "@std/assert";
import { type ChannelLayer, type Cursor, CursorExpired, type Entry } from "../../../layers/layer.ts";
import { ChatError } from "../../../protocol/errors.ts";
import { peer, type Rule } from "../setting.ts";
import { numbers, readAll, say, textsOf } from "../witness.ts";

/** Characters after which a page ends. */
const PAGE = 64 * 1024;

export const readingRules: readonly Rule[] = [
  {
    name: "[L3] read() forwards in pages of any size gives the whole log, and says `more` exactly when there is more",
    async test(setting) {
      const entries = await publishMany(setting.layer, 23);
      for (const limit of [1, 2, 3, 11, 22, 23, 24, 1_000]) {
        assertEquals(await readForwards(peer(setting, limit), limit), { entries, pages: Math.ceil(23 / limit) });
      }
    },
  },
  {
    name: "[L3] read() backwards in pages of any size gives the whole log, and says `more` exactly when there is more",
    async test(setting) {
      const entries = await publishMany(setting.layer, 23);
      for (const limit of [1, 2, 3, 11, 22, 23, 24, 1_000]) {
        assertEquals(await readBackwards(peer(setting, limit), limit), { entries, pages: Math.ceil(23 / limit) });
      }
    },
  },
  {
    name: "[L3] neither after nor before means the newest, oldest first, and its head is the last",
    async test({ layer }) {
      const entries = await publishMany(layer, 9);
      for (const limit of [1, 4, 8, 9, 10]) {
        const page = await layer.read("room", { limit });
        assertEquals(page, { entries: entries.slice(-limit), more: limit < 9, head: entries[8]?.cursor ?? "" });
      }
    },
  },
  {
    name: "[L3] every cursor divides the log: what is before it, itself, what is after it",
    async test({ layer }) {
      const entries = await publishMany(layer, 12);
      for (const [i, { cursor }] of entries.entries()) {
        const before = await layer.read("room", { before: cursor, limit: 1_000 });
        const after = await layer.read("room", { after: cursor, limit: 1_000 });
        assertEquals(before.entries, entries.slice(0, i));
        assertEquals(after.entries, entries.slice(i + 1));
        assertEquals([before.more, after.more], [false, false]);
        assertEquals(after.head, entries.at(-1)?.cursor ?? "");
      }
    },
  },
  {
    name: "[L3] downTo ends a page of the newest at an entry, with it, and it is whole when it comes so far",
    async test(setting) {
      const entries = await publishMany(setting.layer, 12);
      const layer = peer(setting, 1);
      for (const [i, { cursor: downTo }] of entries.entries()) {
        const newest = await layer.read("room", { downTo, limit: 1_000 });
        assertEquals(newest, { entries: entries.slice(i), more: false, head: entries.at(-1)?.cursor ?? "" });
        const last = await layer.read("room", { downTo, limit: 3 });
        assertEquals([last.entries, last.more], [entries.slice(Math.max(i, 9)), i < 9]);
        const between = await layer.read("room", { downTo, before: entries[9]?.cursor ?? "", limit: 1_000 });
        assertEquals([between.entries, between.more], [entries.slice(i, 9), false]);
      }
      const [first, , third] = entries;
      await setting.layer.trim("room", first?.cursor ?? "");
      const kept = await setting.layer.read("room", { downTo: first?.cursor ?? "", limit: 1_000 });
      assertEquals([kept.entries, kept.more], [entries.slice(1), false]);
      const none = await layer.read("room", { downTo: third?.cursor ?? "", before: third?.cursor ?? "", limit: 10 });
      assertEquals([none.entries, none.more], [[], false]);
      const elsewhere = `${first?.cursor.startsWith("zzzzzz") ? "yyyyyy" : "zzzzzz"}${first?.cursor.slice(6)}`;
      await assertRejects(() => layer.read("room", { downTo: elsewhere, limit: 1 }), CursorExpired);
      await assertRejects(() => layer.read("room", { downTo: "x", limit: 1 }), ChatError, "not a cursor");
    },
  },
  {
    name: "[L3] an empty page says where to read on: where it was asked, else the beginning of what is kept",
    async test({ layer }) {
      const entries = await publishMany(layer, 3);
      const [first, , last] = entries;
      const end = await layer.read("room", { after: last?.cursor ?? "", limit: 10 });
      assertEquals(end, { entries: [], more: false, head: last?.cursor ?? "" });
      const start = await layer.read("room", { before: first?.cursor ?? "", limit: 10 });
      assertEquals([start.entries, start.more], [[], false]);
      assertEquals((await layer.read("room", { after: start.head, limit: 10 })).entries, entries);
      await layer.trim("room", first?.cursor ?? "");
      const kept = await layer.read("room", { before: entries[1]?.cursor ?? "", limit: 10 });
      assertEquals([kept.entries, kept.more], [[], false]);
      assertEquals((await layer.read("room", { after: kept.head, limit: 10 })).entries, entries.slice(1));
    },
  },
  {
    name: "[L3] a page ends at 64 Ki characters, never before one entry, and `more` stays exact",
    async test({ layer }) {
      const frame = JSON.stringify(say("")).length;
      for (
        const [i, sizes] of [[PAGE / 2, PAGE / 2], [PAGE / 2, PAGE / 2, 40], [PAGE / 2, PAGE / 2 + 1], [59_000, 59_000]]
          .entries()
      ) {
        const group = `room${i}`;
        for (const size of sizes) await layer.publish(group, say("x".repeat(size - frame)));
        const forwards: number[][] = [];
        let page = await layer.read(group, { limit: 10 });
        const backwards = lengthsOf(page.entries);
        const backwardsMore = page.more;
        page = await layer.read(group, { before: page.entries[0]?.cursor ?? "", limit: 10 });
        let after = (await layer.read("nobody", { limit: 1 })).head;
        do {
          page = await layer.read(group, { after, limit: 10 });
          forwards.push(lengthsOf(page.entries));
          after = page.head;
        } while (page.more);
        const expected =
          [[[PAGE / 2, PAGE / 2]], [[PAGE / 2, PAGE / 2], [40]], [[PAGE / 2], [PAGE / 2 + 1]], [[59_000], [59_000]]][i];
        assertEquals(forwards, expected);
        assertEquals(backwards, [[PAGE / 2, PAGE / 2], [PAGE / 2, 40], [PAGE / 2 + 1], [59_000]][i]);
        assertEquals(backwardsMore, i > 0);
      }
    },
  },
  {
    name: "[L3] the entries of one commit may be spread over pages, in both directions",
    async test({ layer }) {
      const texts = numbers(1, 40).map((n) => `${n}`.padEnd(n % 7 === 0 ? 20_000 : 1_500, "."));
      const receipts = await Promise.all(texts.map((text) => layer.publish("room", say(text))));
      const cursors = receipts.map(({ cursor }) => cursor);
      for (const limit of [1, 3, 7, 40]) {
        const forwards = await readForwards(layer, limit);
        const backwards = await readBackwards(layer, limit);
        assertEquals(forwards.entries.map(({ cursor }) => cursor), cursors);
        assertEquals(backwards.entries, forwards.entries);
      }
      assertEquals(textsOf(await readAll(layer, "room", 7)), texts);
    },
  },
  {
    name: "[L3] a page of 1,000 small entries comes whole",
    async test({ layer }) {
      await Promise.all(numbers(1, 1_100).map((n) => layer.publish("room", say(n))));
      const newest = await layer.read("room", { limit: 1_000 });
      assertEquals(textsOf(newest.entries), numbers(101, 1_100));
      assert(newest.more);
      const first = await layer.read("room", { after: (await layer.read("nobody", { limit: 1 })).head, limit: 1_000 });
      assertEquals(textsOf(first.entries), numbers(1, 1_000));
      assert(first.more);
    },
  },
];

/** Some in one commit, some alone. */
async function publishMany(layer: ChannelLayer, count: number): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let n = 1; n <= count;) {
    const some = numbers(n, Math.min(count, n + n % 5));
    const receipts = await Promise.all(some.map((m) => layer.publish("room", say(m))));
    for (const { cursor, event } of receipts) entries.push({ cursor, json: JSON.stringify(event), transient: false });
    n += some.length;
  }
  return entries;
}

async function readForwards(layer: ChannelLayer, limit: number): Promise<{ entries: Entry[]; pages: number }> {
  const entries: Entry[] = [];
  let after: Cursor = (await layer.read("nobody", { limit: 1 })).head;
  for (let pages = 1;; pages++) {
    const page = await layer.read("room", { after, limit });
    entries.push(...page.entries);
    assertEquals(page.head, page.entries.at(-1)?.cursor ?? after);
    after = page.head;
    if (!page.more) return { entries, pages };
  }
}

async function readBackwards(layer: ChannelLayer, limit: number): Promise<{ entries: Entry[]; pages: number }> {
  const entries: Entry[] = [];
  let before: Cursor | undefined;
  for (let pages = 1;; pages++) {
    const page = await layer.read("room", { ...(before !== undefined && { before }), limit });
    entries.unshift(...page.entries);
    before = page.entries[0]?.cursor;
    if (!page.more) return { entries, pages };
  }
}

function lengthsOf(entries: readonly Entry[]): number[] {
  return entries.map(({ json }) => json.length);
}
