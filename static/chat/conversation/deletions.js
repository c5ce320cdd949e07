/**
 * Messages that are about to be deleted: for some seconds it can be undone, and only then is the server asked.
 *
 * Whoever leaves the page within these seconds meant what they said: it is asked for at once, by a request that outlives the page. It also
 * stays written down until the server has answered, and what is left of a page that died, or had no network, is asked for by the next one. Two pages
 * that ask for the same one do no harm: the second is answered that it is gone.
 * No DOM.
 * @module
 */

import { isRecord } from "../../client/records.js";

/** @import { Clock } from "../../client/connection.js" */
/** @import { Storage } from "../../ui/storage.js" */

/** `due`: when the server is to be asked, in milliseconds since 1970. @typedef {{room: string, cursor: string, by: string, due: number}} Deletion */
/** @typedef {ReturnType<typeof createDeletions>} Deletions */

const KEY = "deletions";
/** @type {Clock} */
const REAL_CLOCK = {
  now: () => Date.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  // Safe: it gets back what the line above returned, in a browser a number.
  clearTimeout: (timer) => clearTimeout(/** @type {number | undefined} */ (timer)),
};
/** How long it can be undone. */
export const UNDO_MS = 6_000;

/**
 * Makes it, with what earlier pages have left.
 * @param {object} parts
 * @param {Storage} parts.storage the same for all tabs
 * @param {(deletion: Deletion, isLast: boolean) => Promise<unknown>} parts.ask rejects when the server has not done it. `isLast`: the page is
 *   going away
 * @param {(deletion: Deletion, error: unknown) => void} parts.onRefused the message is there again
 * @param {() => void} parts.onChange
 * @param {(error: unknown) => boolean} parts.isPassing whether it may be done when it is asked for again
 * @param {Clock} [parts.clock]
 */
export function createDeletions({ storage, ask, onRefused, onChange, isPassing, clock = REAL_CLOCK }) {
  /** Those of this page. @type {Map<string, Deletion & {timer: unknown}>} */
  const waiting = new Map();
  /** @type {Set<string>} */
  const asked = new Set();
  /** To be asked for again when there is a connection. @type {Set<string>} */
  const left = new Set();
  const kept = () => storage.list(KEY).filter(isDeletion);

  /** @param {(list: Deletion[]) => Deletion[]} change */
  function keep(change) {
    // Read anew each time: another tab may have written in between.
    const list = change(kept());
    storage.set(KEY, list.length === 0 ? undefined : JSON.stringify(list));
  }

  /** @param {string} cursor */
  const forget = (cursor) => keep((list) => list.filter((each) => each.cursor !== cursor));

  /**
   * @param {Deletion} deletion
   * @param {boolean} isLast
   */
  async function carryOut(deletion, isLast) {
    const { cursor } = deletion;
    clock.clearTimeout(waiting.get(cursor)?.timer);
    waiting.delete(cursor);
    if (asked.has(cursor)) return;
    asked.add(cursor);
    left.delete(cursor);
    onChange();
    try {
      await ask(deletion, isLast);
      forget(cursor);
    } catch (error) {
      asked.delete(cursor);
      if (isPassing(error)) left.add(cursor);
      else {
        forget(cursor);
        onRefused(deletion, error);
      }
    }
    onChange();
  }

  return {
    /** Whether it can still be undone. @param {string} cursor */
    canUndo: (cursor) => waiting.has(cursor),
    /** Whether it is about to be deleted, or the server has been asked. @param {string} cursor */
    has: (cursor) => waiting.has(cursor) || asked.has(cursor) || left.has(cursor),

    /**
     * @param {string} room
     * @param {string} cursor
     * @param {string} by my id
     */
    add(room, cursor, by) {
      if (waiting.has(cursor) || asked.has(cursor)) return;
      const deletion = { room, cursor, by, due: clock.now() + UNDO_MS };
      waiting.set(cursor, { ...deletion, timer: clock.setTimeout(() => carryOut(deletion, false), UNDO_MS) });
      keep((list) => [...list, deletion]);
      onChange();
    },

    /** @param {string} cursor */
    undo(cursor) {
      const deletion = waiting.get(cursor);
      if (deletion === undefined) return;
      clock.clearTimeout(deletion.timer);
      waiting.delete(cursor);
      forget(cursor);
      onChange();
    },

    /** The page is going away. */
    finish() {
      for (const { timer: _, ...deletion } of [...waiting.values()]) carryOut(deletion, true);
    },

    /**
     * Carries out what other pages have left; there is a connection.
     * @param {string} me my id: what somebody else wanted here is theirs to do
     */
    resume(me) {
      const now = clock.now();
      for (const deletion of kept()) {
        // One that is not due belongs to a page that is open, or has just gone.
        if (deletion.by === me && deletion.due <= now && !waiting.has(deletion.cursor)) carryOut(deletion, false);
      }
    },
  };
}

/**
 * @param {unknown} value
 * @returns {value is Deletion}
 */
function isDeletion(value) {
  return isRecord(value) && [value.room, value.cursor, value.by].every((part) => typeof part === "string") &&
    typeof value.due === "number";
}
