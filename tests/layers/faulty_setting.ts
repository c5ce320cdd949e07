import { type KvLayerOptions, openKvLayer } from "../../layers/kv.ts";
import type { ChannelLayer, Cursor, LayerEvent, PublishOptions, Receipt } from "../../layers/layer.ts";
import { FaultyKv } from "./faulty_kv.ts";
import { BACKOFF_MS } from "./setting.ts";

/** A layer whose database fails as it is told, and one over the same logs whose database is well. */
export interface FaultySetting extends AsyncDisposable {
  readonly layer: ChannelLayer;
  readonly faulty: FaultyKv;
  readonly healthy: ChannelLayer;
  /** The database itself. */
  readonly kv: Deno.Kv;
}

/** Milliseconds that every operation has, in these tests. */
export const DEADLINE_MS = 250;

/** What a test may be late by on a busy machine. */
export const SLACK_MS = 500;

/** Opens a {@linkcode FaultySetting}; the faults begin when the test says so. */
export async function openFaulty(
  options: KvLayerOptions = {},
  prepare?: (faulty: FaultyKv) => void,
): Promise<FaultySetting> {
  const kv = await Deno.openKv(":memory:");
  const faulty = new FaultyKv(kv);
  prepare?.(faulty);
  const layer = await openKvLayer(faulty.kv, {
    deadlineMs: DEADLINE_MS,
    pollMs: 20,
    backoffMs: BACKOFF_MS,
    ...options,
  });
  const healthy = await openKvLayer(kv, { backoffMs: BACKOFF_MS });
  return {
    layer,
    faulty,
    healthy,
    kv,
    async [Symbol.asyncDispose]() {
      faulty.read = faulty.write = undefined;
      await Promise.all([layer.close(), healthy.close()]);
      kv.close();
    },
  };
}

/** Publishes one after the other, as a client does: on a busy machine a backend that is well can be late, too. */
export async function publishAll(layer: ChannelLayer, texts: readonly unknown[], group = "room"): Promise<void> {
  for (const text of texts) {
    await publishUntilAnswered(layer, group, { type: "message", text }, { key: crypto.randomUUID() });
  }
}

/** What a client does: it tries with the same key until it is answered. */
export async function publishUntilAnswered(
  layer: ChannelLayer,
  group: string,
  event: LayerEvent,
  options: PublishOptions & { readonly key: string },
): Promise<Receipt> {
  for (let tries = 1;; tries++) {
    try {
      return await layer.publish(group, event, options);
    } catch (error) {
      if (tries === 50 || !(error instanceof Error && error.name === "LayerUnavailable")) throw error;
    }
  }
}

/** Deletes the feed's rows that `which` names, counted from the oldest of each shard, as if they had expired. */
export async function expireFeed(kv: Deno.Kv, which: (index: number, count: number) => boolean): Promise<number> {
  const shards = new Map<unknown, Deno.KvKey[]>();
  for await (const { key } of kv.list({ prefix: ["feed"] })) shards.set(key[1], [...shards.get(key[1]) ?? [], key]);
  let expired = 0;
  for (const keys of shards.values()) {
    for (const [index, key] of keys.entries()) {
      if (!which(index, keys.length)) continue;
      await kv.delete(key);
      expired++;
    }
  }
  return expired;
}

/** The cursors of receipts. */
export function cursorsOf(receipts: readonly Receipt[]): Cursor[] {
  return receipts.map(({ cursor }) => cursor);
}
