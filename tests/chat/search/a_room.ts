/** A layer of each kind, and a room to talk in. */

import { roomGroup } from "../../../chat/keys.ts";
import { openKvLayer } from "../../../layers/kv.ts";
import type { ChannelLayer, Cursor } from "../../../layers/layer.ts";
import { createMemoryLayer } from "../../../layers/memory.ts";

/** Runs something on both implementations. */
export async function onBothLayers(test: (layer: ChannelLayer) => Promise<void>): Promise<void> {
  const memory = createMemoryLayer();
  try {
    await test(memory);
  } finally {
    await memory.close();
  }
  const kv = await Deno.openKv(":memory:");
  const durable = await openKvLayer(kv);
  try {
    await test(durable);
  } finally {
    await durable.close();
    kv.close();
  }
}

/** Somebody. */
export const minji = { id: "g_minji", name: "민지" };

/** Says something; answers its cursor. */
export async function say(layer: ChannelLayer, room: string, text: string, more: object = {}): Promise<Cursor> {
  const { cursor } = await layer.publish(roomGroup(room), { type: "message", at: 1, user: minji, text, ...more });
  return cursor;
}

/** Says much that is not looked for: together, so that many share a commit. */
export async function chatter(layer: ChannelLayer, room: string, count: number): Promise<Cursor[]> {
  return await Promise.all(
    Array.from({ length: count }, (_, i) => say(layer, room, `filler number${i} 아무말${i % 7}`)),
  );
}
