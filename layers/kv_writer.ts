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

import { entryCursor, MAX_INDEX } from "./cursor.ts";
import { withDeadline } from "./deadline.ts";
import { decodeEvent, encodeEvent, isSameEvent } from "./event.ts";
import { type FeedRow, type KvLog, shardOf } from "./kv_log.ts";
import { Conflict, type LayerEvent, LayerUnavailable, type PublishOptions, type Receipt } from "./layer.ts";

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
  /** A number from 0 to below 1, for jitter. */
  readonly random: () => number;
}

/** An entry that waits to become durable. */
interface Pending {
  readonly group: string;
  readonly json: string;
  readonly bytes: number;
  readonly transient: boolean;
  readonly expireInMs: number | undefined;
  readonly index: Deno.KvKey | undefined;
  readonly isSame: PublishOptions["isSame"];
  readonly key: string | undefined;
  readonly deadline: number;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: unknown) => void;
}

/** Bytes of one value that events may fill; the rest is for what goes around them. */
const MAX_VALUE_BYTES = 62_000;
/** Bytes of events in one atomic, which go into it twice: 819,200 with room for keys. */
const MAX_COMMIT_BYTES = 350_000;
/** Bytes of keys in one atomic: 81,920 with room for feeds and bells. */
const MAX_KEY_BYTES = 80_000;
/** Entries in one atomic: each may cost three mutations of 1,000. */
const MAX_COMMIT_ENTRIES = 300;
/** Entries and bytes that may wait. Beyond, the backend is behind for longer than waiting could mend. */
const MAX_WAITING = 20_000;
const MAX_WAITING_BYTES = 32 * 1024 * 1024;
const PROOF_EXPIRY_MS = 10 * 60_000;

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
  readonly #unanswered = new Set<Promise<Receipt>>();
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
    const { json, bytes } = encodeEvent(event);
    const { key, author = "", transient = false, isSame, expireInMs } = options;
    const index = key !== undefined && !transient ? ["sent", group, author, key] : undefined;
    const receipt = this.#once({ group, json, bytes, transient, expireInMs, index, isSame, key });
    this.#unanswered.add(receipt);
    const done = () => this.#unanswered.delete(receipt);
    receipt.then(done, done);
    return receipt;
  }

  /** Resolves when everything that was published before has been answered. */
  async flush(): Promise<void> {
    await Promise.allSettled(this.#unanswered);
  }

  /** Appends an entry, unless one with its key is on the way: that one's answer is its answer. */
  #once(entry: Omit<Pending, "deadline" | "resolve" | "reject">): Promise<Receipt> {
    if (entry.index === undefined) return this.#append(entry);
    const name = JSON.stringify(entry.index);
    const first = this.#inFlight.get(name);
    if (first !== undefined) {
      return first.then((receipt) => asDuplicate(receipt, entry), (error) => {
        // That the first one is in conflict with the log says nothing of this one.
        if (error instanceof Conflict) return this.#once(entry);
        throw error;
      });
    }
    const receipt = this.#append(entry);
    this.#inFlight.set(name, receipt);
    const done = () => this.#inFlight.delete(name);
    receipt.then(done, done);
    return receipt;
  }

  #append(entry: Omit<Pending, "deadline" | "resolve" | "reject">): Promise<Receipt> {
    if (this.#waiting.length >= MAX_WAITING || this.#waitingBytes >= MAX_WAITING_BYTES) {
      const waiting = `${this.#waiting.length} entries wait already`;
      return Promise.reject(new LayerUnavailable(`Cannot publish to ${entry.group}: ${waiting}`));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...entry, deadline: performance.now() + this.#parts.deadlineMs, resolve, reject });
      this.#waitingBytes += entry.bytes;
      this.#run ??= this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    // After the rest of this turn: whoever publishes in a loop gets one commit.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      // A full batch has nothing to wait for.
      if (this.#waiting.length < this.#parts.maxChecks) await this.#parts.rest();
      await this.#commit(this.#cut());
    }
    // In the same turn as the last look: an entry that comes after it starts a run of its own.
    this.#run = undefined;
  }

  /** Takes from the front what fits one commit. It stops at the first that does not: nobody is overtaken. */
  #cut(): Pending[] {
    const { shards, maxChecks } = this.#parts;
    const groups = new Map<string, { count: number }>();
    const shardBytes = new Map<number, number>();
    let bytes = 0;
    let keyBytes = 0;
    let checks = 0;
    let count = 0;
    for (const entry of this.#waiting) {
      const shard = shardOf(entry.group, shards);
      const group = groups.get(entry.group) ?? { count: 0 };
      // A group's events share its shard's value with others, so the shard's bound is the group's as well.
      const inShard = (shardBytes.get(shard) ?? 0) + entry.bytes +
        (group.count === 0 ? 2 * entry.group.length + 16 : 0);
      bytes += entry.bytes;
      if (entry.index !== undefined) {
        checks++;
        keyBytes += keyBytesOf(entry.index);
      }
      if (group.count === 0) keyBytes += keyBytesOf(["log", entry.group]) + 22;
      const isOver = inShard > MAX_VALUE_BYTES || bytes > MAX_COMMIT_BYTES || checks > maxChecks ||
        keyBytes > MAX_KEY_BYTES || group.count > MAX_INDEX;
      if (count > 0 && (isOver || count >= MAX_COMMIT_ENTRIES)) break;
      shardBytes.set(shard, inShard);
      group.count++;
      groups.set(entry.group, group);
      this.#waitingBytes -= entry.bytes;
      count++;
    }
    return this.#waiting.splice(0, count);
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
        if (found.earlier.size === 0) {
          throw new Error("A check failed, and there is nothing that it could have failed on");
        }
        batch = this.#withoutEarlier(batch, found.earlier);
      } catch (error) {
        if (leftMs() <= 0) return refuse(batch.entries, error);
        // "database is locked", a lost reply: whatever it was, to try the same again is safe.
        const pauseMs = Math.min(200, 2 * 2 ** attempt) * (0.5 + this.#parts.random());
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, Math.min(pauseMs, leftMs()))));
      }
    }
  }

  #landed(batch: KvBatch, stamp: string): void {
    this.#parts.committed(batch.shards.keys(), stamp);
    for (const { entry, index } of batch.places) {
      const cursor = entryCursor(this.#parts.epoch, stamp, index);
      entry.resolve({ cursor, duplicate: false, event: decodeEvent(entry.json) });
    }
  }

  /** Answers those whose key was used before, and returns the batch of the others: its nonce may stay, for the old one can never land. */
  #withoutEarlier(batch: KvBatch, earlier: ReadonlyMap<Pending, Place>): KvBatch {
    for (const [entry, { stamp, index }] of earlier) {
      const cursor = entryCursor(this.#parts.epoch, stamp, index);
      const reading = this.#parts.log.readOne(entry.group, cursor);
      withDeadline(reading, entry.deadline - performance.now(), "read an entry").then((json) => {
        // What was trimmed since cannot be compared; it was sent, and that is the answer.
        const event = decodeEvent(json === undefined || json === "" ? entry.json : json);
        return json === undefined || json === ""
          ? { cursor, duplicate: true, event }
          : asDuplicate({ cursor, duplicate: true, event }, entry);
      }).then(entry.resolve, (error) => {
        entry.reject(
          error instanceof Conflict ? error : new LayerUnavailable("Cannot read an entry", { cause: error }),
        );
      });
    }
    return new KvBatch(batch.entries.filter((entry) => !earlier.has(entry)), batch.nonce, this.#parts);
  }
}

interface Place {
  readonly stamp: string;
  readonly index: number;
}

/** One commit, as often as it has to be tried. */
class KvBatch {
  readonly entries: readonly Pending[];
  readonly nonce: string;
  /** Shard → what its feed gets. */
  readonly shards = new Map<number, FeedRow[]>();
  /** Each entry's index in its group's value. */
  readonly places: { readonly entry: Pending; readonly index: number }[] = [];
  readonly #parts: KvWriterParts;
  readonly #rows = new Map<string, { events: string[]; transient: number[]; expireInMs: number | undefined }>();
  /** The index entries that this commit checks and sets, with the entry that each stands for. */
  readonly #indexes: { readonly key: Deno.KvKey; readonly index: number; readonly entry?: Pending }[] = [];

  constructor(entries: readonly Pending[], nonce: string, parts: KvWriterParts) {
    this.entries = entries;
    this.nonce = nonce;
    this.#parts = parts;
    for (const entry of entries) this.#add(entry);
    if (this.#indexes.length === 0) this.#indexes.push({ key: ["sent", nonce], index: 0 });
  }

  #add(entry: Pending): void {
    let row = this.#rows.get(entry.group);
    if (row === undefined) {
      row = { events: [], transient: [], expireInMs: entry.expireInMs };
      this.#rows.set(entry.group, row);
      const shard = shardOf(entry.group, this.#parts.shards);
      const feed: FeedRow = [entry.group, row.events, row.transient];
      const rows = this.shards.get(shard);
      if (rows === undefined) this.shards.set(shard, [feed]);
      else rows.push(feed);
    }
    const index = row.events.push(entry.json) - 1;
    if (entry.transient) row.transient.push(index);
    this.places.push({ entry, index });
    if (entry.index !== undefined) this.#indexes.push({ key: entry.index, index, entry });
  }

  /** The commit's versionstamp; undefined when a check failed. */
  async commit(): Promise<string | undefined> {
    const { kv, feedExpiryMs } = this.#parts;
    const stamp = kv.commitVersionstamp();
    const atomic = kv.atomic();
    for (const { key, index, entry } of this.#indexes) {
      atomic.check({ key, versionstamp: null });
      atomic.set(key, [this.nonce, index], entry === undefined ? { expireIn: PROOF_EXPIRY_MS } : {});
    }
    for (const [group, { events, transient, expireInMs }] of this.#rows) {
      if (transient.length === events.length) continue;
      const lasting = transient.length === 0 ? events : events.map((json, i) => transient.includes(i) ? "" : json);
      atomic.set(["log", group, stamp], lasting, expireInMs === undefined ? {} : { expireIn: expireInMs });
    }
    for (const [shard, rows] of this.shards) {
      atomic.set(["feed", shard, stamp], rows, { expireIn: feedExpiryMs });
      atomic.set(["bell", shard], "");
    }
    const result = await atomic.commit();
    return result.ok ? result.versionstamp : undefined;
  }

  /** After a failed check: whether it was this very commit that had landed, and if not, which keys were used earlier. */
  async readBack(): Promise<{ stamp?: string; earlier: Map<Pending, Place> }> {
    const earlier = new Map<Pending, Place>();
    for (let from = 0; from < this.#indexes.length; from += 10) {
      const some = this.#indexes.slice(from, from + 10);
      const found = await this.#parts.kv.getMany<[nonce: string, index: number][]>(some.map(({ key }) => key));
      for (const [i, { value, versionstamp }] of found.entries()) {
        if (value === null || versionstamp === null) continue;
        if (value[0] === this.nonce) return { stamp: versionstamp, earlier };
        const entry = some[i]?.entry;
        if (entry !== undefined) earlier.set(entry, { stamp: versionstamp, index: value[1] });
      }
    }
    return { earlier };
  }
}

function asDuplicate(first: Receipt, { json, key, isSame }: Pick<Pending, "json" | "key" | "isSame">): Receipt {
  if (isSameEvent(first.event, json, isSame)) return { ...first, duplicate: true };
  throw new Conflict(`The key ${key} was used for something else`);
}

/** At most so many bytes: a part is its UTF-8, where NUL takes two, between two marks. */
function keyBytesOf(parts: readonly Deno.KvKeyPart[]): number {
  return parts.reduce((bytes: number, part) => bytes + 3 * String(part).length + 2, 0);
}

function refuse(entries: readonly Pending[], cause: unknown): void {
  const error = new LayerUnavailable("Cannot make the entry durable in time; to try again with the same key is safe", {
    cause,
  });
  for (const { reject } of entries) reject(error);
}
