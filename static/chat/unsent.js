/**
 * Messages that the server has not answered, and those that it has refused: kept until they are sent or dropped, over a reload and over the end of
 * a tab. All tabs share them; that two send the same one does no harm, as the same key cannot make two messages.
 *
 * Each is kept under a key of its own: tabs that write at the same time take nothing from each other.
 * @module
 */

import { isRecord, parseRecord } from "../client/records.js";

/** @import { Storage } from "../ui/storage.js" */

/**
 * `reply`, `thread`: cursors of the message that it answers, and of the one whose thread it belongs to. `at`: when it was written; later ones have a
 * later one. `by`: the id of the user as whom it may have been sent. `refused`: the code of the error with which the server has refused it.
 * @typedef {{room: string, key: string, text: string, reply?: string, thread?: string, at: number, by?: string, refused?: string}} Unsent
 */

const PREFIX = "unsent.";

/**
 * Finds what earlier pages and other tabs have left.
 * @param {Storage} storage
 */
export function createUnsent(storage) {
  let lastAt = 0;

  /** @param {string} key @returns {Unsent | undefined} */
  function find(key) {
    const value = parseRecord(storage.get(PREFIX + key) ?? "");
    return isUnsent(value) && value.key === key ? value : undefined;
  }

  /** @param {Unsent} message */
  const save = (message) => storage.set(PREFIX + message.key, JSON.stringify(message));

  return {
    find,

    /** @returns {Unsent[]} in the order in which they were written */
    get all() {
      return storage.keys(PREFIX).map((key) => find(key.slice(PREFIX.length))).filter((each) => each !== undefined)
        .sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
    },

    /**
     * @param {Unsent} message kept as it is, but for `at`: two within a millisecond have an order
     */
    keep(message) {
      if (find(message.key) !== undefined) return;
      lastAt = Math.max(message.at, lastAt + 1);
      save({ ...message, at: lastAt });
    },

    /**
     * Notes who sends them now: a key is its author's own.
     * @param {string} id a user's
     * @param {string} [key] of one that is sent again whoever it was; without it: those that nobody has sent yet
     */
    claim(id, key) {
      for (const message of this.all) {
        if (key === undefined ? message.by !== undefined : message.key !== key) continue;
        save({ ...(key === undefined ? message : sentAgain(message)), by: id });
      }
    },

    /**
     * It will not be tried again until somebody says so.
     * @param {string} key
     * @param {string} code why
     */
    refuse(key, code) {
      const message = find(key);
      if (message !== undefined) save({ ...message, refused: code });
    },

    /** @param {string} key */
    forget: (key) => storage.set(PREFIX + key, undefined),
  };
}

/**
 * A refused message as it goes out again: what it answers may be gone, and then it is said for itself.
 * @param {Unsent} message
 * @returns {Unsent}
 */
export function sentAgain({ refused, reply, ...message }) {
  return { ...message, ...(reply !== undefined && refused !== "not_found" && { reply }) };
}

/**
 * @param {unknown} value
 * @returns {value is Unsent}
 */
function isUnsent(value) {
  return isRecord(value) && [value.room, value.key, value.text].every((part) => typeof part === "string") &&
    typeof value.at === "number" &&
    [value.reply, value.thread, value.by, value.refused].every((part) =>
      part === undefined || typeof part === "string"
    );
}
