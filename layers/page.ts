import type { Cursor } from "./cursor.ts";
import type { Entry, Page } from "./layer.ts";

/** Characters of events after which a page ends: what one frame should hold. */
export const MAX_PAGE_LENGTH = 64 * 1024;

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
export function cutPage(entries: readonly Entry[], { limit, head, reverse = false }: CutOptions): Page {
  const kept: Entry[] = [];
  let length = 0;
  for (const entry of entries) {
    if (kept.length >= limit || (kept.length > 0 && length + entry.json.length > MAX_PAGE_LENGTH)) break;
    kept.push(entry);
    length += entry.json.length;
  }
  const more = kept.length < entries.length;
  if (reverse) kept.reverse();
  return { entries: kept, more, head: kept.at(-1)?.cursor ?? head };
}
