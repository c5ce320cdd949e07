import { assertEquals } from "@std/assert";
import { unusedRoom } from "../../chat/room_names.ts";
import { keepRetention, trimRooms } from "../../chat/retention.ts";
import { indexRoom } from "../../chat/search/index_room.ts";
import { Search } from "../../chat/search/search.ts";
import type { ChannelLayer } from "../../layers/layer.ts";
import { chatter, onBothLayers, say } from "./search/a_room.ts";

const DAY_MS = 86_400_000;
const NOW = 100 * DAY_MS;

async function makeRoom(layer: ChannelLayer, name: string, retentionDays: number, pins: string[] = []): Promise<void> {
  const info = { ...unusedRoom(name), retentionDays };
  const value = { info, createdAt: 1, pins, owners: [], rules: 0 };
  await layer.commit({ sets: [{ key: ["room", name], value }] });
}

async function keysOf(layer: ChannelLayer, prefix: [string, string]): Promise<unknown[]> {
  return (await layer.list({ prefix, limit: 100 })).map(({ key }) => key[2]);
}

Deno.test("what is older than a room keeps it goes, with its documents; the rest and other rooms stay", async () => {
  await onBothLayers(async (layer) => {
    const old = { at: NOW - 8 * DAY_MS };
    for (const room of ["week", "ever"]) await say(layer, room, "old one", old);
    for (let i = 0; i < 1_100; i++) await say(layer, "week", `filler ${i}`, old);
    const last = await say(layer, "week", "old last", old);
    await indexRoom(layer, "week");
    const kept = await say(layer, "week", "new one", { at: NOW - 6 * DAY_MS });
    // A clock that was late for a moment: it is behind one that stays.
    await say(layer, "week", "old one behind", old);
    await makeRoom(layer, "week", 7, [last, kept]);
    await makeRoom(layer, "ever", 0);
    for (const cursor of [last, kept]) {
      await layer.commit({
        sets: [
          { key: ["message", "week", cursor], value: {} },
          { key: ["reaction", "week", cursor, "👍", "g_a"], value: { at: 1 } },
        ],
      });
    }
    const failures: unknown[] = [];
    const round = () =>
      trimRooms(layer, new AbortController().signal, { now: () => NOW, failed: (...told) => failures.push(told) });
    await round();
    const texts = (await layer.read("room:week", { limit: 10 })).entries.map(({ json }) => JSON.parse(json).text);
    assertEquals(texts, ["new one", "old one behind"]);
    assertEquals((await layer.read("room:ever", { limit: 10 })).entries.length, 1);
    assertEquals(await keysOf(layer, ["message", "week"]), [kept]);
    assertEquals(await keysOf(layer, ["reaction", "week"]), [kept]);
    assertEquals(await keysOf(layer, ["segment", "week"]), []);
    const [room] = await layer.get<{ pins: string[] }>([["room", "week"]]);
    assertEquals(room?.value.pins, [kept]);
    // Again, with nothing to do; and the index goes on where it was.
    await round();
    assertEquals(failures, []);
    await chatter(layer, "week", 600);
    assertEquals(await indexRoom(layer, "week"), 1);
    const search = new Search(layer);
    assertEquals((await search.messages(["week"], { text: "behind" }, { limit: 5 })).items.length, 1);
    await search.close();
  });
});

Deno.test("rounds end with their signal, and leave nothing running", async () => {
  await onBothLayers(async (layer) => {
    const end = new AbortController();
    const running = keepRetention(layer, end.signal, { everyMs: 60_000 });
    end.abort();
    await running;
  });
});
