/**
 * The implementations that live in the isolate of the test.
 *
 * @module
 */

import { type KvLayerOptions, openKvLayer } from "../../layers/kv.ts";
import type { ChannelLayer } from "../../layers/layer.ts";
import { createMemoryLayer } from "../../layers/memory.ts";
import { BACKOFF_MS, type Setting } from "./setting.ts";

/** A clock that goes on by itself, and can be pushed. */
function pushedClock(): { now: () => number; advance: (ms: number) => Promise<void> } {
  let aheadMs = 0;
  return {
    now: () => Date.now() + aheadMs,
    advance(ms) {
      aheadMs += ms;
      return Promise.resolve();
    },
  };
}

/** The layer in memory. */
export function openMemorySetting(): Promise<Setting> {
  const { now, advance } = pushedClock();
  const layer = createMemoryLayer({ now, backoffMs: BACKOFF_MS });
  return Promise.resolve({ layer, peers: [layer], advance, [Symbol.asyncDispose]: () => layer.close() });
}

/** Two layers on one handle of a database in memory. */
export async function openKvInMemory(options: KvLayerOptions = {}): Promise<Setting> {
  const { now, advance } = pushedClock();
  const kv = await Deno.openKv(":memory:");
  const layer = await openKvLayer(kv, { now, backoffMs: BACKOFF_MS, ...options });
  const other = await openKvLayer(kv, { now, backoffMs: BACKOFF_MS, ...options });
  return {
    layer,
    peers: [layer, other],
    advance,
    async [Symbol.asyncDispose]() {
      await Promise.all([layer.close(), other.close()]);
      kv.close();
    },
  };
}

/** A path for a database in a folder of its own. */
export async function newDatabase(): Promise<{ path: string; remove: () => Promise<void> }> {
  const folder = await Deno.makeTempDir({ prefix: "maru_layers_" });
  return { path: `${folder}/maru.sqlite`, remove: () => Deno.remove(folder, { recursive: true }) };
}

/** A layer with two handles on a file, one to write and one to read. */
export async function openOnFile(
  path: string,
  options: KvLayerOptions = {},
): Promise<{ layer: ChannelLayer; close: () => Promise<void> }> {
  const kv = await openHandle(path);
  const reads = await openHandle(path);
  const layer = await openKvLayer(kv, { reads, backoffMs: BACKOFF_MS, ...options });
  const close = async () => {
    await layer.close();
    kv.close();
    reads.close();
  };
  return { layer, close };
}

/** A handle on a file: `Deno.openKv` itself may find it locked when several isolates open it at once. */
export async function openHandle(path: string): Promise<Deno.Kv> {
  for (let tries = 1;; tries++) {
    try {
      return await Deno.openKv(path);
    } catch (error) {
      if (tries === 100 || !String(error).includes("locked")) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

/** Two layers on a file, each with two handles of its own. */
export async function openKvOnFile(options: KvLayerOptions = {}): Promise<Setting> {
  const { now, advance } = pushedClock();
  const { path, remove } = await newDatabase();
  const open = async () => {
    const first = await openOnFile(path, { now, ...options });
    const second = await openOnFile(path, { now, ...options });
    return { layer: first.layer, peers: [first.layer, second.layer], both: [first, second] };
  };
  let opened = await open();
  const close = () => Promise.all(opened.both.map((peer) => peer.close()));
  return {
    get layer() {
      return opened.layer;
    },
    get peers() {
      return opened.peers;
    },
    advance,
    async reopen() {
      await close();
      opened = await open();
    },
    async [Symbol.asyncDispose]() {
      await close();
      await remove();
    },
  };
}
