/**
 * What went over a socket, as a list that does not grow for ever.
 * @module
 */

/** @import { Data } from "./faulty_wire.js" */

/**
 * `bytes`: of a frame's payload. `sinceMs`: since the socket was opened.
 * @typedef {{direction: "in" | "out" | "note", text: string, bytes: number, at: number, sinceMs: number}} Entry
 */
/** @typedef {ReturnType<typeof createFrameLog>} FrameLog */

const MAX_ENTRIES = 500;
/** Characters of a frame that are kept: it may have a megabyte. */
const MAX_TEXT = 20_000;

/**
 * Makes an empty one.
 * @param {{now: () => number, max?: number}} parts `max`: entries that are kept, 500 unless told otherwise
 */
export function createFrameLog({ now, max = MAX_ENTRIES }) {
  /** @type {Entry[]} */
  let entries = [];
  let openedAt = now();

  /**
   * @param {Entry["direction"]} direction
   * @param {string} text
   * @param {number} bytes
   */
  function add(direction, text, bytes) {
    const at = now();
    const entry = { direction, text: shorten(text), bytes, at, sinceMs: at - openedAt };
    entries.push(entry);
    if (entries.length > max) entries.shift();
    return entry;
  }

  return {
    /** Oldest first. @returns {readonly Entry[]} */
    get entries() {
      return entries;
    },

    max,

    /** The time begins anew. */
    opened() {
      openedAt = now();
    },

    /**
     * @param {"in" | "out"} direction
     * @param {Data} data
     */
    addFrame: (direction, data) => add(direction, textOf(data), sizeOf(data)),

    /** @param {string} text what happened to the socket */
    addNote: (text) => add("note", text, 0),

    clear() {
      entries = [];
    },
  };
}

/**
 * Whether an entry has what is looked for.
 * @param {Entry} entry
 * @param {{text: string, direction: string}} filter `direction`: `in`, `out` or empty for both; notes go with both
 */
export function isMatch({ text, direction }, filter) {
  if (filter.direction !== "" && direction !== filter.direction && direction !== "note") return false;
  return text.toLowerCase().includes(filter.text.trim().toLowerCase());
}

/**
 * JSON over several lines; what is none stays as it is.
 * @param {string} text
 */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/**
 * The bytes of a frame's payload.
 * @param {Data} data
 */
export function sizeOf(data) {
  return typeof data === "string" ? new TextEncoder().encode(data).length : data.byteLength;
}

/** @param {Data} data */
function textOf(data) {
  if (typeof data === "string") return data;
  return [...new Uint8Array(data).subarray(0, 64)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** @param {string} text */
function shorten(text) {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT).toWellFormed()}…`;
}
