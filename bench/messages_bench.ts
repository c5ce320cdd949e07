/**
 * What a message costs beside a bare publish of the same event, and what it costs to open a room of 100,000: `deno task bench:units`, on a
 * file that is fsynced.
 *
 * @module
 */

import { History } from "../chat/history.ts";
import { documentKey, roomGroup } from "../chat/keys.ts";
import { Messages } from "../chat/messages.ts";
import { Reactions } from "../chat/reactions.ts";
import { Standings } from "../chat/standings.ts";
import { openKvLayer } from "../layers/kv.ts";
import type { ChannelLayer } from "../layers/layer.ts";
import { createMemoryLayer } from "../layers/memory.ts";
import type { Caller } from "../protocol/caller.ts";

/** Messages of the room that is opened. */
const MESSAGES = Number(Deno.args[0] ?? 100_000);

const folder = await Deno.makeTempDir({ prefix: "maru_bench_" });
const kv = await Deno.openKv(`${folder}/bench.sqlite`);
const reads = await Deno.openKv(`${folder}/bench.sqlite`);
const durable = await openKvLayer(kv, { reads });
const caller: Caller = {
  user: { id: "g_0123456789abcdef", name: "민지" },
  kind: "guest",
  isAdmin: false,
  credential: "c",
};
const text = "x".repeat(80);
let keys = 0;

/** What sending was before there were members: one publish. */
async function sendBare(layer: ChannelLayer, count: number): Promise<void> {
  const { user } = caller;
  await Promise.all(Array.from({ length: count }, () => {
    const key = `${keys++}`;
    const event = { type: "message", at: Date.now(), user, key, text };
    return layer.publish("room:bare", event, { key, author: "", isSame: (first) => first["text"] === text });
  }));
}

/** A room with one member on a layer. */
async function open(layer: ChannelLayer) {
  const { user } = caller;
  const info = { name: "r", kind: "public", write: "members", slowModeS: 0, retentionDays: 0, archived: false };
  await layer.commit({
    sets: [
      {
        key: documentKey("room", "r"),
        value: { info, createdAt: 0, pins: [], owners: [user.id], rules: 0 },
      },
      { key: documentKey("member", "r", user.id), value: { user, role: "owner", joinedAt: 0 } },
    ],
  });
  const parts = { layer, standings: new Standings(layer), now: Date.now };
  const reactions = new Reactions(parts);
  return { messages: new Messages(parts), reactions, history: new History({ ...parts, reactions }) };
}

for (const [name, layer] of [["memory", createMemoryLayer()], ["kv", durable]] as const) {
  const { messages } = await open(layer);
  const send = async (count: number) => {
    await Promise.all(Array.from({ length: count }, () => messages.send(caller, "r", { text, key: `${keys++}` })));
  };
  await send(1);
  const group = `100 messages at once, ${name}`;
  Deno.bench(`bare publish, ${name}`, { group, baseline: true }, async () => await sendBare(layer, 100));
  Deno.bench(`Messages.send, ${name}`, { group }, async () => await send(100));
}

// Opening a room: the newest page of 50, half of them edited and half with reactions.
const { messages, reactions, history } = await open(durable);
for (let sent = 0; sent < MESSAGES; sent += 1_000) {
  await Promise.all(Array.from({ length: 1_000 }, () => messages.send(caller, "r", { text })));
}
const { entries } = await durable.read(roomGroup("r"), { limit: 50 });
for (const [n, { cursor }] of entries.entries()) {
  if (n % 2 === 0) await messages.edit(caller, "r", cursor, `${text} ${n}`);
  else await reactions.react(caller, "r", cursor, "👍", true);
}
const times: number[] = [];
for (let round = 0; round < 300; round++) {
  const start = performance.now();
  const { items } = await history.read(caller, "r", { limit: 50 });
  times.push(performance.now() - start);
  if (items.length !== 50) throw new Error(`The page has ${items.length} messages instead of 50`);
}
times.sort((a, b) => a - b);
const at = (share: number) => times[Math.floor(share * (times.length - 1))]?.toFixed(2);
console.log(`newest 50 of ${MESSAGES}, half edited, half with reactions: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
Deno.bench("newest 50 of a long room", async () => {
  await history.read(caller, "r", { limit: 50 });
});

globalThis.addEventListener("unload", () => {
  kv.close();
  reads.close();
  Deno.removeSync(folder, { recursive: true });
});
