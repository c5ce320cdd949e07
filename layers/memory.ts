/**
 * The layer in memory: one isolate, nothing durable. The reference for what the contract means, and the layer for tests
 * and demonstrations.
 *
 * @module
 */

import { type Append, prepareAppends } from "./appends.ts";
import { checkListOptions, ERASE_SLACK_BYTES, prepareChange, type PreparedChange, type Rewrite } from "./change.ts";
import { Channels } from "./channels.ts";
import { type Cursor, entryCursor, epochOf, newEpoch, originCursor, parseCursor, stampOf } from "./cursor.ts";
import { MemoryDocuments } from "./documents.ts";
import { decodeEvent, isSameEvent, storedBytes } from "./event.ts";
import { checkEpoch, Fanout } from "./fanout.ts";
import { Jobs } from "./jobs.ts";
import {
  type ChannelLayer,
  Conflict,
  CursorExpired,
  type Entry,
  type LayerEvent,
  LayerUnavailable,
  type Page,
  type PublishOptions,
  type ReadOptions,
  type Receipt,
  type SubscribeOptions,
  type Subscription,
} from "./layer.ts";
import { createMemoryJobs } from "./memory_jobs.ts";
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

interface Log {
  entries: Entry[];
  /** What entries read as since they were amended. */
  readonly amended: Map<Cursor, string>;
  /** Everything up to here was forgotten. */
  floor: Cursor;
}

/** What was published with a key first. */
interface First {
  readonly group: string;
  readonly cursor: Cursor;
  json: string;
  /** Then what it was cannot be compared with anything. */
  isErased: boolean;
}

/** Creates a layer that lives in this isolate's memory. */
export function createMemoryLayer(options: MemoryLayerOptions = {}): ChannelLayer {
  const { maxEntries = 10_000, maxKeys = 100_000, now = Date.now } = options;
  const epoch = newEpoch();
  const origin = originCursor(epoch);
  const logs = new Map<string, Log>();
  const sent = new Map<string, First>();
  const documents = new MemoryDocuments(now);
  const fresh = new Map<string, Entry[]>();
  let stamps = 0;
  let head = origin;
  let closed = false;
  let closing: Promise<void> | undefined;

  const fanout = new Fanout({
    readLog: (group, after, upTo) => Promise.resolve(readAfter(group, after, 500, upTo)),
  });
  const jobs = new Jobs(createMemoryJobs(), { now, ...(options.backoffMs && { backoffMs: options.backoffMs }) });
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
      forget(group, logOf(group), upTo);
    },
    // deno-lint-ignore require-await -- what is thrown has to be a rejection
    async commit(change) {
      if (closed) throw new LayerUnavailable("Cannot commit: the layer is closed");
      const prepared = prepareChange(change);
      check(prepared);
      apply(prepared, nextStamp());
    },
    // deno-lint-ignore require-await -- what is thrown has to be a rejection
    async get(keys) {
      if (closed) throw new LayerUnavailable("Cannot get documents: the layer is closed");
      return documents.get(keys);
    },
    // deno-lint-ignore require-await -- what is thrown has to be a rejection
    async list(listOptions) {
      if (closed) throw new LayerUnavailable("Cannot list documents: the layer is closed");
      checkListOptions(listOptions);
      return documents.list(listOptions);
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
    const appends = prepareAppends(group, event, options);
    const change = options.change && prepareChange(options.change);
    const { key, author = "", transient = false, isSame } = options;
    const index = key === undefined || transient ? undefined : JSON.stringify([group, author, key]);
    const first = index === undefined ? undefined : sent.get(index);
    const [{ json } = { json: "" }] = appends;
    if (first !== undefined) {
      const firstEvent = decodeEvent(first.json);
      if (!first.isErased && !isSameEvent(firstEvent, json, isSame)) {
        throw new Conflict(`The key ${key} was used for something else`);
      }
      return { cursor: first.cursor, duplicate: true, event: firstEvent };
    }
    if (change !== undefined) check(change);
    const stamp = nextStamp();
    if (change !== undefined) apply(change, stamp);
    const cursor = entryCursor(epoch, stamp, 0);
    const counts = new Map<string, number>();
    for (const append of appends) {
      const count = counts.get(append.group) ?? 0;
      counts.set(append.group, count + 1);
      appendOne(append, entryCursor(epoch, stamp, count));
    }
    if (index !== undefined) remember(index, { group, cursor, json, isErased: false });
    return { cursor, duplicate: false, event: decodeEvent(json) };
  }

  function nextStamp(): string {
    return (++stamps).toString(16).padStart(20, "0");
  }

  function appendOne({ group, json, transient }: Append, cursor: Cursor): void {
    if (cursor > head) head = cursor;
    const entry: Entry = { cursor, json, transient };
    if (!transient) append(group, entry);
    if (fresh.size === 0) queueMicrotask(flush);
    const batch = fresh.get(group);
    if (batch === undefined) fresh.set(group, [entry]);
    else batch.push(entry);
  }

  /** Throws what makes a change impossible, before anything of it is done. */
  function check(change: PreparedChange): void {
    documents.check(change);
    for (const { cursor } of change.amends) checkEpoch(cursor, epoch);
    for (const { group, cursor, bytes } of change.erases) {
      checkEpoch(cursor, epoch);
      const entry = find(group, cursor);
      if (entry !== undefined && bytes > storedBytes(entry.json) + ERASE_SLACK_BYTES) {
        throw new RangeError(
          `Cannot erase ${cursor} with an event of ${bytes} bytes: it is longer than what it replaces`,
        );
      }
    }
  }

  function apply(change: PreparedChange, stamp: string): void {
    documents.apply(change, stamp);
    for (const { group, cursor, json } of change.amends) {
      if (find(group, cursor) !== undefined) logs.get(group)?.amended.set(cursor, json);
    }
    erase(change.erases);
  }

  function erase(erases: readonly Rewrite[]): void {
    if (erases.length === 0) return;
    const erased = new Map<string, string>();
    for (const { group, cursor, json } of erases) {
      const log = logs.get(group);
      const index = log?.entries.findIndex((entry) => entry.cursor === cursor) ?? -1;
      if (log === undefined || index < 0) continue;
      log.entries[index] = { cursor, json, transient: false };
      log.amended.delete(cursor);
      erased.set(cursor + group, json);
      fanout.rewritten(group);
    }
    for (const first of sent.values()) {
      const json = erased.get(first.cursor + first.group);
      if (json !== undefined) [first.json, first.isErased] = [json, true];
    }
  }

  function find(group: string, cursor: Cursor): Entry | undefined {
    return logs.get(group)?.entries.find((entry) => entry.cursor === cursor);
  }

  function append(group: string, entry: Entry): void {
    const log = logOf(group);
    log.entries.push(entry);
    // In steps of a quarter: to cut one off the front of an array costs as much as to cut many.
    const surplus = log.entries.length - maxEntries;
    const last = log.entries[surplus - 1];
    if (surplus > maxEntries / 4 && last !== undefined) forget(group, log, last.cursor);
  }

  function remember(index: string, first: First): void {
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
  async function read(group: string, { after, before, downTo = origin, limit }: ReadOptions): Promise<Page> {
    if (closed) throw new LayerUnavailable(`Cannot read ${group}: the layer is closed`);
    if (after !== undefined) {
      checkKept(group, after);
      return readAfter(group, after, limit);
    }
    for (const cursor of [before, downTo]) if (cursor !== undefined) checkEpoch(parseCursor(cursor), epoch);
    const older = entriesOf(group, (cursor) => (before === undefined || cursor < before) && cursor >= downTo);
    return cutPage(older.reverse(), { limit, head: logs.get(group)?.floor ?? origin, reverse: true });
  }

  function readAfter(group: string, after: Cursor, limit: number, upTo = "~"): Page {
    checkKept(group, after);
    const newer = entriesOf(group, (cursor) => cursor > after && cursor <= upTo);
    return cutPage(newer, { limit, head: after });
  }

  /** As they read now. */
  function entriesOf(group: string, keep: (cursor: Cursor) => boolean): Entry[] {
    const { entries = [], amended = undefined } = logs.get(group) ?? {};
    const kept = entries.filter(({ cursor }) => keep(cursor));
    if (amended === undefined || amended.size === 0) return kept;
    return kept.map((entry) => {
      const json = amended.get(entry.cursor);
      return json === undefined ? entry : { ...entry, json };
    });
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
    if (log === undefined) logs.set(group, log = { entries: [], amended: new Map(), floor: origin });
    return log;
  }

  function forget(group: string, log: Log, upTo: Cursor): void {
    log.entries = log.entries.filter((entry) => entry.cursor > upTo);
    for (const cursor of log.amended.keys()) if (cursor <= upTo) log.amended.delete(cursor);
    if (upTo > log.floor) log.floor = upTo;
    fanout.rewritten(group);
  }

  function take(group: string, stamp: string): Promise<readonly string[]> {
    const log = logOf(group);
    const taken = closed ? [] : log.entries.filter((entry) => stampOf(entry.cursor) === stamp);
    log.entries = log.entries.filter((entry) => !taken.includes(entry));
    return Promise.resolve(taken.map(({ json }) => json));
  }
}
