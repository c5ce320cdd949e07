/**
 * The kv layer on a file with several isolates: `Worker`s that each have their own handles and their own layer. A test
 * speaks to them by messages, through {@linkcode ChannelLayer}s that look like any other.
 *
 * @module
 */

import type {
  Batch,
  Change,
  ChannelLayer,
  Cursor,
  Document,
  DocumentKey,
  FailedJob,
  JobHandler,
  LayerEvent,
  ListOptions,
  Page,
  PublishOptions,
  ReadOptions,
  Receipt,
  SendOptions,
  SubscribeOptions,
  Subscription,
} from "../../layers/layer.ts";
import { type Handlers, revive, Wire } from "./messages.ts";
import type { Setting } from "./setting.ts";
import { newDatabase } from "./settings.ts";

type Taker = (...args: never[]) => unknown;

/** One isolate, and the layer in it. */
export class Isolate implements ChannelLayer {
  readonly #worker: Worker;
  readonly #wire: Wire;
  /** Who takes what comes back, by number. */
  readonly #takers = new Map<string, Taker>();
  #lastId = 0;
  /** What this isolate's channels are called; known when it has opened. */
  #channel = "";

  constructor() {
    this.#worker = new Worker(new URL("./isolate_worker.ts", import.meta.url), { type: "module" });
    const handlers: Handlers = Object.fromEntries(["deliver", "ended", "rewritten", "handle", "job"].map((method) => [
      method,
      // Only this class gives out the numbers, to what takes what comes with them.
      (id: number, ...args: unknown[]) => this.#takers.get(`${method}:${id}`)?.(...args as never[]),
    ]));
    this.#wire = new Wire(this.#worker, handlers);
  }

  /** Resolves when the isolate runs. */
  begin(): Promise<void> {
    return this.#wire.call("begin");
  }

  /** Opens a database. */
  async open(path: string): Promise<void> {
    this.#takers.clear();
    this.#channel = await this.#wire.call("open", path);
  }

  /** Closes the layer and its handles. */
  shut(): Promise<void> {
    return this.#wire.call("close");
  }

  /** Ends the isolate. */
  terminate(): void {
    this.#worker.terminate();
  }

  /** Pushes the layer's clock. */
  advance(ms: number): Promise<void> {
    return this.#wire.call("advance", ms);
  }

  /** Subscribes a witness in the isolate itself. */
  async watch(group: string, options: { after?: Cursor; restTurns?: number } = {}): Promise<number> {
    const id = ++this.#lastId;
    await this.#wire.call("watch", id, group, options);
    return id;
  }

  /** What such a witness saw, once it has heard `last`. */
  watched(id: number, last: unknown): Promise<{ entries: { cursor: Cursor; json: string; transient: boolean }[] }> {
    return this.#wire.call("watched", id, last);
  }

  /** Publishes `<author>:1` … `<author>:<count>`; those that end in 9 are transient. */
  publishMany(group: string, author: string, count: number): Promise<Cursor[]> {
    return this.#wire.call("publishMany", group, author, count);
  }

  publish(group: string, event: LayerEvent, { isSame, ...options }: PublishOptions = {}): Promise<Receipt> {
    return this.#wire.call("publish", group, event, { ...options, ...(isSame && { isSame: isSame.toString() }) });
  }

  async subscribe(group: string, { after, deliver, ended, rewritten }: SubscribeOptions): Promise<Subscription> {
    const id = ++this.#lastId;
    let isClosed = false;
    const subscribed = Promise.withResolvers<void>();
    this.#takers.set(`deliver:${id}`, async (batch: Batch) => {
      await subscribed.promise;
      if (!isClosed) await deliver(batch);
    });
    this.#takers.set(`ended:${id}`, (cause: Parameters<typeof revive>[0]) => ended?.(revive(cause)));
    this.#takers.set(`rewritten:${id}`, () => rewritten?.());
    await this.#wire.call("subscribe", id, group, after);
    subscribed.resolve();
    return {
      close: () => {
        isClosed = true;
        this.#wire.call("unsubscribe", id);
      },
    };
  }

  async receive(channel: string, handle: (event: LayerEvent) => void | Promise<void>): Promise<Subscription> {
    const id = ++this.#lastId;
    this.#takers.set(`handle:${id}`, handle);
    await this.#wire.call("receive", id, channel);
    return { close: () => void this.#wire.call("unsubscribe", id) };
  }

  work(handlers: Readonly<Record<string, JobHandler>>): boolean {
    const id = ++this.#lastId;
    const known = new Map(Object.entries(handlers));
    this.#takers.set(
      `job:${id}`,
      (channel: string, event: LayerEvent, attempt: number) => known.get(channel)?.(event, attempt),
    );
    this.#wire.call("work", id, [...known.keys()]);
    return true;
  }

  newChannel(prefix = "specific"): string {
    return this.#channel.replace(/^[^.]+/, prefix).replace(/!.*$/, `!${crypto.randomUUID()}`);
  }

  read(group: string, options: ReadOptions): Promise<Page> {
    return this.#wire.call("read", group, options);
  }

  commit(change: Change): Promise<void> {
    return this.#wire.call("commit", change);
  }

  get<T>(keys: readonly DocumentKey[]): Promise<(Document<T> | undefined)[]> {
    return this.#wire.call("get", keys);
  }

  list<T>(options: ListOptions): Promise<Document<T>[]> {
    return this.#wire.call("list", options);
  }

  trim(group: string, upTo: Cursor): Promise<void> {
    return this.#wire.call("trim", group, upTo);
  }

  send(channel: string, event: LayerEvent, options: SendOptions = {}): Promise<void> {
    return this.#wire.call("send", channel, event, options);
  }

  failedJobs(options: { readonly limit?: number } = {}): Promise<FailedJob[]> {
    return this.#wire.call("failedJobs", options);
  }

  ping(): Promise<void> {
    return this.#wire.call("ping");
  }

  flush(): Promise<void> {
    return this.#wire.call("flush");
  }

  close(): Promise<void> {
    return this.#wire.call("closeLayer");
  }
}

/**
 * One layer made of several: every call goes to the next one. Only what is called for a group while another call for it is
 * on its way goes the same way as that: nobody promises an order between two isolates that are asked at once.
 */
class Spread implements ChannelLayer {
  readonly #isolates: readonly Isolate[];
  readonly #busy = new Map<string, { isolate: Isolate; calls: number }>();
  #turn = 0;

  constructor(isolates: readonly Isolate[]) {
    this.#isolates = isolates;
  }

  publish(group: string, event: LayerEvent, options?: PublishOptions): Promise<Receipt> {
    return this.#together(`group:${group}`, (isolate) => isolate.publish(group, event, options));
  }

  send(channel: string, event: LayerEvent, options?: SendOptions): Promise<void> {
    return this.#together(`channel:${channel}`, (isolate) => isolate.send(channel, event, options));
  }

  subscribe(group: string, options: SubscribeOptions): Promise<Subscription> {
    return this.#next().subscribe(group, options);
  }

  receive(channel: string, handle: (event: LayerEvent) => void | Promise<void>): Promise<Subscription> {
    return this.#next().receive(channel, handle);
  }

  read(group: string, options: ReadOptions): Promise<Page> {
    return this.#next().read(group, options);
  }

  commit(change: Change): Promise<void> {
    return this.#together("commit", (isolate) => isolate.commit(change));
  }

  get<T>(keys: readonly DocumentKey[]): Promise<(Document<T> | undefined)[]> {
    return this.#next().get(keys);
  }

  list<T>(options: ListOptions): Promise<Document<T>[]> {
    return this.#next().list(options);
  }

  trim(group: string, upTo: Cursor): Promise<void> {
    return this.#next().trim(group, upTo);
  }

  newChannel(prefix?: string): string {
    return this.#next().newChannel(prefix);
  }

  work(handlers: Readonly<Record<string, JobHandler>>): boolean {
    return this.#isolates.map((isolate) => isolate.work(handlers)).every(Boolean);
  }

  failedJobs(options?: { readonly limit?: number }): Promise<FailedJob[]> {
    return this.#next().failedJobs(options);
  }

  ping(): Promise<void> {
    return this.#next().ping();
  }

  async flush(): Promise<void> {
    await Promise.all(this.#isolates.map((isolate) => isolate.flush()));
  }

  async close(): Promise<void> {
    await Promise.all(this.#isolates.map((isolate) => isolate.close()));
  }

  #next(): Isolate {
    const isolate = this.#isolates[this.#turn++ % this.#isolates.length];
    if (isolate === undefined) throw new Error("There are no isolates");
    return isolate;
  }

  async #together<T>(name: string, call: (isolate: Isolate) => Promise<T>): Promise<T> {
    const busy = this.#busy.get(name) ?? { isolate: this.#next(), calls: 0 };
    this.#busy.set(name, busy);
    busy.calls++;
    try {
      return await call(busy.isolate);
    } finally {
      if (--busy.calls === 0) this.#busy.delete(name);
    }
  }
}

/** Opens a new database in all isolates at once. */
export async function openInIsolates(isolates: readonly Isolate[]): Promise<Setting & { readonly path: string }> {
  const { path, remove } = await newDatabase();
  const open = () => Promise.all(isolates.map((isolate) => isolate.open(path)));
  const shut = () => Promise.all(isolates.map((isolate) => isolate.shut()));
  await open();
  return {
    path,
    layer: new Spread(isolates),
    peers: isolates,
    async advance(ms) {
      await Promise.all(isolates.map((isolate) => isolate.advance(ms)));
    },
    async reopen() {
      await shut();
      await open();
    },
    async [Symbol.asyncDispose]() {
      await shut();
      await remove();
    },
  };
}
