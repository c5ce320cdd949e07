/**
 * The layer on Deno KV: durable, ordered, over all isolates that share the database.
 *
 * @module
 */

import { Channels } from "./channels.ts";
import { commitCursor, type Cursor, originCursor, parseCursor, stampOf } from "./cursor.ts";
import { withDeadline } from "./deadline.ts";
import { checkEpoch, Fanout } from "./fanout.ts";
import { Jobs } from "./jobs.ts";
import { checkNames } from "./names.ts";
import { getDocuments, listDocuments } from "./kv_documents.ts";
import { KvFeed } from "./kv_feed.ts";
import { createKvJobs } from "./kv_jobs.ts";
import { KvLog, openDatabase, shardOf } from "./kv_log.ts";
import { KvWriter } from "./kv_writer.ts";
import { type ChannelLayer, CursorExpired, LayerUnavailable, type Page } from "./layer.ts";

/** Options of {@linkcode openKvLayer}. */
export interface KvLayerOptions {
  /** A second handle on the same database, so that reads need not wait behind commits. Default: the one for everything. */
  readonly reads?: Deno.Kv;
  /** Whether this Deno KV has queues; false for KV Connect and Deno Deploy. Default true. */
  readonly hasQueues?: boolean;
  /** Checks that one atomic may hold, 1 to 100; KV Connect allows 10. Default 100. */
  readonly maxChecks?: number;
  /** Milliseconds within which every operation succeeds or fails. Default 5,000. */
  readonly deadlineMs?: number;
  /** Milliseconds between looks for what no bell told of: other processes on one file ring none. Default 500. */
  readonly pollMs?: number;
  /** Milliseconds that live events are kept for readers that are late; later ones read the logs. Default 5 minutes. */
  readonly feedExpiryMs?: number;
  /** Pauses before each further try of a job, in milliseconds; their number is the number of further tries. */
  readonly backoffMs?: readonly number[];
  /** Characters of recent events kept in memory for those who are a little behind. Default 8 Mi. */
  readonly maxTailLength?: number;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** A number from 0 to below 1. Default `Math.random`. */
  readonly random?: () => number;
}

/** Entries of one page that a subscription reads. */
const PAGE_LIMIT = 500;

/**
 * Opens the layer on a database.
 *
 * @param kv The handle to write with; stays yours to close, after the layer.
 * @throws {LayerUnavailable} The database does not answer.
 */
export async function openKvLayer(kv: Deno.Kv, options: KvLayerOptions = {}): Promise<ChannelLayer> {
  const { reads = kv, deadlineMs = 5_000, feedExpiryMs = 5 * 60_000, now = Date.now } = options;
  let closing: Promise<void> | undefined;
  const underWay = new Set<Promise<unknown>>();
  const { epoch, shards } = await openDatabase(kv, deadlineMs).catch((cause) => {
    throw new LayerUnavailable("Cannot open the database: it does not answer", { cause });
  });
  const origin = originCursor(epoch);
  const log = new KvLog(reads, epoch);
  const fanout = new Fanout({
    readLog: (group, after, upTo) => withDeadline(log.readAfter(group, after, PAGE_LIMIT, upTo), deadlineMs, "read"),
    ...(options.maxTailLength !== undefined && { maxTailLength: options.maxTailLength }),
  });
  const feed = new KvFeed({
    kv: reads,
    epoch,
    shards,
    fanout,
    feedExpiryMs,
    deadlineMs,
    pollMs: options.pollMs ?? 500,
  });
  const writer = new KvWriter({
    kv,
    log,
    epoch,
    shards,
    deadlineMs,
    feedExpiryMs,
    maxChecks: options.maxChecks ?? 100,
    random: options.random ?? Math.random,
    rest: () => feed.rest(),
    committed: (written, stamp) => {
      for (const shard of written) feed.ring(shard, stamp);
    },
    erased: (group) => fanout.rewritten(group),
  });
  const jobs = new Jobs(createKvJobs(kv, { hasQueues: options.hasQueues ?? true, deadlineMs }), {
    now,
    ...(options.backoffMs && { backoffMs: options.backoffMs }),
  });

  const layer: ChannelLayer = {
    // deno-lint-ignore require-await -- what is thrown has to be a rejection
    async publish(group, event, publishOptions) {
      checkOpen("publish");
      checkNames(group, publishOptions);
      return writer.publish(group, event, publishOptions);
    },
    async subscribe(group, subscribeOptions) {
      checkOpen("subscribe");
      const head = await reach(feed.follow(group), "subscribe");
      checkOpen("subscribe");
      const { after } = subscribeOptions;
      if (after !== undefined) checkEpoch(parseCursor(after), epoch);
      const [newest, floor] = await reach(
        Promise.all([feed.newest(group), after === undefined ? undefined : reads.get<Cursor>(["floor", group])]),
        "subscribe",
      );
      if (after !== undefined) {
        checkKept(after, floor?.value ?? origin);
        checkReached(after, newest);
      }
      // One that rang while the shard was not followed yet was not heard.
      feed.ring(shardOf(group, shards), newest);
      // Nothing is awaited between the look at the head and the subscription: no event falls between them.
      return fanout.subscribe(group, head(), subscribeOptions, commitCursor(epoch, newest));
    },
    async read(group, { after, before, downTo, limit }): Promise<Page> {
      checkOpen("read");
      if (after !== undefined) {
        checkEpoch(parseCursor(after), epoch);
        const page = await reach(log.readAfter(group, after, limit), "read");
        if (page.entries.length === 0) {
          checkOpen("read");
          checkReached(after, await reach(feed.newest(group), "read"));
        }
        return page;
      }
      for (const cursor of [before, downTo]) if (cursor !== undefined) checkEpoch(parseCursor(cursor), epoch);
      return await reach(log.readBefore(group, limit, { before, downTo }), "read");
    },
    async trim(group, upTo) {
      checkOpen("trim");
      await reach(log.trim(group, parseCursor(upTo)), "trim");
      // There is nothing left of it to erase, but all isolates are told as if there were.
      await writer.commit({ erases: [{ group, cursor: upTo, event: { type: "trimmed" } }] });
    },
    // deno-lint-ignore require-await -- what is thrown has to be a rejection
    async commit(change) {
      checkOpen("commit");
      return writer.commit(change);
    },
    async get(keys) {
      checkOpen("get documents");
      return await reach(getDocuments(reads, keys), "get documents");
    },
    async list(listOptions) {
      checkOpen("list documents");
      return await reach(listDocuments(reads, listOptions), "list documents");
    },
    newChannel: (prefix) => channels.newChannel(prefix),
    send: (channel, event, sendOptions) => channels.send(channel, event, sendOptions),
    receive: (channel, handle) => channels.receive(channel, handle),
    work: (handlers) => jobs.work(handlers),
    failedJobs: (failedOptions) => reach(jobs.failed(failedOptions), "list failed jobs"),
    async ping() {
      checkOpen("ping");
      await reach(reads.get(["layer"]), "ping");
    },
    flush: () => writer.flush(),
    close: () => closing ??= close(),
  };
  const channels = new Channels({
    layer,
    jobs,
    origin,
    now,
    publishFor(group, event, publishOptions) {
      checkOpen("send");
      return writer.publish(group, event, publishOptions);
    },
    take: (group, stamp) => waitedFor(take(group, stamp)),
  });
  return layer;

  async function close(): Promise<void> {
    await writer.flush();
    jobs.close();
    await Promise.allSettled([fanout.close(), feed.close(), ...underWay]);
  }

  /** {@linkcode close} does not leave it behind. */
  function waitedFor<T>(operation: Promise<T>): Promise<T> {
    underWay.add(operation);
    const done = () => underWay.delete(operation);
    operation.then(done, done);
    return operation;
  }

  function checkOpen(what: string): void {
    if (closing !== undefined) throw new LayerUnavailable(`Cannot ${what}: the layer is closed`);
  }

  function checkKept(after: Cursor, floor: Cursor): void {
    if (after < floor) throw new CursorExpired(`Cannot read on from ${after}: the log is kept from ${floor} on`);
  }

  /** Throws when the database has never come to `after`: it was put back to an older state, and is another one. */
  function checkReached(after: Cursor, newest: string): void {
    if (stampOf(after) <= newest) return;
    throw new CursorExpired(`Cannot read on from ${after}: this database has not come so far`);
  }

  async function take(group: string, stamp: string): Promise<readonly string[]> {
    const key = ["log", group, stamp];
    for (let pauseMs = 2;; pauseMs = Math.min(2 * pauseMs, 200)) {
      checkOpen("receive");
      try {
        const { value } = await withDeadline(reads.get<string[]>(key), deadlineMs, "receive");
        if (value === null) return [];
        const taking = kv.atomic().check({ key, versionstamp: stamp }).delete(key).commit();
        const { ok } = await withDeadline(taking, deadlineMs, "receive");
        return ok ? value.filter((json) => json !== "") : [];
      } catch {
        // "database is locked". Once taken, a second try finds nothing to take: then nobody has it, rather than two.
        await new Promise((resolve) => setTimeout(resolve, pauseMs * (options.random ?? Math.random)()));
      }
    }
  }

  /** Every failure of the backend is a {@linkcode LayerUnavailable}; our own errors pass. */
  async function reach<T>(operation: Promise<T>, what: string): Promise<T> {
    try {
      return await waitedFor(withDeadline(operation, deadlineMs, what));
    } catch (cause) {
      if (cause instanceof LayerUnavailable || cause instanceof CursorExpired || cause instanceof RangeError) {
        throw cause;
      }
      throw new LayerUnavailable(`Cannot ${what}: the database does not answer`, { cause });
    }
  }
}
