/**
 * The writer of one isolate: group commit with exact deduplication. While a commit is in flight new entries wait; the next
 * commit takes them all. Load makes batches bigger, not queues longer.
 *
 * Every commit carries at least one `check(index entry, null)` and sets it to a nonce: when the outcome is unknown (a lost reply, a
 * throw after the fact) the same commit is tried again, fails its check, and finds its own nonce. So a commit takes
 * effect once, however often it is tried.
 *
 * @module
 */

import { type Append, prepareAppends } from "./appends.ts";
import { prepareChange, type PreparedChange } from "./change.ts";
import { entryCursor } from "./cursor.ts";
import { withDeadline } from "./deadline.ts";
import { decodeEvent, isSameEvent } from "./event.ts";
import { checkEpoch } from "./fanout.ts";
import { KvBatch } from "./kv_batch.ts";
import { countFitting, weigh } from "./kv_cut.ts";
import type { KvLog } from "./kv_log.ts";
import type { Once, Pending, Place } from "./kv_pending.ts";
import {
  type Change,
  Conflict,
  type LayerEvent,
  LayerUnavailable,
  type PublishOptions,
  type Receipt,
} from "./layer.ts";

/** What {@linkcode KvWriter} needs. */
export interface KvWriterParts {
  /** The handle to write with. */
  readonly kv: Deno.Kv;
  /** Reads the entry that had a key first. */
  readonly log: KvLog;
  /** See `KvDatabase`. */
  readonly epoch: string;
  /** See `KvDatabase`. */
  readonly shards: number;
  /** Checks that one atomic may hold: 100, on KV Connect 10. */
  readonly maxChecks: number;
  /** Milliseconds until an entry that is not durable is refused. */
  readonly deadlineMs: number;
  /** Milliseconds that a feed's entries are kept. */
  readonly feedExpiryMs: number;
  /** Resolves when the next commit may begin: delivery has had its share of the isolate. */
  readonly rest: () => Promise<void>;
  /** Called after a commit, with the shards that it wrote to and its versionstamp. */
  readonly committed: (shards: Iterable<number>, stamp: string) => void;
  /** Called after a commit that erased entries of a group. */
  readonly erased: (group: string) => void;
  /** A number from 0 to below 1, for jitter. */
  readonly random: () => number;
}

/** Checks of an atomic that are not a change's: a key or a proof, the two together, and that of what is erased. */
const OWN_CHECKS = 2;
/** What a change without an entry is answered with, which nobody sees. */
const NO_EVENT = `{"type":"none"}`;
/** Entries and bytes that may wait. Beyond, the backend is behind for longer than waiting could mend. */
const MAX_WAITING = 20_000;
const MAX_WAITING_BYTES = 32 * 1024 * 1024;

/** See the module. */
export class KvWriter {
  readonly #parts: KvWriterParts;
  readonly #name = crypto.randomUUID();
  #commits = 0;
  #waiting: Pending[] = [];
  #waitingBytes = 0;
  /** Publishes by index, from the call until the answer: a second one with the same key waits for the first. */
  readonly #inFlight = new Map<string, Promise<Receipt>>();
  /** All publishes, from the call until the answer. */
  readonly #unanswered = new Set<Promise<unknown>>();
  #run: Promise<void> | undefined;

  /**
   * Makes a writer with nothing to write.
   *
   * @param parts See {@linkcode KvWriterParts}.
   */
  constructor(parts: KvWriterParts) {
    this.#parts = parts;
  }

  /** See `ChannelLayer.publish`. `expireInMs` lets the store forget the entry after that time. */
  publish(
    group: string,
    event: LayerEvent,
    options: PublishOptions & { readonly expireInMs?: number } = {},
  ): Promise<Receipt> {
    const { key, author = "", transient = false, isSame, change, expireInMs } = options;
    const appends = prepareAppends(group, event, options);
    const prepared = change && this.#prepare(change);
    const write = (once?: Once) => this.#append(appends, prepared, { expireInMs, once });
    if (key === undefined || transient) return this.#answering(write());
    return this.#answering(
      this.#once({ group, json: appends[0].json, key, isSame, index: ["sent", group, author, key] }, write),
    );
  }

  /** See `ChannelLayer.commit`. */
  async commit(change: Change): Promise<void> {
    await this.#answering(this.#append([], this.#prepare(change)));
  }

  /** Resolves when everything that was published before has been answered. */
  async flush(): Promise<void> {
    await Promise.allSettled(this.#unanswered);
  }

  #prepare(change: Change): PreparedChange {
    const prepared = prepareChange(change, this.#parts.maxChecks - OWN_CHECKS);
    for (const { cursor } of prepared.amends) checkEpoch(cursor, this.#parts.epoch);
    for (const { cursor } of prepared.erases) checkEpoch(cursor, this.#parts.epoch);
    return prepared;
  }

  #answering<T>(answer: Promise<T>): Promise<T> {
    this.#unanswered.add(answer);
    const done = () => this.#unanswered.delete(answer);
    answer.then(done, done);
    return answer;
  }

  /** Writes, unless an entry with this key is on the way: that one's answer is its answer. */
  #once(once: Once, write: (once: Once) => Promise<Receipt>): Promise<Receipt> {
    const name = JSON.stringify(once.index);
    const first = this.#inFlight.get(name);
    if (first !== undefined) {
      return first.then((receipt) => asDuplicate(receipt, once), (error) => {
        // That the first one was refused for what it is says nothing of this one.
        if (error instanceof LayerUnavailable) throw error;
        return this.#once(once, write);
      });
    }
    const receipt = write(once);
    this.#inFlight.set(name, receipt);
    const done = () => this.#inFlight.delete(name);
    receipt.then(done, done);
    return receipt;
  }

  #append(
    appends: readonly Append[],
    change: PreparedChange | undefined,
    { once, expireInMs }: Partial<Pick<Pending, "once" | "expireInMs">> = {},
  ): Promise<Receipt> {
    if (this.#waiting.length >= MAX_WAITING || this.#waitingBytes >= MAX_WAITING_BYTES) {
      const waiting = `${this.#waiting.length} entries wait already`;
      return Promise.reject(new LayerUnavailable(`Cannot publish to ${appends[0]?.group ?? "a document"}: ${waiting}`));
    }
    const weight = weigh(appends, change, once?.index);
    return new Promise((resolve, reject) => {
      const deadline = performance.now() + this.#parts.deadlineMs;
      this.#waiting.push({ appends, change, once, expireInMs, ...weight, deadline, resolve, reject });
      this.#waitingBytes += weight.bytes;
      this.#run ??= this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    // After the rest of this turn: whoever publishes in a loop gets one commit.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      // A full batch has nothing to wait for.
      if (this.#waiting.length < this.#parts.maxChecks) await this.#parts.rest();
      await this.#commit(this.#take());
    }
    // In the same turn as the last look: an entry that comes after it starts a run of its own.
    this.#run = undefined;
  }

  #take(): Pending[] {
    const taken = this.#waiting.splice(0, countFitting(this.#waiting, this.#parts));
    for (const { bytes } of taken) this.#waitingBytes -= bytes;
    return taken;
  }

  async #commit(entries: Pending[]): Promise<void> {
    let batch = new KvBatch(entries, `${this.#name}:${++this.#commits}`, this.#parts);
    // The first has waited longest. The others are refused with it: they can only be tried in order.
    const deadline = entries[0]?.deadline ?? 0;
    const leftMs = () => deadline - performance.now();
    for (let attempt = 0; batch.entries.length > 0; attempt++) {
      try {
        const stamp = await withDeadline(batch.commit(), leftMs(), "commit");
        if (stamp !== undefined) return this.#landed(batch, stamp);
        const found = await withDeadline(batch.readBack(), leftMs(), "read back a commit");
        if (found.stamp !== undefined) return this.#landed(batch, found.stamp);
        if (found.earlier.size === 0 && found.stale.size === 0) {
          throw new Error("A check failed, and there is nothing that it could have failed on");
        }
        for (const [entry, place] of found.earlier) this.#answerAgain(entry, place);
        const isRefused = this.#refuseStale(batch.entries, found.stale);
        batch = batch.without((entry) => found.earlier.has(entry) || isRefused(entry));
      } catch (error) {
        if (error instanceof RangeError) return refuse(batch.entries, error);
        if (leftMs() <= 0) return refuse(batch.entries, notInTime(error));
        // "database is locked", a lost reply: whatever it was, to try the same again is safe.
        const pauseMs = Math.min(200, 2 * 2 ** attempt) * (0.5 + this.#parts.random());
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, Math.min(pauseMs, leftMs()))));
      }
    }
  }

  /**
   * Refuses those whose documents have changed, and with them what the same author has said behind them in the same group: whoever tries
   * again does so in order, and nothing of theirs has overtaken it meanwhile [L5].
   */
  #refuseStale(entries: readonly Pending[], stale: ReadonlyMap<Pending, Error>): (entry: Pending) => boolean {
    if (stale.size === 0) return () => false;
    const voices = new Map<string, Error>();
    const refused = new Set<Pending>();
    const refuse = (entry: Pending) => {
      const voice = voiceOf(entry);
      const error = stale.get(entry) ?? (voice === undefined ? undefined : voices.get(voice));
      if (error === undefined) return false;
      if (voice !== undefined) voices.set(voice, error);
      refused.add(entry);
      entry.reject(error);
      return true;
    };
    for (const entry of entries) refuse(entry);
    this.#waiting = this.#waiting.filter((entry) => {
      if (!refuse(entry)) return true;
      this.#waitingBytes -= entry.bytes;
      return false;
    });
    return (entry) => refused.has(entry);
  }

  #landed(batch: KvBatch, stamp: string): void {
    this.#parts.committed(batch.shards.keys(), stamp);
    for (const group of batch.erasedGroups) this.#parts.erased(group);
    for (const { entry, index } of batch.places) {
      const cursor = entryCursor(this.#parts.epoch, stamp, index);
      entry.resolve({ cursor, duplicate: false, event: decodeEvent(entry.appends[0]?.json ?? NO_EVENT) });
    }
  }

  /** Answers one whose key was used before. */
  #answerAgain(entry: Pending, { stamp, index }: Place): void {
    const { once, appends: [first] } = entry;
    if (once === undefined || first === undefined) return;
    const cursor = entryCursor(this.#parts.epoch, stamp, index);
    const reading = this.#parts.log.readFirst(first.group, cursor);
    withDeadline(reading, entry.deadline - performance.now(), "read an entry").then(({ json, isErased }) => {
      // What was trimmed or erased since cannot be compared; it was sent, and that is the answer.
      const receipt = { cursor, duplicate: true, event: decodeEvent(json ?? first.json) };
      return json === undefined || isErased ? receipt : asDuplicate(receipt, once);
    }).then(entry.resolve, (error) => {
      entry.reject(error instanceof Conflict ? error : new LayerUnavailable("Cannot read an entry", { cause: error }));
    });
  }
}

/** Who speaks where, of what has an author and relies on documents. */
function voiceOf({ once, change }: Pending): string | undefined {
  const [, group, author] = once?.index ?? [];
  return change === undefined || author === undefined || author === "" ? undefined : JSON.stringify([group, author]);
}

function asDuplicate(first: Receipt, { json, key, isSame }: Once): Receipt {
  if (isSameEvent(first.event, json, isSame)) return { ...first, duplicate: true };
  throw new Conflict(`The key ${key} was used for something else`);
}

function notInTime(cause: unknown): LayerUnavailable {
  return new LayerUnavailable("Cannot make the entry durable in time; to try again with the same key is safe", {
    cause,
  });
}

function refuse(entries: readonly Pending[], error: Error): void {
  for (const { reject } of entries) reject(error);
}
