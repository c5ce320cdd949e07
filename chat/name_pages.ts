import type { ChannelLayer } from "../layers/layer.ts";

/** Documents that one page looks at: who looks for something rare asks again from where it stopped. */
const MAX_SCANNED = 1_000;

/** A part of a list that is sorted by name. */
export interface NamePage<T> {
  /** In the order of their names, as UTF-8 sorts. May be fewer than were asked for. */
  readonly items: T[];
  /** The `after` of the next page; absent: this is the last one. */
  readonly next?: string;
}

/** Which part of a list. */
export interface NamePageOptions {
  /** What comes after this name. */
  readonly after?: string | undefined;
  /** Most items, 1 to 200. */
  readonly limit: number;
}

/**
 * Reads a page of documents.
 *
 * @param prefix What their keys begin with; the next part is the name.
 * @param take Makes an item of a document; undefined: it is none.
 */
export async function readNamePage<T>(
  layer: ChannelLayer,
  prefix: readonly [string, ...string[]],
  { after, limit }: NamePageOptions,
  take: (value: unknown, name: string) => T | undefined,
): Promise<NamePage<T>> {
  const items: T[] = [];
  let from = after;
  for (let scanned = 0, step = limit + 1;; step = Math.min(2 * step, MAX_SCANNED - scanned)) {
    const found = await layer.list({ prefix, ...(from !== undefined && { after: from }), limit: step });
    for (const { key, value } of found) {
      if (items.length === limit) return from === undefined ? { items } : { items, next: from };
      from = key[prefix.length] ?? "";
      scanned++;
      const item = take(value, from);
      if (item !== undefined) items.push(item);
    }
    if (found.length < step) return { items };
    if (scanned >= MAX_SCANNED) return from === undefined ? { items } : { items, next: from };
  }
}
