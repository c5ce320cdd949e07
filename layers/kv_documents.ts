/**
 * Reading documents of a database. They are written by the writer, with entries or without.
 *
 * @module
 */

import { checkListOptions, documentKeyBytes } from "./change.ts";
import { compareParts } from "./documents.ts";
import type { Document, DocumentKey, ListOptions } from "./layer.ts";

/** Keys that one `getMany` takes. */
const GET_MANY = 10;

/** Where a document is in the store. */
export function documentKey(key: readonly string[]): Deno.KvKey {
  return ["doc", ...key];
}

/** See `ChannelLayer.get`. */
export async function getDocuments<T>(
  kv: Deno.Kv,
  keys: readonly DocumentKey[],
): Promise<(Document<T> | undefined)[]> {
  for (const key of keys) documentKeyBytes(key);
  const steps: Promise<Deno.KvEntryMaybe<T>[]>[] = [];
  for (let from = 0; from < keys.length; from += GET_MANY) {
    steps.push(kv.getMany<T[]>(keys.slice(from, from + GET_MANY).map(documentKey)));
  }
  return (await Promise.all(steps)).flat().map((entry) => entry.versionstamp === null ? undefined : asDocument(entry));
}

/** See `ChannelLayer.list`. */
export async function listDocuments<T>(kv: Deno.Kv, options: ListOptions): Promise<Document<T>[]> {
  checkListOptions(options);
  const selector = selectorOf(options);
  if (selector === undefined) return [];
  const { limit, reverse = false } = options;
  const documents: Document<T>[] = [];
  for await (const entry of kv.list<T>(selector, { limit, reverse })) documents.push(asDocument(entry));
  return documents;
}

/** Undefined when nothing can be there. */
function selectorOf({ prefix, after, before }: ListOptions): Deno.KvListSelector | undefined {
  // Behind everything that is deeper than `after`: in a key NUL sorts behind the end of a part.
  const start = after === undefined ? undefined : `${after}\u0000`;
  if (start !== undefined && before !== undefined) {
    if (compareParts(start, before) >= 0) return undefined;
    return { start: documentKey([...prefix, start]), end: documentKey([...prefix, before]) };
  }
  const within = { prefix: documentKey(prefix) };
  if (start !== undefined) return { ...within, start: documentKey([...prefix, start]) };
  if (before !== undefined) return { ...within, end: documentKey([...prefix, before]) };
  return within;
}

function asDocument<T>({ key, value, versionstamp }: Deno.KvEntry<T>): Document<T> {
  // Only changes write below "doc", with keys of one string or more.
  const [, first, ...rest] = key as [string, string, ...string[]];
  return { key: [first, ...rest], value, version: versionstamp };
}
