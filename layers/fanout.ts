/**
 * From a log to its subscribers on this isolate. A subscription is a cursor and nothing else: it is live (at the log's
 * head), held (its `deliver` has not settled), or reading (behind, on its way). Joining, resuming, a slow socket and an
 * outage are all the same thing, a cursor that is behind, and end the same way.
 *
 * What was delivered lately is kept once for all (the tail), within one bound for the isolate: whoever is a little
 * behind is served from memory, whoever is further behind from the log.
 *
 * @module
 */

import { type Cursor, epochOf, originCursor } from "./cursor.ts";
import {
  type Batch,
  CursorExpired,
  type Entry,
  LayerUnavailable,
  type Page,
  type SubscribeOptions,
  type Subscription,
} from "./layer.ts";

/** Options of {@linkcode Fanout}. */
export interface FanoutOptions {
  /** Reads a page of a group's log after a cursor, at most up to and with another. */
  readonly readLog: (group: string, after: Cursor, upTo: Cursor) => Promise<Page>;
  /** Characters of events that all tails together keep. Default 8 Mi. */
  readonly maxTailLength?: number;
  /** Milliseconds between tries while the log cannot be read. Default 250. */
  readonly retryMs?: number;
}

interface Tail {
  readonly fanout: Fanout;
  readonly group: string;
  /** The batches from here on are in memory. */
  start: Cursor;
  /** What this isolate knows of the log reaches to here. */
  head: Cursor;
  readonly batches: Batch[];
  readonly subscribers: Set<Subscriber>;
}

/** Its own {@linkcode Subscription}: there are thousands, and what is one object is not three. */
class Subscriber implements Subscription {
  readonly tail: Tail;
  readonly options: SubscribeOptions;
  /** Everything up to here was delivered, or is known not to exist. */
  at: Cursor;
  /** The cursor that the subscriber itself knows: its last entry's, or the one that it came with. */
  shown: Cursor;
  /** Transient entries up to here were before its time. */
  readonly since: Cursor;
  state: "live" | "held" | "reading" | "ended" = "reading";

  constructor(tail: Tail, options: SubscribeOptions, since: Cursor) {
    this.tail = tail;
    this.options = options;
    this.at = this.shown = options.after ?? since;
    this.since = since;
  }

  close(): void {
    this.tail.fanout.remove(this);
  }
}

/** Batch → the place of a subscriber → the batch as it has to be seen from there. */
const FITTED = new WeakMap<Batch, Map<string, Batch | undefined>>();

/** Most characters of events that a batch made from the tail holds. */
const MAX_BATCH_LENGTH = 64 * 1024;

/** The subscriptions of one isolate. */
export class Fanout {
  readonly #readLog: FanoutOptions["readLog"];
  readonly #maxTailLength: number;
  readonly #retryMs: number;
  readonly #tails = new Map<string, Tail>();
  /** Every tail's batches, oldest first: whose turn it is to be forgotten. */
  readonly #recent: { readonly tail: Tail; readonly length: number }[] = [];
  #tailLength = 0;
  readonly #retries = new Map<ReturnType<typeof setTimeout>, () => void>();
  readonly #reads = new Set<Promise<unknown>>();
  #closed = false;

  /**
   * Makes an isolate's subscriptions.
   *
   * @param options See {@linkcode FanoutOptions}.
   */
  constructor(options: FanoutOptions) {
    this.#readLog = options.readLog;
    this.#maxTailLength = options.maxTailLength ?? 8 * 1024 * 1024;
    this.#retryMs = options.retryMs ?? 250;
  }

  /** Whether anyone listens to the group here. */
  has(group: string): boolean {
    return this.#tails.has(group);
  }

  /** The groups that anyone listens to here. */
  groups(): IterableIterator<string> {
    return this.#tails.keys();
  }

  /**
   * Adds a subscription.
   *
   * @param group The group.
   * @param head How far this isolate has read; used when nobody listens to the group here yet.
   * @param options See {@linkcode SubscribeOptions}; `after` must be of this epoch.
   * @param now How far the log goes, where that is known to be further than `head`: from here on is "from now on".
   */
  subscribe(group: string, head: Cursor, options: SubscribeOptions, now: Cursor = head): Subscription {
    if (this.#closed) throw new LayerUnavailable(`Cannot subscribe to ${group}: the layer is closed`);
    let tail = this.#tails.get(group);
    if (tail === undefined) {
      tail = { fanout: this, group, start: head, head, batches: [], subscribers: new Set() };
      this.#tails.set(group, tail);
    }
    const subscriber = new Subscriber(tail, options, now > tail.head ? now : tail.head);
    tail.subscribers.add(subscriber);
    // Not before the caller holds the subscription, which an async `subscribe` hands on one turn later: `deliver` may want to close it.
    queueMicrotask(() => queueMicrotask(() => this.#readOn(subscriber)));
    return subscriber;
  }

  /** Ends a subscription. */
  remove(subscriber: Subscriber): void {
    const { tail } = subscriber;
    subscriber.state = "ended";
    tail.subscribers.delete(subscriber);
    if (tail.subscribers.size > 0 || this.#tails.get(tail.group) !== tail) return;
    this.#tails.delete(tail.group);
    tail.batches.length = 0;
  }

  /**
   * Hands on what was read. Entries must come in the log's order, each once.
   *
   * @param group The group; nothing happens when nobody listens to it here.
   * @param entries At least one.
   * @returns How many subscribers got them at once; the others read on by themselves.
   */
  deliver(group: string, entries: readonly Entry[]): number {
    const tail = this.#tails.get(group);
    const head = entries.at(-1)?.cursor;
    if (tail === undefined || head === undefined) return 0;
    const batch: Batch = { group, prev: tail.head, entries, head };
    tail.head = head;
    if (isForOne(tail)) forgetBatches(tail);
    else this.#keep(tail, batch);
    let handed = 0;
    for (const subscriber of tail.subscribers) {
      if (subscriber.state !== "live") continue;
      this.#hand(subscriber, batch);
      handed++;
    }
    return handed;
  }

  /** Says that entries up to `head` may have been missed: all subscriptions of the group read on from the log. */
  skipTo(group: string, head: Cursor): void {
    const tail = this.#tails.get(group);
    if (tail === undefined || tail.head >= head) return;
    // What was kept ends before the gap, so nothing of it may be served as if it went on to the head.
    tail.batches.length = 0;
    tail.start = tail.head = head;
    for (const subscriber of tail.subscribers) {
      if (subscriber.state === "live") this.#readOn(subscriber);
    }
    this.rewritten(group);
  }

  /** Says that what was handed on is no longer what the log holds: whoever is behind reads it there, and not from memory; all are told. */
  rewritten(group: string): void {
    const tail = this.#tails.get(group);
    if (tail === undefined) return;
    forgetBatches(tail);
    for (const subscriber of [...tail.subscribers]) {
      try {
        subscriber.options.rewritten?.();
      } catch (error) {
        this.#end(subscriber, error);
      }
    }
  }

  /** Ends all subscriptions; resolves when nothing is read any more. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const [timer, wake] of this.#retries) {
      clearTimeout(timer);
      wake();
    }
    const cause = new LayerUnavailable("The layer was closed");
    for (const tail of [...this.#tails.values()]) {
      for (const subscriber of [...tail.subscribers]) this.#end(subscriber, cause);
    }
    await Promise.allSettled(this.#reads);
  }

  #keep(tail: Tail, batch: Batch): void {
    let length = 0;
    for (const entry of batch.entries) length += entry.json.length;
    tail.batches.push(batch);
    this.#recent.push({ tail, length });
    this.#tailLength += length;
    while (this.#tailLength > this.#maxTailLength) {
      const oldest = this.#recent.shift();
      if (oldest === undefined) break;
      this.#tailLength -= oldest.length;
      // A tail that was cleared or left meanwhile has fewer batches than turns: then there is nothing to forget.
      const forgotten = oldest.tail.batches.shift();
      if (forgotten !== undefined) oldest.tail.start = forgotten.head;
    }
  }

  /** Hands a batch on; false when the subscriber is held by it, or ended. */
  #hand(subscriber: Subscriber, batch: Batch): boolean {
    const fitted = fit(batch, subscriber);
    if (batch.head > subscriber.at) subscriber.at = batch.head;
    if (fitted === undefined) return true;
    subscriber.shown = fitted.head;
    let settled: void | Promise<void>;
    try {
      settled = subscriber.options.deliver(fitted);
    } catch (error) {
      this.#end(subscriber, error);
      return false;
    }
    // Whatever else an untyped callback returns is no reason to wait.
    if (!(settled instanceof Promise)) return subscriber.state !== "ended";
    if (subscriber.state !== "ended") subscriber.state = "held";
    settled.then(
      () => {
        if (subscriber.state === "held") this.#readOn(subscriber);
      },
      (error) => this.#end(subscriber, error),
    );
    return false;
  }

  /** Brings a subscriber to the head: from the tail while it reaches back far enough, else a page from the log. */
  #readOn(subscriber: Subscriber): void {
    const { tail } = subscriber;
    while (subscriber.state !== "ended") {
      subscriber.state = "live";
      if (subscriber.at >= tail.head) return;
      if (subscriber.at < tail.start) {
        subscriber.state = "reading";
        this.#readPage(subscriber).catch((error) => this.#end(subscriber, error));
        return;
      }
      if (!this.#hand(subscriber, fromTail(tail, subscriber.at))) return;
    }
  }

  async #readPage(subscriber: Subscriber): Promise<void> {
    const { tail } = subscriber;
    const upTo = tail.head;
    let page: Page;
    let reading: Promise<Page> | undefined;
    try {
      reading = this.#readLog(tail.group, subscriber.at, upTo);
      this.#reads.add(reading);
      page = await reading;
    } catch (error) {
      if (error instanceof CursorExpired) throw error;
      // The log cannot be read now. The place is known, so waiting costs nothing and loses nothing.
      await this.#pause();
      if (subscriber.state === "reading") this.#readOn(subscriber);
      return;
    } finally {
      if (reading !== undefined) this.#reads.delete(reading);
    }
    if (subscriber.state !== "reading") return;
    subscriber.state = "live";
    const { entries, head, more } = page;
    const isReady = entries.length === 0 || this.#hand(subscriber, { group: tail.group, prev: head, entries, head });
    if (!more && subscriber.at < upTo) subscriber.at = upTo;
    if (isReady) this.#readOn(subscriber);
  }

  #pause(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#retries.delete(timer);
        resolve();
      }, this.#retryMs);
      this.#retries.set(timer, resolve);
    });
  }

  #end(subscriber: Subscriber, cause: unknown): void {
    if (subscriber.state === "ended") return;
    this.remove(subscriber);
    try {
      subscriber.options.ended?.(cause);
    } catch {
      // It was told. Whom this failure could be told, beside everyone else who is being served here, nobody knows.
    }
  }
}

/** The batch as this subscriber has to see it; undefined when nothing of it is new to it. The usual case returns `batch` itself. */
function fit(batch: Batch, subscriber: Subscriber): Batch | undefined {
  const { at, since, shown } = subscriber;
  const first = batch.entries[0];
  const isWhole = first !== undefined && first.cursor > at && (first.cursor > since || noneIsTransient(batch));
  if (isWhole && batch.prev === shown) return batch;
  // Many may have come back from the same place: theirs is one object, too.
  const place = isWhole ? shown : `${shown} ${at} ${since}`;
  let fitted = FITTED.get(batch);
  if (fitted === undefined) FITTED.set(batch, fitted = new Map());
  if (!fitted.has(place)) {
    const entries = isWhole
      ? batch.entries
      : batch.entries.filter((entry) => entry.cursor > at && !(entry.transient && entry.cursor <= since));
    const head = entries.at(-1)?.cursor;
    fitted.set(place, head === undefined ? undefined : { group: batch.group, prev: shown, entries, head });
  }
  return fitted.get(place);
}

function forgetBatches(tail: Tail): void {
  tail.batches.length = 0;
  tail.start = tail.head;
}

/** Whether the only one who listens gets it at once: then nobody is behind, and what every person hears of themselves is not kept for nobody. */
function isForOne({ subscribers }: Tail): boolean {
  if (subscribers.size !== 1) return false;
  for (const { state } of subscribers) return state === "live";
  return false;
}

function noneIsTransient(batch: Batch): boolean {
  return batch.entries.every((entry) => !entry.transient);
}

/** The batches of the tail that hold what comes after `at`, as one, up to a bound. */
function fromTail(tail: Tail, at: Cursor): Batch {
  // From the end: most who read from a tail are only a little behind.
  let index = tail.batches.findLastIndex((batch) => batch.head <= at) + 1;
  const first = tail.batches[index];
  if (first === undefined) throw new Error(`The tail of ${tail.group} ends before its own head`);
  const entries: Entry[] = [...first.entries];
  let length = 0;
  for (const entry of entries) length += entry.json.length;
  let { head } = first;
  for (
    let next = tail.batches[++index];
    next !== undefined && length < MAX_BATCH_LENGTH;
    next = tail.batches[++index]
  ) {
    for (const entry of next.entries) {
      entries.push(entry);
      length += entry.json.length;
    }
    head = next.head;
  }
  // One batch alone stays the object that the others got, and so does the frame that was made of it.
  return head === first.head ? first : { group: tail.group, prev: first.prev, entries, head };
}

/** Throws when a cursor is of another database. */
export function checkEpoch(cursor: Cursor, epoch: string): void {
  if (epochOf(cursor) === epoch) return;
  throw new CursorExpired(`Cannot read on from ${cursor}: it belongs to another database than ${originCursor(epoch)}`);
}
