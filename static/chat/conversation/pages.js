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
 * @param {(place: Place) => void} parts.onFail
 */
export function createPages({ findToken, onChange, onFail }) {
  let room = "";
  /** @type {"idle" | "loading" | "failed"} */
  let state = "idle";
  let abort = new AbortController();
  /** Asks again for the place that one has gone to. A page before or after what is shown is asked for anew: something else may be shown by then. @type {(() => void) | undefined} */
  let goOn;

  const pages = {
    /** @returns {typeof state} */
    get state() {
      return state;
    },
    /** Whether one has gone to a place that is not there yet. @returns {boolean} */
    get isAway() {
      return goOn !== undefined;
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
      goOn = undefined;
    },

    /** Tries what has failed; where nothing has, it does nothing. */
    again() {
      if (state !== "failed") return;
      state = "idle";
      if (goOn === undefined) onChange();
      else goOn();
    },

    /**
     * @param {Place} place
     * @param {(page: HistoryPage) => void} take not called when something else has become of it meanwhile
     */
    async load(place, take) {
      state = "loading";
      goOn = place.before === undefined && place.after === undefined ? () => pages.load(place, take) : undefined;
      const { signal } = abort;
      try {
        const page = await fetchPage(room, place, findToken(), signal);
        if (signal.aborted) return;
        state = "idle";
        goOn = undefined;
        take(page);
      } catch {
        if (signal.aborted) return;
        state = "failed";
        onFail(place);
      }
      onChange();
    },
  };
  return pages;
}
