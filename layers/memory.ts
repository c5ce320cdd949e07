/**
 * The layer in memory: one isolate, nothing durable. The reference for what the contract means, and the layer for tests
 * and demonstrations.
 *
 * @module
 */

import { Channels } from "./channels.ts";
import { type Cursor, entryCursor, epochOf, newEpoch, originCursor, parseCursor, stampOf } from "./cursor.ts";
import { decodeEvent, encodeEvent, isSameEvent } from "./event.ts";
import { checkEpoch, Fanout } from "./fanout.ts";
import { type Job, type JobBackend, Jobs } from "./jobs.ts";
import {
  type ChannelLayer,
  Conflict,
  CursorExpired,
  type Entry,
  type FailedJob,
  type LayerEvent,
  LayerUnavailable,
  type Page,
  type PublishOptions,
  type ReadOptions,
  type Receipt,
  type SubscribeOptions,
  type Subscription,
} from "./layer.ts";
import { checkNames } from "./names.ts";
import { cutPage } from "./page.ts";

/** Options of {@linkcode createMemoryLayer}. */
export interface MemoryLayerOptions {
  /** Entries that a group keeps, at least 1; older ones are forgotten as if trimmed. Default 10,000. */
  readonly maxEntries?: number;
  /** Client keys that are remembered, the newest. Default 100,000. */
  readonly maxKeys?: number;
  /** Pauses before each further try of a job, in milliseconds; their number is the number of further tries. */
  readonly backoffMs?: readonly number[];
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

/** A longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

interface Log {
  entries: Entry[];
  /** Everything up to here was forgotten. */
  floor: Cursor;
}

/** Creates a layer that lives in this isolate's memory. */
export function createMemoryLayer(options: MemoryLayerOptions = {}): ChannelLayer {
  const { maxEntries = 10_000, maxKeys = 100_000, now = Date.now } = options;
  const epoch = newEpoch();
  const origin = originCursor(epoch);
  const logs = new Map<string, Log>();
  const sent = new Map<string, { cursor: Cursor; json: string }>();
  const fresh = new Map<string, Entry[]>();
  let stamps = 0;
  let head = origin;
  let closed = false;
  let closing: Promise<void> | undefined;

  const fanout = new Fanout({
    readLog: (group, after, upTo) => Promise.resolve(readAfter(group, after, 500, upTo)),
  });
  const jobs = new Jobs(memoryJobs(), { now, ...(options.backoffMs && { backoffMs: options.backoffMs }) });
  const layer: ChannelLayer = {
    // deno-lint-ignore require-await -- what is thrown has to be a rejection
    async publish(group, event, publishOptions) {
      checkNames(group, publishOptions);
      return publish(group, event, publishOptions);
    },
    subscribe,
    read,
    // deno-lint-ignore require-await -- what is thrown has to be a rejection
    async trim(group, upTo) {
      if (closed) throw new LayerUnavailable(`Cannot trim ${group}: the layer is closed`);
      checkEpoch(parseCursor(upTo), epoch);
      forget(logOf(group), upTo);
    },
    newChannel: (prefix) => channels.newChannel(prefix),
    send: (channel, event, sendOptions) => channels.send(channel, event, sendOptions),
    receive: (channel, handle) => channels.receive(channel, handle),
    work: (handlers) => jobs.work(handlers),
    failedJobs: (failedOptions) => jobs.failed(failedOptions),
    ping: () => closed ? Promise.reject(new LayerUnavailable("The layer is closed")) : Promise.resolve(),
    flush: () => Promise.resolve(),
    close: () => closing ??= close(),
  };
  const channels = new Channels({
    layer,
    jobs,
    origin,
    now,
    publishFor: (...published) => Promise.resolve(publish(...published)),
    take,
  });
  return layer;

  function publish(group: string, event: LayerEvent, options: PublishOptions = {}): Receipt {
    if (closed) throw new LayerUnavailable(`Cannot publish to ${group}: the layer is closed`);
    const { json } = encodeEvent(event);
    const { key, author = "", transient = false, isSame } = options;
    const index = key === undefined || transient ? undefined : JSON.stringify([group, author, key]);
    const first = index === undefined ? undefined : sent.get(index);
    if (first !== undefined) {
      const firstEvent = decodeEvent(first.json);
      if (!isSameEvent(firstEvent, json, isSame)) throw new Conflict(`The key ${key} was used for something else`);
      return { cursor: first.cursor, duplicate: true, event: firstEvent };
    }
    const cursor = entryCursor(epoch, (++stamps).toString(16).padStart(20, "0"), 0);
    head = cursor;
    const entry: Entry = { cursor, json, transient };
    if (!transient) append(group, entry);
    if (index !== undefined) remember(index, { cursor, json });
    if (fresh.size === 0) queueMicrotask(flush);
    const batch = fresh.get(group);
    if (batch === undefined) fresh.set(group, [entry]);
    else batch.push(entry);
    return { cursor, duplicate: false, event: decodeEvent(json) };
  }

  function append(group: string, entry: Entry): void {
    const log = logOf(group);
    log.entries.push(entry);
    // In steps of a quarter: to cut one off the front of an array costs as much as to cut many.
    const surplus = log.entries.length - maxEntries;
    const last = log.entries[surplus - 1];
    if (surplus > maxEntries / 4 && last !== undefined) forget(log, last.cursor);
  }

  function remember(index: string, first: { cursor: Cursor; json: string }): void {
    sent.set(index, first);
    if (sent.size <= maxKeys) return;
    for (const oldest of sent.keys()) {
      sent.delete(oldest);
      return;
    }
  }

  function flush(): void {
    const batches = [...fresh];
    fresh.clear();
    for (const [group, entries] of batches) fanout.deliver(group, entries);
  }

  async function close(): Promise<void> {
    closed = true;
    await Promise.resolve();
    flush();
    jobs.close();
    await fanout.close();
  }

  async function subscribe(group: string, options: SubscribeOptions): Promise<Subscription> {
    if (closed) throw new LayerUnavailable(`Cannot subscribe to ${group}: the layer is closed`);
    // The caller may be a subscriber that is being handed a batch: the others get theirs first.
    await Promise.resolve();
    if (options.after !== undefined) checkKept(group, options.after);
    // What was published a moment ago is older than "from now on", and must not come.
    flush();
    return fanout.subscribe(group, head, options);
  }

  // deno-lint-ignore require-await -- what is thrown has to be a rejection
  async function read(group: string, { after, before, limit }: ReadOptions): Promise<Page> {
    if (closed) throw new LayerUnavailable(`Cannot read ${group}: the layer is closed`);
    if (after !== undefined) {
      checkKept(group, after);
      return readAfter(group, after, limit);
    }
    if (before !== undefined) checkEpoch(parseCursor(before), epoch);
    const older = (logs.get(group)?.entries ?? []).filter((entry) => before === undefined || entry.cursor < before);
    return cutPage(older.reverse(), { limit, head: logs.get(group)?.floor ?? origin, reverse: true });
  }

  function readAfter(group: string, after: Cursor, limit: number, upTo = "~"): Page {
    checkKept(group, after);
    const newer = (logs.get(group)?.entries ?? []).filter((entry) => entry.cursor > after && entry.cursor <= upTo);
    return cutPage(newer, { limit, head: after });
  }

  function checkKept(group: string, after: Cursor): void {
    checkEpoch(parseCursor(after), epoch);
    const floor = logs.get(group)?.floor ?? origin;
    if (after < floor) {
      throw new CursorExpired(`Cannot read on from ${after}: the log is kept from ${floor} on`);
    }
    if (stampOf(after) > stampOf(head)) {
      throw new CursorExpired(`Cannot read on from ${after}: this database of ${epochOf(after)} has not come so far`);
    }
  }

  function logOf(group: string): Log {
    let log = logs.get(group);
    if (log === undefined) logs.set(group, log = { entries: [], floor: origin });
    return log;
  }

  function forget(log: Log, upTo: Cursor): void {
    log.entries = log.entries.filter((entry) => entry.cursor > upTo);
    if (upTo > log.floor) log.floor = upTo;
  }

  function take(group: string, stamp: string): Promise<readonly string[]> {
    const log = logOf(group);
    const taken = closed ? [] : log.entries.filter((entry) => stampOf(entry.cursor) === stamp);
    log.entries = log.entries.filter((entry) => !taken.includes(entry));
    return Promise.resolve(taken.map(({ json }) => json));
  }
}

/** A queue of timers. */
function memoryJobs(): JobBackend {
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const failed: FailedJob[] = [];
  /** What came due before anybody listened. */
  let due: Job[] = [];
  let perform: ((job: Job) => Promise<void>) | undefined;
  let isClosed = false;
  const enqueue = (job: Job, delayMs: number) => {
    if (isClosed) return Promise.resolve();
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (delayMs > MAX_TIMER_MS) enqueue(job, delayMs - MAX_TIMER_MS);
      else if (perform === undefined) due.push(job);
      else perform(job).catch(() => enqueue(job, 1_000));
    }, Math.min(delayMs, MAX_TIMER_MS));
    timers.add(timer);
    return Promise.resolve();
  };
  return {
    enqueue,
    listen(listener) {
      perform = listener;
      for (const job of due) enqueue(job, 0);
      due = [];
      return true;
    },
    keep: (job) => Promise.resolve(void failed.push(job)),
    kept: (limit) => Promise.resolve(failed.slice(0, limit)),
    close() {
      isClosed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
