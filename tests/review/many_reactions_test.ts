import { assertEquals } from "@std/assert";
import { forgetReactions } from "../../chat/deletion.ts";
import { documentKey, roomGroup } from "../../chat/keys.ts";
import { trimRoom } from "../../chat/retention.ts";
import type { ChannelLayer } from "../../layers/layer.ts";
import { onBothLayers, say } from "../chat/search/a_room.ts";

const ROOM = "𠮷".repeat(64);

/** Reactions of as many people as are forgotten in one step, by the longest names and ids that there are. */
async function reacted(layer: ChannelLayer): Promise<string> {
  const cursor = await say(layer, ROOM, "x");
  for (let i = 0; i < 130; i++) {
    const id = `s_${"가".repeat(125)}${String(i).padStart(3, "0")}`;
    const key = documentKey("reaction", ROOM, cursor, "👨‍👩‍👧‍👦", id);
    await layer.commit({ sets: [{ key, value: { user: { id, name: "x" }, at: 1 } }] });
  }
  return cursor;
}

const left = (layer: ChannelLayer) => layer.list({ prefix: ["reaction"], limit: 1 });

Deno.test("reactions of people with the longest ids are forgotten with their message, deleted or no longer kept", async () => {
  await onBothLayers(async (layer) => {
    await forgetReactions(layer, ROOM, await reacted(layer));
    assertEquals(await left(layer), []);
    await reacted(layer);
    await trimRoom(layer, ROOM, Date.now());
    assertEquals(await left(layer), []);
    assertEquals((await layer.read(roomGroup(ROOM), { limit: 1 })).entries, []);
  });
});
