/**
 * The documents of the layer in memory.
 *
 * @module
 */

import { copyDocument, documentKeyBytes, nameOf, type PreparedChange, staleError } from "./change.ts";
import type { Document, DocumentKey, ListOptions } from "./layer.ts";

interface Kept {
  readonly key: DocumentKey;
  readonly value: unknown;
  readonly version: string;
  readonly expiresAt: number;
}

/** See the module. */
export class MemoryDocuments {
  readonly #now: () => number;
  readonly #documents = new Map<string, Kept>();

  /**
   * Makes an empty store.
   *
   * @param now Milliseconds since 1970.
   */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Throws a `Stale` when a document is not what a check says. */
  check({ checks }: PreparedChange): void {
    for (const check of checks) {
      if ((this.#find(check.name)?.version ?? null) !== check.version) throw staleError(check);
    }
  }

  /** Writes; everything gets the version `version`. */
  apply({ sets, deletes }: PreparedChange, version: string): void {
    for (const { key, value, expireInMs = Infinity } of sets) {
      this.#documents.set(nameOf(key), { key, value, version, expiresAt: this.#now() + expireInMs });
    }
    for (const key of deletes) this.#documents.delete(nameOf(key));
  }

  /** See `ChannelLayer.get`. */
  get<T>(keys: readonly DocumentKey[]): (Document<T> | undefined)[] {
    return keys.map((key) => {
      documentKeyBytes(key);
      const kept = this.#find(nameOf(key));
      return kept && asDocument(kept);
    });
  }

  /** See `ChannelLayer.list`. */
  list<T>({ prefix, after, before, reverse = false, limit }: ListOptions): Document<T>[] {
    const found: Kept[] = [];
    for (const [name, kept] of this.#documents) {
      const next = kept.key[prefix.length];
      if (next === undefined || this.#find(name) === undefined) continue;
      if (!prefix.every((part, i) => kept.key[i] === part)) continue;
      if (after !== undefined && compareParts(next, after) <= 0) continue;
      if (before !== undefined && compareParts(next, before) >= 0) continue;
      found.push(kept);
    }
    found.sort((a, b) => compareKeys(a.key, b.key));
    if (reverse) found.reverse();
    return found.slice(0, limit).map((kept) => asDocument<T>(kept));
  }

  #find(name: string): Kept | undefined {
    const kept = this.#documents.get(name);
    if (kept === undefined || kept.expiresAt > this.#now()) return kept;
    this.#documents.delete(name);
    return undefined;
  }
}

function asDocument<T>({ key, value, version }: Kept): Document<T> {
  // What a key's value is, its caller says; nothing is checked here, as nothing is in Deno KV.
  return { key: [...key], value: copyDocument(value).value as T, version };
}

function compareKeys(a: DocumentKey, b: DocumentKey): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const order = compareParts(a[i] ?? "", b[i] ?? "");
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** As UTF-8 sorts, which is by code points: a surrogate comes after all that UTF-16 writes with one unit. */
export function compareParts(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [left, right] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
