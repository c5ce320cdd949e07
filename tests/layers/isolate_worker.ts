/**
 * An isolate of its own, with its own handles on the database and its own layer on them, that does what it is told.
 *
 * @module
 */

/// <reference lib="deno.worker" />

import type {
  Batch,
  Change,
  ChannelLayer,
  DocumentKey,
  LayerEvent,
  ListOptions,
  ReadOptions,
  SendOptions,
  Subscription,
} from "../../layers/layer.ts";
import { flatten, type Handlers, Wire } from "./messages.ts";
import { openOnFile } from "./settings.ts";
import { type Witness, witness } from "./witness.ts";

let opened: { layer: ChannelLayer; close: () => Promise<void> } | undefined;
/** One after the other, even when a test was given up in between. */
let changing: Promise<unknown> = Promise.resolve();
let aheadMs = 0;
const subscriptions = new Map<number, Subscription>();
const witnesses = new Map<number, Witness>();

const handlers: Handlers = {
  begin() {},
  open: (path: string) =>
    change(async () => {
      await close();
      aheadMs = 0;
      opened = await openOnFile(path, { now: () => Date.now() + aheadMs });
      return opened.layer.newChannel();
    }),
  close: () => change(close),
  advance(ms: number) {
    aheadMs += ms;
  },

  publish(group: string, event: LayerEvent, { isSame, ...options }: { isSame?: string; key?: string }) {
    if (isSame === undefined) return layer().publish(group, event, options);
    // A function cannot be sent, but what it says can; the tests' depend on nothing around them.
    return layer().publish(group, event, { ...options, isSame: new Function(`return ${isSame}`)() });
  },
  commit: (change: Change) => layer().commit(change),
  get: (keys: readonly DocumentKey[]) => layer().get(keys),
  list: (options: ListOptions) => layer().list(options),
  read: (group: string, options: ReadOptions) => layer().read(group, options),
  trim: (group: string, upTo: string) => layer().trim(group, upTo),
  async subscribe(id: number, group: string, after: string | undefined) {
    const subscription = await layer().subscribe(group, {
      ...(after !== undefined && { after }),
      // Held until the test has taken it.
      deliver: (batch: Batch) => wire.call("deliver", id, batch),
      ended: (cause) => void wire.call("ended", id, flatten(cause)),
      rewritten: () => void wire.call("rewritten", id),
    });
    subscriptions.set(id, subscription);
  },
  async receive(id: number, channel: string) {
    subscriptions.set(id, await layer().receive(channel, (event) => wire.call("handle", id, event)));
  },
  unsubscribe(id: number) {
    subscriptions.get(id)?.close();
  },
  send: (channel: string, event: LayerEvent, options: SendOptions) => layer().send(channel, event, options),
  work(id: number, channels: readonly string[]) {
    return layer().work(Object.fromEntries(channels.map((channel) => [
      channel,
      (event: LayerEvent, attempt: number) => wire.call("job", id, channel, event, attempt),
    ])));
  },
  failedJobs: (options: { limit?: number }) => layer().failedJobs(options),
  ping: () => layer().ping(),
  flush: () => layer().flush(),
  closeLayer: () => layer().close(),

  /** Subscribes a witness here: live, unless it is to rest for some turns after each batch. */
  async watch(id: number, group: string, { after, restTurns }: { after?: string; restTurns?: number }) {
    const take = async () => {
      for (let turn = 0; turn < (restTurns ?? 0); turn++) await new Promise((resolve) => setTimeout(resolve, 0));
    };
    const options = { ...(after !== undefined && { after }), ...(restTurns !== undefined && { take }) };
    witnesses.set(id, await witness(layer(), group, options));
  },
  /** What it saw, once it has heard `last`. */
  async watched(id: number, last: unknown) {
    const seen = await witnesses.get(id)?.hears(last);
    return { entries: seen?.entries, batches: seen?.batches.length };
  },
  /** Publishes `count` texts of an author as fast as they are acknowledged, some not waiting for that. */
  async publishMany(group: string, author: string, count: number) {
    const receipts: Promise<{ cursor: string }>[] = [];
    for (let n = 1; n <= count; n++) {
      const options = { author, ...(n % 2 === 0 && { key: `${n}` }), transient: n % 10 === 9 };
      receipts.push(layer().publish(group, { type: "message", text: `${author}:${n}` }, options));
      if (n % 4 === 0) await receipts.at(-1);
    }
    return (await Promise.all(receipts)).map(({ cursor }) => cursor);
  },
};
const wire = new Wire(self, handlers);

function change<T>(make: () => Promise<T>): Promise<T> {
  const changed = changing.then(make);
  changing = changed.catch(() => {});
  return changed;
}

async function close(): Promise<void> {
  await opened?.close();
  opened = undefined;
  subscriptions.clear();
  witnesses.clear();
}

function layer(): ChannelLayer {
  if (opened === undefined) throw new Error("No database is open here");
  return opened.layer;
}
