/**
 * Where one commit ends and the next one begins: by the limits of an atomic in Deno KV, and between two whose documents meet.
 *
 * @module
 */

import { type Append, groupBytes, MAX_VALUE_BYTES } from "./appends.ts";
import type { PreparedChange } from "./change.ts";
import { shardOf } from "./kv_log.ts";
import { type Pending, storeKeyBytes } from "./kv_pending.ts";

/**
 * Bytes in one atomic: of values, where events count twice, for the log and the feed, and three times those of keys, which Deno KV
 * counts in a check, in a mutation, and with its value. 819,200 with room for nonces.
 */
const MAX_COMMIT_BYTES = 790_000;
/** Bytes of keys in one atomic: 81,920 with room for feeds and bells. */
const MAX_KEY_BYTES = 80_000;
/** Mutations in one atomic: 1,000 with room for feeds and bells. */
const MAX_MUTATIONS = 980;
/** Entries in one atomic: more make it longer, not cheaper. */
const MAX_COMMIT_ENTRIES = 300;

/**
 * Weighs what is to be committed.
 *
 * @throws {RangeError} No atomic holds its keys.
 */
export function weigh(
  appends: readonly Append[],
  change: PreparedChange | undefined,
  index: Deno.KvKey | undefined,
): { bytes: number; keyBytes: number } {
  let bytes = change?.bytes ?? 0;
  const ownKeyBytes = (change?.keyBytes ?? 0) + (index === undefined ? 0 : storeKeyBytes(index));
  let keyBytes = ownKeyBytes;
  for (const append of appends) {
    bytes += 2 * append.bytes;
    keyBytes += logKeyBytes(append.group);
  }
  if (isTooMuch({ bytes, keyBytes, mutations: 0 })) {
    throw new RangeError(`Cannot commit ${bytes} bytes with keys of ${keyBytes} bytes in one step`);
  }
  return { bytes, keyBytes: ownKeyBytes };
}

/** Whether an atomic of Deno KV does not hold so much. */
export function isTooMuch(
  { bytes, keyBytes, mutations }: { bytes: number; keyBytes: number; mutations: number },
): boolean {
  return bytes + 3 * keyBytes > MAX_COMMIT_BYTES || keyBytes > MAX_KEY_BYTES || mutations > MAX_MUTATIONS;
}

/** How many of those that wait fit one commit: at least the first. It ends at the first that does not fit, so nobody is overtaken. */
export function countFitting(waiting: readonly Pending[], limits: { shards: number; maxChecks: number }): number {
  const cut = new Cut(limits.shards, limits.maxChecks);
  let count = 0;
  for (const pending of waiting) {
    if (count > 0 && !cut.admits(pending)) break;
    cut.add(pending);
    if (count > 0 && cut.isOver) break;
    count++;
    // What it erases is weighed when it is read: it has an atomic of its own.
    if (erases(pending)) break;
  }
  return Math.max(1, count);
}

/**
 * Whether a commit needs a key that is written for nothing but to be found again. Otherwise one of its entries' keys is that: it is
 * in the attempt of those that remain, or used already, or its entry was refused because a document has changed, and each of
 * that keeps an attempt of unknown outcome from landing afterwards. Not so when it was refused because a document exists: that may end.
 */
export function needsProof(entries: readonly Pending[]): boolean {
  return !entries.some(isProof) && !(entries.length === 1 && entries[0]?.once !== undefined);
}

function isProof({ once, change }: Pending): boolean {
  return once !== undefined && (change === undefined || change.checks.every(({ version }) => version !== null));
}

function erases({ change }: Pending): boolean {
  return change !== undefined && change.erases.length > 0;
}

function logKeyBytes(group: string): number {
  return 3 * group.length + 31;
}

/** A commit that is being filled. */
class Cut {
  readonly #shards: number;
  readonly #maxChecks: number;
  readonly #groups = new Set<string>();
  readonly #shardBytes = new Map<number, number>();
  /** Documents that are checked, and for which version. */
  readonly #checked = new Map<string, string | null>();
  /** Documents and entries that are written. */
  readonly #written = new Set<string>();
  #fullestShard = 0;
  #bytes = 0;
  #keyBytes = 0;
  #keys = 0;
  #proofs = 0;
  #mutations = 0;
  #count = 0;

  constructor(shards: number, maxChecks: number) {
    this.#shards = shards;
    this.#maxChecks = maxChecks;
  }

  /**
   * Whether it may share an atomic with the others. Deno KV makes all checks before all mutations, so it would be checked against
   * what was there before the others.
   */
  admits(pending: Pending): boolean {
    const { change } = pending;
    if (change === undefined) return true;
    if (erases(pending)) return false;
    for (const { name, version } of change.checks) {
      if (this.#written.has(name)) return false;
      const checked = this.#checked.get(name);
      if (checked !== undefined && checked !== version) return false;
    }
    return change.writes.every((name) => !this.#written.has(name) && !this.#checked.has(name));
  }

  add(pending: Pending): void {
    const { appends, change, once } = pending;
    this.#count++;
    this.#bytes += pending.bytes;
    this.#keyBytes += pending.keyBytes;
    if (once !== undefined) this.#keys++;
    if (isProof(pending)) this.#proofs++;
    for (const append of appends) this.#addEntry(append);
    if (change === undefined) return;
    for (const { name, version } of change.checks) this.#checked.set(name, version);
    for (const name of change.writes) this.#written.add(name);
    this.#mutations += change.writes.length;
  }

  #addEntry({ group, bytes }: Append): void {
    const shard = shardOf(group, this.#shards);
    const isNew = !this.#groups.has(group);
    // A group's events share its shard's value with others, so the shard's bound is the group's as well.
    const inShard = (this.#shardBytes.get(shard) ?? 0) + bytes + (isNew ? groupBytes(group) : 0);
    this.#shardBytes.set(shard, inShard);
    this.#fullestShard = Math.max(this.#fullestShard, inShard);
    this.#mutations++;
    if (!isNew) return;
    this.#groups.add(group);
    this.#keyBytes += logKeyBytes(group);
  }

  get isOver(): boolean {
    // See `needsProof`.
    const proofs = this.#proofs > 0 || (this.#count === 1 && this.#keys === 1) ? 0 : 1;
    return this.#keys + this.#checked.size + proofs > this.#maxChecks ||
      this.#fullestShard > MAX_VALUE_BYTES || this.#count > MAX_COMMIT_ENTRIES ||
      isTooMuch({ bytes: this.#bytes, keyBytes: this.#keyBytes, mutations: this.#mutations + this.#keys });
  }
}
