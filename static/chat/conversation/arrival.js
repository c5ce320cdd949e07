/**
 * Where one comes in to a room, and where the line above what is new stands: it is settled once, when both the room's first page and how far one
 * has read are known, and the line then stays. No DOM.
 * @module
 */

import { findFirstNew } from "./rows.js";

/** @import { Timeline } from "./timeline.js" */

/** How far one has read, and how much comes after it. @typedef {{marker: string | undefined, unread: number}} Standing */
/**
 * `line`: to the line, which is among the messages. `around`: they have to be read first. `end`: to the newest.
 * @typedef {{kind: "wait"} | {kind: "end"} | {kind: "line"} | {kind: "around", cursor: string}} Arrival
 */

/**
 * Makes it, for one who comes in.
 * @param {string} me
 */
export function createArrival(me) {
  let isSettled = false;
  /** @type {string | undefined} */
  let firstNew;

  return {
    /** Whether it is known where one comes in. @returns {boolean} */
    get isSettled() {
      return isSettled;
    },
    /** The message under the line. @returns {string | undefined} */
    get firstNew() {
      return firstNew;
    },

    /**
     * @param {Pick<Timeline, "messages" | "hasBefore">} timeline
     * @param {Standing | "unknown"} standing
     * @returns {Arrival}
     */
    settle({ messages, hasBefore }, standing) {
      if (isSettled) return { kind: "end" };
      if (standing === "unknown") return { kind: "wait" };
      isSettled = true;
      const { marker, unread } = standing;
      // Who has never read here has the room before them, not behind them.
      if (unread === 0 || marker === undefined) return { kind: "end" };
      firstNew = findFirstNew(messages, marker, me, !hasBefore);
      return firstNew === undefined ? { kind: "around", cursor: marker } : { kind: "line" };
    },

    /**
     * The messages around the marker are there.
     * @param {Pick<Timeline, "messages" | "hasBefore">} timeline
     * @param {string} marker
     */
    locate({ messages, hasBefore }, marker) {
      firstNew = findFirstNew(messages, marker, me, !hasBefore);
      return firstNew !== undefined;
    },

    /** One goes somewhere else, to a message that a link names. */
    skip() {
      isSettled = true;
    },

    /**
     * Something came while nobody looked: the line moves above it.
     * @param {string} cursor of the first such message
     */
    mark(cursor) {
      firstNew = cursor;
    },
  };
}
