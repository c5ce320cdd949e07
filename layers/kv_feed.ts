/**
 * The reader of one isolate. Woken by its own commits, by `watch` on the bells and by a slow poll, it lists each rung
 * shard's feed from where it is, and hands the events on. A ring says only "there may be more": rings may be lost, doubled or late.
 *
 * @module
 */

import { commitCursor, type Cursor, entryCursor } from "./cursor.ts";
import { withDeadline } from "./deadline.ts";
import type { Fanout } from "./fanout.ts";
import { behind, type FeedRow, FIRST_STAMP, shardOf } from "./kv_log.ts";
import type { Entry } from "./layer.ts";

/** What {@linkcode KvFeed} needs. */
export interface KvFeedParts {
  /** The handle to read and watch with. */
  readonly kv: Deno.Kv;
  /** See `KvDatabase`. */
  readonly epoch: string;
  /** See `KvDatabase`. */
  readonly shards: number;
  /** Whom events are handed to. */
  readonly fanout: Fanout;
  /** Milliseconds between looks at the bells. */
  readonly pollMs: number;
  /** Milliseconds that the feed's entries are kept at the least. */
  readonly feedExpiryMs: number;
  /** Milliseconds after which a read is given up. */
  readonly deadlineMs: number;
}

interface Shard {
  /** Everything up to this commit was read. */
  stamp: string;
  /** The newest commit that a bell told of. */
  rung: string;
  /** When `stamp` was last known to be all there is, by `performance.now()` and by the wall clock: the first stops while a laptop sleeps. */
  freshAt: number;
  freshAtWall: number;
}

/**
 * What a round (a commit, a list, a delivery) costs, it may cost once in this many times as long: then rounds take a sixteenth of
 * the isolate, and what comes meanwhile makes the next one fuller. A first event after a pause never waits; nobody waits longer than
 * {@linkcode MAX_REST_MS}, which nobody sees.
 */
const ROUND_SHARE = 16;
const MAX_REST_MS = 20;
/**
 * Milliseconds of processor time of a commit with its list, and of one frame to one socket. Measured once rather than each time: most
 * of a frame's cost comes after `send` has returned, where no clock of ours sees it.
 */
const COMMIT_COST_MS = 0.5;
const FRAME_COST_MS = 0.005;
/** Polls after which the watch is made anew: a remote one reconnects by itself with gaps that grow. */
const POLLS_A_WATCH = 60;
/** Characters of events after which what was read is handed on. */
const MAX_READ_LENGTH = 64 * 1024;

/** See the module. */
export class KvFeed {
  readonly #parts: KvFeedParts;
  readonly #bells: Deno.KvKey[];
  readonly #shards = new Map<number, Shard>();
  readonly #following = new Map<number, Promise<void>>();
  readonly #due = new Set<number>();
  #reading: Promise<void> | undefined;
  #poll: ReturnType<typeof setInterval> | undefined;
  #looking: Promise<void> | undefined;
  /** Looks at single bells that have not begun yet. */
  readonly #asked = new Map<number, Promise<string>>();
  #polls = 0;
  #watch: ReadableStreamDefaultReader<Deno.KvEntryMaybe<unknown>[]> | undefined;
  /** No delivery before this time: the last one's cost is being paid back. */
  #nextAt = 0;
  #wake: (() => void) | undefined;
  #closed = false;

  /**
   * Makes a reader that follows nothing yet.
   *
   * @param parts See {@linkcode KvFeedParts}.
   */
  constructor(parts: KvFeedParts) {
    this.#parts = parts;
    this.#bells = Array.from({ length: parts.shards }, (_, shard) => ["bell", shard]);
  }

  /**
   * Resolves when the next round may begin: after the one that is under way, and its rest. A writer that did not wait for the
   * reader would begin a second round inside the first, and its entries would rest twice.
   */
  async rest(): Promise<void> {
    if (this.#reading !== undefined) await withDeadline(this.#reading, MAX_REST_MS, "read").catch(() => {});
    const restMs = this.#restMs;
    if (restMs >= 1) await new Promise((resolve) => setTimeout(resolve, restMs));
  }

  get #restMs(): number {
    return Math.max(0, this.#nextAt - performance.now());
  }

  /** Starts to listen to a group's shard, from now; resolves with how far the isolate has read. */
  async follow(group: string): Promise<() => Cursor> {
    const number = shardOf(group, this.#parts.shards);
    let following = this.#following.get(number);
    if (following === undefined) {
      following = this.#follow(number);
      this.#following.set(number, following);
      following.catch(() => this.#following.delete(number));
    }
    await following;
    return () => commitCursor(this.#parts.epoch, this.#shards.get(number)?.stamp ?? FIRST_STAMP);
  }

  /**
   * The newest commit that wrote to a group's shard, as of now. Who subscribes to a hundred groups in one turn looks once at each of eight
   * bells: a look begins after the last question, so its answer is never older than the question.
   */
  newest(group: string): Promise<string> {
    const number = shardOf(group, this.#parts.shards);
    let look = this.#asked.get(number);
    if (look === undefined) {
      look = Promise.resolve().then(async () => {
        this.#asked.delete(number);
        return (await this.#parts.kv.get(["bell", number])).versionstamp ?? FIRST_STAMP;
      });
      this.#asked.set(number, look);
    }
    return look;
  }

  /** Says that a commit wrote to a shard. */
  ring(number: number, stamp: string): void {
    const shard = this.#shards.get(number);
    if (shard === undefined || stamp <= shard.rung) return;
    shard.rung = stamp;
    this.#due.add(number);
    this.#reading ??= this.#readDue();
  }

  /** Ends the watch and the poll; resolves when nothing runs any more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#poll);
    this.#wake?.();
    await Promise.allSettled([this.#watch?.cancel(), this.#looking, this.#reading, ...this.#following.values()]);
  }

  async #follow(number: number): Promise<void> {
    // The watch and the poll first: what is committed after the look at the bell rings it.
    if (this.#poll === undefined) {
      this.#poll = setInterval(() => this.#looking ??= this.#look(), this.#parts.pollMs);
      this.#listen();
    }
    const bell = await withDeadline(this.#parts.kv.get(["bell", number]), this.#parts.deadlineMs, "follow a group");
    const stamp = bell.versionstamp ?? FIRST_STAMP;
    this.#shards.set(number, { stamp, rung: stamp, freshAt: performance.now(), freshAtWall: Date.now() });
  }

  #listen(): void {
    if (this.#closed) return;
    const watch = this.#parts.kv.watch(this.#bells).getReader();
    this.#watch = watch;
    const pump = async () => {
      for (;;) {
        const { done, value } = await watch.read();
        if (done) return;
        this.#ringAll(value);
      }
    };
    // A watch that broke is not missed: the poll hears the bells too, and makes a new one in its time.
    pump().catch(() => {});
  }

  #ringAll(bells: readonly Deno.KvEntryMaybe<unknown>[]): void {
    for (const [number, bell] of bells.entries()) {
      if (bell.versionstamp !== null) this.ring(number, bell.versionstamp);
    }
  }

  async #look(): Promise<void> {
    try {
      if (++this.#polls % POLLS_A_WATCH === 0) {
        // One that broke says so here once more.
        await withDeadline(this.#watch?.cancel() ?? Promise.resolve(), this.#parts.deadlineMs, "end a watch").catch(
          () => {},
        );
        this.#listen();
      }
      const [now, wall] = [performance.now(), Date.now()];
      const bells = await withDeadline(this.#parts.kv.getMany(this.#bells), this.#parts.deadlineMs, "poll");
      for (const [number, shard] of this.#shards) {
        const stamp = bells[number]?.versionstamp ?? FIRST_STAMP;
        if (stamp <= shard.stamp) [shard.freshAt, shard.freshAtWall] = [now, wall];
        // Rung before, and still not read: that reading failed.
        else if (stamp === shard.rung && this.#reading === undefined) shard.rung = shard.stamp;
      }
      this.#ringAll(bells);
    } catch {
      // The next poll is the retry.
    } finally {
      this.#looking = undefined;
    }
  }

  async #readDue(): Promise<void> {
    // With the first ring often comes a second.
    await Promise.resolve();
    while (this.#due.size > 0 && !this.#closed) {
      const restMs = this.#restMs;
      if (restMs >= 1) await this.#rest(restMs);
      const due = [...this.#due];
      this.#due.clear();
      for (const number of due) {
        try {
          await this.#readShard(number);
        } catch {
          // The place is kept, so the next poll reads on from it.
        }
      }
    }
    // In the same turn as the last look: a ring that comes after it starts a reading of its own.
    this.#reading = undefined;
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#wake = wake;
    });
  }

  async #readShard(number: number): Promise<void> {
    const shard = this.#shards.get(number);
    if (shard === undefined) return;
    const [now, wall] = [performance.now(), Date.now()];
    const { rung } = shard;
    if (this.#isWhole(shard)) await this.#readFeed(number, shard);
    // A bell without its feed entry: it expired early, on a machine whose clock is behind.
    if (shard.stamp < rung && !this.#closed) this.#skip(number, shard, rung);
    [shard.freshAt, shard.freshAtWall] = [now, wall];
  }

  /** Half of the time that entries are kept, for clocks that differ. Behind that the feed may have holes; the logs have none. */
  #isWhole({ freshAt, freshAtWall }: Shard): boolean {
    return Math.max(performance.now() - freshAt, Date.now() - freshAtWall) < this.#parts.feedExpiryMs / 2;
  }

  #skip(number: number, shard: Shard, stamp: string): void {
    const head = commitCursor(this.#parts.epoch, stamp);
    for (const group of this.#parts.fanout.groups()) {
      if (shardOf(group, this.#parts.shards) === number) this.#parts.fanout.skipTo(group, head);
    }
    shard.stamp = stamp;
  }

  async #readFeed(number: number, shard: Shard): Promise<void> {
    const { kv, deadlineMs } = this.#parts;
    const rows = kv.list<FeedRow[]>(
      { prefix: ["feed", number], start: ["feed", number, behind(shard.stamp)] },
      { batchSize: 100 },
    );
    let read: Commit[] = [];
    let length = 0;
    for (;;) {
      const row = await withDeadline(rows.next(), deadlineMs, "read the feed");
      // Asked again: the machine may have slept between the question and the answer.
      if (this.#closed || !this.#isWhole(shard)) return;
      if (row.done || length > MAX_READ_LENGTH) {
        this.#deliver(read);
        shard.stamp = read.at(-1)?.stamp ?? shard.stamp;
        if (row.done) return;
        [read, length] = [[], 0];
      }
      const commit = { stamp: String(row.value.key[2]), rows: row.value.value };
      read.push(commit);
      for (const [, events] of commit.rows) for (const json of events) length += json.length;
    }
  }

  /**
   * Hands on what was read, each group's events of several commits as one batch. Who listens is asked only now: a group that
   * was subscribed to while we read starts at `shard.stamp`, and needs all that comes after it.
   */
  #deliver(read: readonly Commit[]): void {
    const { epoch, fanout } = this.#parts;
    const batches = new Map<string, Entry[]>();
    const erased = new Set<string>();
    for (const { stamp, rows } of read) {
      for (const [group, events, transient] of rows) {
        if (!fanout.has(group)) continue;
        if (events.length === 0) {
          erased.add(group);
          continue;
        }
        let entries = batches.get(group);
        if (entries === undefined) batches.set(group, entries = []);
        for (const [index, json] of events.entries()) {
          entries.push({ cursor: entryCursor(epoch, stamp, index), json, transient: transient.includes(index) });
        }
      }
    }
    let frames = 0;
    for (const [group, entries] of batches) frames += fanout.deliver(group, entries);
    // Afterwards: what is handed on here was perhaps read before it was erased, and must not stay in memory.
    for (const group of erased) fanout.rewritten(group);
    if (frames === 0) return;
    const costMs = COMMIT_COST_MS + frames * FRAME_COST_MS;
    this.#nextAt = performance.now() + Math.min(MAX_REST_MS, (ROUND_SHARE - 1) * costMs);
  }
}

interface Commit {
  readonly stamp: string;
  readonly rows: readonly FeedRow[];
}
