import { roomGroup } from "../../../chat/keys.ts";
import { Standings } from "../../../chat/standings.ts";
import { Webhooks } from "../../../chat/webhooks/webhooks.ts";
import { createWebhookWorker, type WebhookWorkerParts } from "../../../chat/webhooks/worker.ts";
import { openKvLayer } from "../../../layers/kv.ts";
import type { ChannelLayer } from "../../../layers/layer.ts";
import { createMemoryLayer } from "../../../layers/memory.ts";
import type { Caller } from "../../../protocol/caller.ts";

/** Who may configure every room. */
export const ADMIN: Caller = { user: { id: "s_admin", name: "관리" }, kind: "signed", isAdmin: true, credential: "c" };

/** A layer of either kind; its end is the end of all that it holds. */
export interface Ground extends AsyncDisposable {
  readonly layer: ChannelLayer;
}

/** Name → opens a layer. */
export const GROUNDS: Readonly<Record<string, () => Promise<Ground>>> = {
  memory() {
    const layer = createMemoryLayer();
    return Promise.resolve({ layer, [Symbol.asyncDispose]: () => layer.close() });
  },
  async kv() {
    const kv = await Deno.openKv(":memory:");
    const layer = await openKvLayer(kv);
    return {
      layer,
      async [Symbol.asyncDispose]() {
        await layer.close();
        kv.close();
      },
    };
  },
};

/** Says something in the lobby, or in another room. */
export async function say(layer: ChannelLayer, text: string, room = "lobby"): Promise<string> {
  const event = { type: "message", at: 1, user: { id: "g_1", name: "민지" }, text };
  return (await layer.publish(roomGroup(room), event)).cursor;
}

/** Webhooks of a layer, allowed to post to this machine. */
export function webhooksOf(layer: ChannelLayer, now?: () => number): Webhooks {
  const standings = new Standings(layer);
  return new Webhooks({ layer, standings, posting: { allowPrivate: true }, ...(now && { now }) });
}

/** A worker at work. */
export interface AtWork extends AsyncDisposable {
  /** What it was not told to expect. */
  readonly faults: unknown[];
  /** The pauses that it made, in milliseconds, polls left out. */
  readonly pauses: number[];
}

/** Starts a worker that waits for nothing: a pause between two tries passes on the clock that it is given. */
export function work(
  layer: ChannelLayer,
  given: Partial<WebhookWorkerParts> & { clock?: { now: number } } = {},
): AtWork {
  const { clock = { now: 1_000_000 }, ...parts } = given;
  const abort = new AbortController();
  const faults: unknown[] = [];
  const pauses: number[] = [];
  const worker = createWebhookWorker({
    layer,
    posting: { allowPrivate: true, timeoutMs: 2_000 },
    report: (_, error) => faults.push(error),
    now: () => clock.now,
    random: () => 1,
    pollMs: POLL_MS,
    wait: (ms, signal) => {
      if (ms !== POLL_MS) {
        pauses.push(ms);
        clock.now += ms;
        return signal.aborted ? Promise.reject(signal.reason) : new Promise((resolve) => setTimeout(resolve, 0));
      }
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    },
    ...parts,
  });
  const done = worker(abort.signal);
  return {
    faults,
    pauses,
    async [Symbol.asyncDispose]() {
      abort.abort();
      await done;
    },
  };
}

const POLL_MS = 123_456;
