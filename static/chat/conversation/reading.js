/**
 * How far a room has been read, by what was in sight while somebody was looking. No DOM.
 * @module
 */

/** So long after the last thing that was seen it is told. */
const QUIET_MS = 500;

/**
 * Makes it, of one room.
 * @param {(cursor: string) => void} onRead called with ever later cursors
 * @param {string} [marker] how far it had been read
 */
export function createReading(onRead, marker = "") {
  let read = marker;
  let told = marker;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function tell() {
    clearTimeout(timer);
    timer = undefined;
    if (read <= told) return;
    told = read;
    onRead(read);
  }

  return {
    /** @returns {string} the last message that was seen; empty when none was */
    get upTo() {
      return read;
    },

    /**
     * Somebody who looks at the page sees a message, and with it all before it.
     * @param {string | undefined} cursor
     */
    see(cursor) {
      if (cursor === undefined || cursor <= read) return;
      read = cursor;
      clearTimeout(timer);
      timer = setTimeout(tell, QUIET_MS);
    },

    /** Tells at once what is still to be told: the room is left. */
    end: tell,
  };
}
