import type { Cursor } from "./cursor.ts";
import type { Entry, Page } from "./layer.ts";

/** Characters of events after which a page ends: what one frame should hold. */
export const MAX_PAGE_LENGTH = 64 * 1024;

/** An entry that may become part of a page. */
export interface PageEntry extends Entry {
  /** Characters that it counts as. Default: those of its JSON. */
  readonly length?: number;
}

/** Options of {@linkcode cutPage}. */
export interface CutOptions {
  /** Most entries. */
  readonly limit: number;
  /** The page's head when it is empty. */
  readonly head: Cursor;
  /** The entries come newest first. Default false. */
  readonly reverse?: boolean;
}

/** Makes a page of the first entries that fit one, in the order in which they come; the page is oldest first. */
export function cutPage(entries: readonly PageEntry[], { limit, head, reverse = false }: CutOptions): Page {
  const kept: Entry[] = [];
  let length = 0;
  for (const entry of entries) {
    length += entry.length ?? entry.json.length;
    if (kept.length >= limit || (kept.length > 0 && length > MAX_PAGE_LENGTH)) break;
    const { cursor, json, transient } = entry;
    kept.push(entry.length === undefined ? entry : { cursor, json, transient });
  }
  const more = kept.length < entries.length;
  if (reverse) kept.reverse();
  return { entries: kept, more, head: kept.at(-1)?.cursor ?? head };
}
