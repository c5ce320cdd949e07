import { assert, assertEquals, assertRejects } from "@std/assert";
import { Finder } from "../../chat/search/finder.ts";
import { Search } from "../../chat/search/search.ts";
import { Standings } from "../../chat/standings.ts";
import { documentKey } from "../../chat/keys.ts";
import type { ChannelLayer } from "../../layers/layer.ts";
import { createMemoryLayer } from "../../layers/memory.ts";
import { ChatError } from "../../protocol/errors.ts";
import { callerOf } from "../chat/chat_stage.ts";
import { onBothLayers, say } from "../chat/search/a_room.ts";

const ROOMS = Array.from({ length: 60 }, (_, n) => `room-${n}`);

/** A clock that each read moves on by a millisecond, and how many reads were under way at once. */
function counted(layer: ChannelLayer) {
  const seen = { ms: 0, reads: 0, atOnce: 0, most: 0 };
  const read: ChannelLayer["read"] = async (group, options) => {
    seen.ms++;
    seen.reads++;
    seen.most = Math.max(seen.most, ++seen.atOnce);
    try {
      return await layer.read(group, options);
    } finally {
      seen.atOnce--;
    }
  };
  return {
    seen,
    layer: new Proxy(layer, { get: (target, name) => name === "read" ? read : Reflect.get(target, name) }),
  };
}

async function fill(layer: ChannelLayer): Promise<string[]> {
  const said: string[] = [];
  for (const room of ROOMS) {
    for (const word of ["needle", "hay"]) await say(layer, room, `${word} 1 in ${room}`);
    said.unshift(`needle 1 in ${room}`);
  }
  // One room is newer and older than all others, one is empty.
  await say(layer, "room-7", "needle 2 in room-7");
  return ["needle 2 in room-7", ...said];
}

Deno.test("a page of a search over many rooms ends with its time, and the pages together are whole and in order", async () => {
  await onBothLayers(async (given) => {
    const said = await fill(given);
    for (const budgetMs of [0, 5, 20, 60_000]) {
      const { seen, layer } = counted(given);
      const search = new Search(layer, { budgetMs, clock: () => seen.ms });
      const found: unknown[] = [];
      let next: string | undefined;
      for (let pages = 0;; pages++) {
        assert(pages < 500, `no end with ${budgetMs} ms`);
        const before = seen.ms;
        const page = await search.messages([...ROOMS, "empty"], { text: "needle" }, { next, limit: 7 });
        // What is begun is ended: the rooms that are asked together, then one step.
        assert(seen.ms - before <= budgetMs + 16, `${seen.ms - before} reads with a budget of ${budgetMs}`);
        found.push(...page.items.map(({ json }) => JSON.parse(json).text));
        ({ next } = page);
        if (next === undefined) break;
      }
      assertEquals(found, said, `${budgetMs} ms`);
      assert(seen.most <= 8, `${seen.most} reads at once`);
      await search.close();
    }
  });
});

Deno.test("a search over many rooms reads on only in those whose messages are the newest", async () => {
  const given = createMemoryLayer();
  await fill(given);
  const { seen, layer } = counted(given);
  const search = new Search(layer, { budgetMs: 60_000 });
  const { items } = await search.messages(ROOMS, { text: "needle" }, { limit: 5 });
  assertEquals(items.length, 5);
  assert(seen.reads <= ROOMS.length + 12, `${seen.reads} reads`);
  await search.close();
  await given.close();
});

Deno.test("what is said after a search has begun keeps none of its pages from what was said before", async () => {
  const given = createMemoryLayer();
  const said = await fill(given);
  const { seen, layer } = counted(given);
  const search = new Search(layer, { budgetMs: 5, clock: () => seen.ms });
  const found: unknown[] = [];
  let next: string | undefined;
  for (let pages = 0; pages === 0 || next !== undefined; pages++) {
    assert(pages < 500);
    const page = await search.messages(ROOMS, { text: "needle" }, { next, limit: 7 });
    found.push(...page.items.map(({ json }) => JSON.parse(json).text));
    ({ next } = page);
    await say(given, `room-${pages % 60}`, "needle that came later");
  }
  const older = found.filter((text) => text !== "needle that came later");
  assertEquals(older, said);
  assertEquals(new Set(older).size, older.length);
  await search.close();
  await given.close();
});

Deno.test("one person's searches are done one after the other, and one that is refused holds up none", async () => {
  const given = createMemoryLayer();
  await fill(given);
  const [minji, jun] = [callerOf("g_minji", "민지"), callerOf("g_jun", "준")];
  await given.commit({
    sets: ROOMS.map((room) => ({
      key: documentKey("membership", minji.user.id, room),
      value: { joinedAt: 1, notify: "all", favourite: false },
    })),
  });
  const { seen, layer } = counted(given);
  const search = new Search(layer);
  const finder = new Finder({ layer, standings: new Standings(layer), search });
  const refused = assertRejects(
    () => finder.messages(minji, { text: "needle" }, { next: "no cursor", limit: 5 }),
    ChatError,
  );
  const pages = await Promise.all(
    Array.from({ length: 20 }, () => finder.messages(minji, { text: "needle" }, { limit: 5 })),
  );
  await refused;
  for (const { items } of pages) assertEquals(items.length, 5);
  assert(seen.most <= 8, `${seen.most} reads at once`);
  assertEquals((await finder.messages(jun, { text: "needle" }, { limit: 5 })).items, []);
  await search.close();
  await given.close();
});

Deno.test("what somebody else searches for at the same time in some of the same rooms changes nothing", async () => {
  await onBothLayers(async (layer) => {
    const shared = ROOMS.slice(0, 20);
    // Newest first: two that both find, one that only the first one may read, and so on.
    const rooms = ["room-0", "own", "room-0", "room-0", "own", "room-0", "room-0"];
    const said = await rooms.reduce<Promise<string[]>>(async (before, room) => [
      ...await before,
      await say(layer, room, "needle"),
    ], Promise.resolve([]));
    const search = new Search(layer, { budgetMs: 10_000 });
    const first = (limit: number, next?: string) =>
      search.messages([...shared, "own"], { text: "needle" }, { limit, next });
    const second = (limit: number, next?: string) => search.messages(shared, { text: "needle" }, { limit, next });
    const [theirs, ours] = [await second(2), await first(2)];
    assertEquals(theirs.next, ours.next);
    const next = await first(2, ours.next);
    // Ends where the first one's page ended, and knows nothing of its other room.
    const other = await second(1, theirs.next);
    assertEquals(other.next, next.next);
    const last = await first(10, next.next);
    const found = [ours, next, last].flatMap(({ items }) => items.map(({ cursor }) => cursor));
    assertEquals(found, said.toReversed());
    await search.close();
  });
});
