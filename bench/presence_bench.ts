/**
 * What it costs that 1,000 people come into one room and leave it, on a file that is fsynced; and to list them.
 *
 * @module
 */

import { presenceGroup } from "../chat/keys.ts";
import { Presence } from "../chat/presence.ts";
import { openKvLayer } from "../layers/kv.ts";
import type { ChannelLayer } from "../layers/layer.ts";

const PEOPLE = 1_000;

const folder = await Deno.makeTempDir({ prefix: "maru_bench_" });
const kv = await Deno.openKv(`${folder}/bench.sqlite`);
const reads = await Deno.openKv(`${folder}/bench.sqlite`);
const inner = await openKvLayer(kv, { reads });
const count = { gets: 0, publishes: 0, documents: 0, commits: 0 };
const layer: ChannelLayer = {
  ...inner,
  get(keys) {
    count.gets++;
    return inner.get(keys);
  },
  commit(change) {
    count.commits++;
    return inner.commit(change);
  },
  publish(group, event, options) {
    count.publishes++;
    count.documents += (options?.change?.sets?.length ?? 0) + (options?.change?.deletes?.length ?? 0);
    return inner.publish(group, event, options);
  },
};
const people = Array.from({ length: PEOPLE }, (_, n) => ({ id: `g_${`${n}`.padStart(16, "0")}`, name: `사람 ${n}` }));
let events = 0;
let bytes = 0;
await inner.subscribe(presenceGroup("lobby"), {
  deliver: ({ entries }) => {
    for (const { json } of entries) {
      events++;
      bytes += new TextEncoder().encode(json).length;
    }
  },
});

async function come(): Promise<Presence> {
  const presence = new Presence(layer);
  for (const user of people) presence.enter("lobby", user);
  await presence.settled();
  return presence;
}

const first = await come();
console.log(`${PEOPLE} came: ${JSON.stringify(count)}`);
const { people: listed } = await first.people("lobby", { limit: 1_000 });
await first.close();
if (listed.length !== PEOPLE) throw new Error(`${listed.length} are listed`);
console.log(`${events} events, ${Math.round(bytes / events)} bytes each`);

Deno.bench(`${PEOPLE} people come`, async (bench) => {
  bench.start();
  const presence = await come();
  bench.end();
  await presence.close();
});

Deno.bench(`${PEOPLE} people leave`, async (bench) => {
  const presence = await come();
  bench.start();
  await presence.close();
  bench.end();
});

const full = await come();
Deno.bench(`list ${PEOPLE} people`, async () => {
  await full.people("lobby", { limit: 1_000 });
});

globalThis.addEventListener("unload", () => {
  kv.close();
  reads.close();
  Deno.removeSync(folder, { recursive: true });
});
