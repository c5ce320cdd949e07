/**
 * Erasing in Deno KV. A row of a log, and of a feed, is one value for all events of a commit: it is read, and written again with
 * another event at its place. All erasures of a database take turns by one key, {@linkcode REWRITTEN}: one check, however many rows.
 *
 * @module
 */

import { groupBytes } from "./appends.ts";
import { ERASE_SLACK_BYTES, type Rewrite } from "./change.ts";
import { indexOf, stampOf } from "./cursor.ts";
import { storedBytes } from "./event.ts";
import { isTooMuch } from "./kv_cut.ts";
import { ERASED, type FeedRow, REWRITTEN, shardOf, withoutMark } from "./kv_log.ts";
import { type Pending, storeKeyBytes } from "./kv_pending.ts";

/** Milliseconds for which an amendment of what was erased says the same: a reader may have its row from before, and its amendments not yet. */
const OVERLAY_EXPIRY_MS = 60_000;

/** What is erased, as it is now. */
export interface Erasure {
  /** {@linkcode REWRITTEN} before anything else was read. */
  readonly versionstamp: string | null;
  /** Rows and amendments to write. */
  readonly sets: readonly { readonly key: Deno.KvKey; readonly value: unknown; readonly expireIn?: number }[];
}

/** A row of a log or a feed. */
interface Row {
  readonly key: Deno.KvKey;
  readonly rewrites: Rewrite[];
}

/**
 * Reads what a change erases, and makes what is to be written instead. What is not there any more needs no erasing.
 *
 * @param entry Whose change it is; what else is in it is in the same atomic.
 * @throws {RangeError} An event is longer than what it replaces, or the rows are too much for one atomic.
 */
export async function readErasure(
  kv: Deno.Kv,
  entry: Pending,
  { shards, feedExpiryMs }: { shards: number; feedExpiryMs: number },
): Promise<Erasure> {
  const { appends, change } = entry;
  const erases = change?.erases ?? [];
  let { bytes, keyBytes } = entry;
  const sets: { key: Deno.KvKey; value: unknown; expireIn?: number }[] = [];
  const set = (key: Deno.KvKey, value: unknown, size: number, expireIn?: number) => {
    bytes += size;
    keyBytes += storeKeyBytes(key);
    sets.push({ key, value, ...(expireIn !== undefined && { expireIn }) });
  };
  // First: what is written between this look and the commit makes that fail.
  const { versionstamp } = await kv.get(REWRITTEN);
  const logs = rowsOf(erases, ({ group, cursor }) => ["log", group, stampOf(cursor)]);
  const found: Rewrite[] = [];
  for (const { row, value } of await readRows<string[]>(kv, logs)) {
    const events = [...value];
    for (const rewrite of row.rewrites) {
      const index = indexOf(rewrite.cursor);
      const replaced = events[index];
      if (replaced === undefined || replaced === "") continue;
      if (rewrite.bytes > storedBytes(withoutMark(replaced)) + ERASE_SLACK_BYTES) {
        throw new RangeError(
          `Cannot erase ${rewrite.cursor} with an event of ${rewrite.bytes} bytes: it is longer than what it replaces`,
        );
      }
      events[index] = ERASED + rewrite.json;
      found.push(rewrite);
    }
    set(row.key, events, sizeOf(events));
  }
  const feeds = rowsOf(found, ({ group, cursor }) => ["feed", shardOf(group, shards), stampOf(cursor)]);
  for (const { row, value } of await readRows<FeedRow[]>(kv, feeds)) {
    const rewritten = value.map((feed) => rewriteFeed(feed, row.rewrites));
    const size = rewritten.reduce((sum, [group, events]) => sum + sizeOf(events) + groupBytes(group), 0);
    set(row.key, rewritten, size, feedExpiryMs);
  }
  for (const { group, cursor, json } of found) {
    // What it takes was counted with the change.
    set(["amend", group, stampOf(cursor), indexOf(cursor)], json, 0, OVERLAY_EXPIRY_MS);
  }
  const mutations = sets.length + appends.length + (change?.writes.length ?? 0);
  if (isTooMuch({ bytes, keyBytes, mutations })) {
    const what = `${sets.length} values of ${bytes} bytes, with keys of ${keyBytes}`;
    throw new RangeError(`Cannot erase ${erases.length} entries in one step: they lie in ${what}`);
  }
  return { versionstamp, sets };
}

function rewriteFeed(feed: FeedRow, rewrites: readonly Rewrite[]): FeedRow {
  const [group, events, transient] = feed;
  const own = rewrites.filter((rewrite) => rewrite.group === group);
  if (own.length === 0 || events.length === 0) return feed;
  const rewritten = [...events];
  for (const { cursor, json } of own) if (indexOf(cursor) < events.length) rewritten[indexOf(cursor)] = json;
  return [group, rewritten, transient];
}

function rowsOf(rewrites: readonly Rewrite[], keyOf: (rewrite: Rewrite) => Deno.KvKey): Row[] {
  const rows = new Map<string, Row>();
  for (const rewrite of rewrites) {
    const key = keyOf(rewrite);
    const name = JSON.stringify(key);
    const row = rows.get(name);
    if (row === undefined) rows.set(name, { key, rewrites: [rewrite] });
    else row.rewrites.push(rewrite);
  }
  return [...rows.values()];
}

/** Those that are there. */
async function readRows<T>(kv: Deno.Kv, rows: readonly Row[]): Promise<{ row: Row; value: T }[]> {
  const found: { row: Row; value: T }[] = [];
  for (let from = 0; from < rows.length; from += 10) {
    const some = rows.slice(from, from + 10);
    const entries = await kv.getMany<T[]>(some.map(({ key }) => key));
    for (const [i, row] of some.entries()) {
      const value = entries[i]?.value;
      if (value !== null && value !== undefined) found.push({ row, value });
    }
  }
  return found;
}

function sizeOf(events: readonly string[]): number {
  return events.reduce((bytes, json) => bytes + storedBytes(json), 64);
}
