/**
 * Messages that the server has not answered, kept over a reload of this tab. Sent again with the same key they cannot
 * become two. sessionStorage, because another tab has its own.
 * @module
 */

import { isRecord } from "../client/records.js";

/**
 * `reply`: the cursor of the message that it answers; `by`: the id of the user as whom it may have been sent.
 * @typedef {{room: string, key: string, text: string, reply?: string, at: number, by?: string}} Unsent
 */

const KEY = "unsent";

/**
 * Reads what an earlier load of this tab has left.
 * @param {import("../ui/storage.js").Storage} storage
 */
export function createUnsent(storage) {
  let list = storage.list(KEY).filter(isUnsent);
  const save = () => storage.set(KEY, list.length === 0 ? undefined : JSON.stringify(list));
  return {
    /** @returns {readonly Unsent[]} in the order in which they were written */
    get all() {
      return list;
    },

    /** @param {Unsent} message */
    keep(message) {
      if (list.some(({ key }) => key === message.key)) return;
      list.push(message);
      save();
    },

    /**
     * Notes who sends them now: a key is its author's own.
     * @param {string} id a user's
     * @param {string} [key] of one that is sent again whoever it was; without it: those that nobody has sent yet
     */
    claim(id, key) {
      /** @param {Unsent} message */
      const isMeant = (message) => key === undefined ? message.by === undefined : message.key === key;
      list = list.map((message) => isMeant(message) ? { ...message, by: id } : message);
      save();
    },

    /** @param {string} key */
    forget(key) {
      const rest = list.filter((message) => message.key !== key);
      if (rest.length === list.length) return;
      list = rest;
      save();
    },
  };
}

/**
 * @param {unknown} value
 * @returns {value is Unsent}
 */
function isUnsent(value) {
  return isRecord(value) && [value.room, value.key, value.text].every((part) => typeof part === "string") &&
    typeof value.at === "number" &&
    [value.by, value.reply].every((part) => part === undefined || typeof part === "string");
}
