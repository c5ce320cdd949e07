/**
 * Messages that the server has not answered, kept over a reload of this tab. Sent again with the same key they cannot
 * become two. sessionStorage, because another tab has its own.
 * @module
 */

import { isRecord } from "./frames.js";

/** @typedef {{room: string, key: string, text: string, at: number}} Unsent */

const KEY = "unsent";

/**
 * Reads what an earlier load of this tab has left.
 * @param {import("./storage.js").Storage} storage
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
    typeof value.at === "number";
}
