/**
 * The cost of appending and reading: `deno task bench:units`, on a file that is fsynced.
 *
 * @module
 */

import { openKvLayer } from "../layers/kv.ts";
import type { ChannelLayer, PublishOptions } from "../layers/layer.ts";
import { createMemoryLayer } from "../layers/memory.ts";

const folder = await Deno.makeTempDir({ prefix: "maru_bench_" });
const kv = await Deno.openKv(`${folder}/bench.sqlite`);
const reads = await Deno.openKv(`${folder}/bench.sqlite`);
const durable = await openKvLayer(kv, { reads });
const memory = createMemoryLayer();
const room = ["room", "bench"] as const;
let keys = 0;

const event = {
  type: "message",
  at: 1_795_000_000_000,
  user: { id: "g_0123456789abcdef", name: "민지" },
  text: "x".repeat(80),
};

/** Appends that are on their way together, as those of many sockets are. */
async function append(layer: ChannelLayer, count: number, options: PublishOptions = {}): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, () => layer.publish("bench", event, { ...options, key: `${keys++}` })),
  );
}

for (const [name, layer] of [["memory", memory], ["kv", durable]] as const) {
  // Deno waits for what an `async` function returns, and for no other promise.
  Deno.bench(`append 1 to ${name}`, { group: "append 1" }, async () => await append(layer, 1));
  Deno.bench(`append 100 at once to ${name}`, { group: "append 100" }, async () => await append(layer, 100));
  // As every message checks its room. 99, because one commit has at most 100 checks, and each key is one.
  await layer.commit({ sets: [{ key: room, value: { members: 12 } }] });
  const [document] = await layer.get([room]);
  const change = { checks: [{ key: room, version: document?.version ?? null }] };
  Deno.bench(`append 99 at once to ${name}`, { group: "append 99" }, async () => await append(layer, 99));
  Deno.bench(`append 99 at once that check one document to ${name}`, { group: "append 99" }, async () => {
    await append(layer, 99, { change });
  });
  Deno.bench(`read the newest 50 of ${name}`, { group: "read 50" }, async () => {
    await layer.read("bench", { limit: 50 });
  });
}

globalThis.addEventListener("unload", () => {
  kv.close();
  reads.close();
  Deno.removeSync(folder, { recursive: true });
});
