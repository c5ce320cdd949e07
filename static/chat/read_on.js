/**
 * Reading a list page by page: the server looks at a part of it at a time, so a page may hold nothing and not be the last one. No DOM.
 * @module
 */

/** @template T @typedef {{items: T[], next: string | undefined}} ListPage `next`: where to read on; undefined: that was all */

/** Pages in a row that may hold nothing before it is left to the person to go on. */
const MAX_EMPTY = 5;

/**
 * Reads on until there is something to show.
 * @template T
 * @param {(place: string | undefined) => Promise<ListPage<T>>} ask
 * @param {string | undefined} from where; undefined: from the beginning
 * @param {() => boolean} isWanted asked after each page: what nobody waits for any more is not read on
 * @returns {Promise<ListPage<T>>} the first page that holds something, or the last one that was read. Rejects as `ask` does
 */
export async function readOn(ask, from, isWanted) {
  let place = from;
  for (let pages = 1;; pages++) {
    const page = await ask(place);
    if (page.items.length > 0 || page.next === undefined || pages === MAX_EMPTY || !isWanted()) return page;
    place = page.next;
  }
}
