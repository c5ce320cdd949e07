import type { ChannelLayer, Cursor, Entry } from "../layers/layer.ts";

/** A part of a log, newest first. */
export interface CursorPage<T> {
  /** Newest first. May be fewer than were asked for. */
  readonly items: (T & { readonly cursor: Cursor })[];
  /** The `before` of the next page; absent: this is the last one. */
  readonly next?: Cursor;
}

/** Which part of a log. */
export interface CursorPageOptions {
  /** What came before this. */
  readonly before?: Cursor | undefined;
  /** Most items, 1 to 200. */
  readonly limit: number;
}

/**
 * Reads a page of a log that is not a room's.
 *
 * @param parse Makes an item of an event; undefined: it is left out.
 * @throws {ChatError} `bad_cursor`, `cursor_expired`, `unavailable`.
 */
export async function readCursorPage<T extends object>(
  layer: ChannelLayer,
  group: string,
  { before, limit }: CursorPageOptions,
  parse: (event: unknown) => T | undefined,
): Promise<CursorPage<T>> {
  const { entries, more } = await layer.read(group, { ...(before !== undefined && { before }), limit });
  const items: (T & { readonly cursor: Cursor })[] = [];
  for (const { cursor, json } of entries.toReversed()) {
    const item = parse(JSON.parse(json));
    if (item !== undefined) items.push({ cursor, ...item });
  }
  const oldest = entries[0];
  return more && oldest !== undefined ? { items, next: oldest.cursor } : { items };
}

/**
 * Reads the entry at a place.
 *
 * @returns Undefined where there is none.
 * @throws {ChatError} `bad_cursor`, `cursor_expired`, `unavailable`.
 */
export async function findEntry(layer: ChannelLayer, group: string, cursor: Cursor): Promise<Entry | undefined> {
  const { head } = await layer.read(group, { before: cursor, limit: 1 });
  const { entries } = await layer.read(group, { after: head, limit: 1 });
  return entries[0]?.cursor === cursor ? entries[0] : undefined;
}
