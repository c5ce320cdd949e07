/**
 * One commit of the writer, as often as it has to be tried.
 *
 * @module
 */

import type { Append } from "./appends.ts";
import { type DocumentCheck, type PreparedChange, staleError } from "./change.ts";
import { indexOf, stampOf } from "./cursor.ts";
import { needsProof } from "./kv_cut.ts";
import { documentKey } from "./kv_documents.ts";
import { readErasure } from "./kv_erasure.ts";
import { type FeedRow, REWRITTEN, shardOf } from "./kv_log.ts";
import type { Pending, Place } from "./kv_pending.ts";
import type { Stale } from "./layer.ts";

/** What {@linkcode KvBatch} needs. */
export interface KvBatchParts {
  /** The handle to write with. */
  readonly kv: Deno.Kv;
  /** See `KvDatabase`. */
  readonly shards: number;
  /** Milliseconds that a feed's entries are kept. */
  readonly feedExpiryMs: number;
}

/** Why a commit's checks failed. */
export interface ReadBack {
  /** This very commit had landed already, with this versionstamp. */
  readonly stamp?: string;
  /** Entries whose key was used before, and for what. */
  readonly earlier: ReadonlyMap<Pending, Place>;
  /** Entries whose documents are not as they say. */
  readonly stale: ReadonlyMap<Pending, Stale>;
}

/** A key that the commit checks to be new, and sets to its nonce. */
interface Mark {
  readonly key: Deno.KvKey;
  readonly index: number;
  /** The entry that it stands for; none for a proof. */
  readonly entry?: Pending;
}

/** One group's events of this commit. */
interface Row {
  readonly events: string[];
  readonly transient: number[];
  readonly expireInMs: number | undefined;
}

const PROOF_EXPIRY_MS = 10 * 60_000;

/** See the module. */
export class KvBatch {
  /** What it commits. */
  readonly entries: readonly Pending[];
  /** Shard → what its feed gets. */
  readonly shards = new Map<number, FeedRow[]>();
  /** Each entry's index in its group's value. */
  readonly places: { readonly entry: Pending; readonly index: number }[] = [];
  /** Groups of which something is erased. */
  readonly erasedGroups = new Set<string>();
  readonly #parts: KvBatchParts;
  readonly #name: string;
  readonly #part: number;
  readonly #rows = new Map<string, Row>();
  readonly #marks: Mark[] = [];
  /** By name: what many check alike is checked once. */
  readonly #checks = new Map<string, DocumentCheck>();
  readonly #changes: { readonly entry: Pending; readonly change: PreparedChange }[] = [];

  /**
   * Makes a commit.
   *
   * @param entries What it commits; none meets another's documents.
   * @param name Unique.
   * @param parts See {@linkcode KvBatchParts}.
   * @param before The commit that it is a part of, after a check of that has failed.
   */
  constructor(entries: readonly Pending[], name: string, parts: KvBatchParts, before?: KvBatch) {
    this.entries = entries;
    this.#name = name;
    this.#parts = parts;
    // One of its own: with the earlier one's its entries would be looked for where those were.
    this.#part = before === undefined ? 0 : before.#part + 1;
    for (const entry of entries) this.#add(entry);
    if (needsProof(entries)) this.#marks.push({ key: ["sent", name], index: 0 });
  }

  /** The commit of the others, when a check failed. */
  without(isOut: (entry: Pending) => boolean): KvBatch {
    return new KvBatch(this.entries.filter((entry) => !isOut(entry)), this.#name, this.#parts, this);
  }

  /** The commit's versionstamp; undefined when a check failed. */
  async commit(): Promise<string | undefined> {
    const { kv, feedExpiryMs } = this.#parts;
    const stamp = kv.commitVersionstamp();
    const atomic = kv.atomic();
    for (const { key, index, entry } of this.#marks) {
      atomic.check({ key, versionstamp: null });
      atomic.set(key, [this.#nonce, index], entry === undefined ? { expireIn: PROOF_EXPIRY_MS } : {});
    }
    for (const { key, version } of this.#checks.values()) {
      atomic.check({ key: documentKey(key), versionstamp: version });
    }
    for (const { entry, change } of this.#changes) {
      this.#change(atomic, change);
      if (change.erases.length > 0) await this.#erase(atomic, entry);
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

  /** After a failed check: what it was. */
  async readBack(): Promise<ReadBack> {
    const earlier = new Map<Pending, Place>();
    const stale = new Map<Pending, Stale>();
    const marks = await this.#getAll<[nonce: string, index: number]>(this.#marks.map(({ key }) => key));
    for (const [i, { value, versionstamp }] of marks.entries()) {
      if (value === null || versionstamp === null) continue;
      if (value[0] === this.#nonce) return { stamp: versionstamp, earlier, stale };
      const entry = this.#marks[i]?.entry;
      if (entry !== undefined) earlier.set(entry, { stamp: versionstamp, index: value[1] });
    }
    const checks = [...this.#checks.values()];
    const found = await this.#getAll(checks.map(({ key }) => documentKey(key)));
    const wrong = new Set<string>();
    for (const [i, { name, version }] of checks.entries()) if (found[i]?.versionstamp !== version) wrong.add(name);
    if (wrong.size === 0) return { earlier, stale };
    for (const entry of this.entries) {
      const check = entry.change?.checks.find(({ name }) => wrong.has(name));
      if (check !== undefined && !earlier.has(entry)) stale.set(entry, staleError(check));
    }
    return { earlier, stale };
  }

  get #nonce(): string {
    return `${this.#name}/${this.#part}`;
  }

  #add(entry: Pending): void {
    const { appends, change, once, expireInMs } = entry;
    const indexes = appends.map((append) => this.#append(append, expireInMs));
    const index = indexes[0] ?? 0;
    this.places.push({ entry, index });
    if (once !== undefined) this.#marks.push({ key: once.index, index, entry });
    if (change === undefined) return;
    for (const check of change.checks) this.#checks.set(check.name, check);
    if (change.writes.length + change.erases.length > 0) this.#changes.push({ entry, change });
    for (const { group } of change.erases) {
      if (this.erasedGroups.has(group)) continue;
      this.erasedGroups.add(group);
      // No events: what came before is not what it was.
      this.#feed(group, [group, [], []]);
    }
  }

  /** The entry's index in its group. */
  #append({ group, json, transient }: Append, expireInMs: number | undefined): number {
    let row = this.#rows.get(group);
    if (row === undefined) {
      row = { events: [], transient: [], expireInMs };
      this.#rows.set(group, row);
      this.#feed(group, [group, row.events, row.transient]);
    }
    const index = row.events.push(json) - 1;
    if (transient) row.transient.push(index);
    return index;
  }

  #feed(group: string, row: FeedRow): void {
    const shard = shardOf(group, this.#parts.shards);
    const rows = this.shards.get(shard);
    if (rows === undefined) this.shards.set(shard, [row]);
    else rows.push(row);
  }

  #change(atomic: Deno.AtomicOperation, { sets, deletes, amends }: PreparedChange): void {
    for (const { key, value, expireInMs } of sets) {
      atomic.set(documentKey(key), value, expireInMs === undefined ? {} : { expireIn: expireInMs });
    }
    for (const key of deletes) atomic.delete(documentKey(key));
    for (const { group, cursor, json } of amends) {
      atomic.set(["amend", group, stampOf(cursor), indexOf(cursor)], json);
    }
  }

  async #erase(atomic: Deno.AtomicOperation, entry: Pending): Promise<void> {
    const { versionstamp, sets } = await readErasure(this.#parts.kv, entry, this.#parts);
    atomic.check({ key: REWRITTEN, versionstamp }).set(REWRITTEN, "");
    for (const { key, value, expireIn } of sets) atomic.set(key, value, expireIn === undefined ? {} : { expireIn });
  }

  async #getAll<T>(keys: readonly Deno.KvKey[]): Promise<Deno.KvEntryMaybe<T>[]> {
    const found: Deno.KvEntryMaybe<T>[] = [];
    for (let from = 0; from < keys.length; from += 10) {
      found.push(...await this.#parts.kv.getMany<T[]>(keys.slice(from, from + 10)));
    }
    return found;
  }
}
