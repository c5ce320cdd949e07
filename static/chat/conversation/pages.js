/**
 * Loads a room's history page by page, one page at a time. No DOM.
 * @module
 */

import { fetchPage } from "./history.js";

/** @import { HistoryPage, Place } from "./history.js" */

/**
 * Makes the loader of one room.
 * @param {object} parts
 * @param {() => string | undefined} parts.findToken who asks
 * @param {() => void} parts.onChange it loads, has loaded, or has failed
 */
export function createPages({ findToken, onChange }) {
  let room = "";
  /** @type {"idle" | "loading" | "failed"} */
  let state = "idle";
  let abort = new AbortController();

  return {
    /** @returns {typeof state} */
    get state() {
      return state;
    },

    /**
     * What is on its way belongs to what was shown before.
     * @param {string} [name] another room
     */
    reset(name = room) {
      abort.abort();
      abort = new AbortController();
      room = name;
      state = "idle";
    },

    /** After a failure. */
    again() {
      state = "idle";
      onChange();
    },

    /**
     * @param {Place} place
     * @param {(page: HistoryPage) => void} take not called when something else has become of it meanwhile
     */
    async load(place, take) {
      state = "loading";
      const { signal } = abort;
      try {
        const page = await fetchPage(room, place, findToken(), signal);
        if (signal.aborted) return;
        state = "idle";
        take(page);
      } catch {
        if (signal.aborted) return;
        state = "failed";
      }
      onChange();
    },
  };
}
