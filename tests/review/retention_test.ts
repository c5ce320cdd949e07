import { assertEquals } from "@std/assert";
import { trimRoom } from "../../chat/retention.ts";
import { openKvLayer } from "../../layers/kv.ts";
import { say } from "../chat/search/a_room.ts";

Deno.test("what a trim left that was interrupted goes in the next round, also where nothing new grows old", async () => {
  const kv = await Deno.openKv(":memory:");
  const layer = await openKvLayer(kv);
  try {
    await say(layer, "quiet", "old 1");
    const floor = await say(layer, "quiet", "old 2");
    // As far as an interrupted one has come: it raises the floor first.
    await kv.set(["floor", "room:quiet"], floor);
    await trimRoom(layer, "quiet", 1_000);
    const rows = await Array.fromAsync(kv.list({ prefix: ["log", "room:quiet"] }));
    assertEquals(rows.length, 0);
    assertEquals((await layer.read("room:quiet", { limit: 10 })).entries, []);
  } finally {
    await layer.close();
    kv.close();
  }
});
