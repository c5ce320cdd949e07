/**
 * The browser's storage, or a memory of the page's own where there is none: private windows and strict settings throw.
 * @module
 */

/** @typedef {ReturnType<typeof createStorage>} BrowserStorage */
/** What most parts of the page need of it. @typedef {Pick<BrowserStorage, "get" | "set" | "list" | "keys">} Storage */

/** Other pages of the origin may keep something there, too. */
const PREFIX = "maru.";

/**
 * Opens a storage area; never throws.
 * @param {"localStorage" | "sessionStorage"} area
 */
export function createStorage(area) {
  /** @type {Map<string, string>} */
  const memory = new Map();
  return {
    /** What the browser's storage, and its events, call a key of ours. @param {string} key */
    keyOf: (key) => PREFIX + key,

    /**
     * @param {string} key
     * @returns {string | undefined}
     */
    get(key) {
      try {
        return globalThis[area].getItem(PREFIX + key) ?? memory.get(key);
      } catch {
        return memory.get(key);
      }
    },

    /**
     * @param {string} key
     * @param {string | undefined} value undefined takes it away
     */
    set(key, value) {
      memory.delete(key);
      try {
        if (value === undefined) globalThis[area].removeItem(PREFIX + key);
        else globalThis[area].setItem(PREFIX + key, value);
      } catch {
        if (value !== undefined) memory.set(key, value);
      }
    },

    /**
     * @param {string} prefix
     * @returns {string[]} the keys that begin with it, in no order
     */
    keys(prefix) {
      const kept = [...memory.keys()];
      try {
        const all = Object.keys(globalThis[area]);
        kept.push(...all.filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length)));
      } catch {
        // What the page remembers is all there is.
      }
      return kept.filter((key) => key.startsWith(prefix));
    },

    /**
     * Takes everything of ours away.
     * @param {(key: string) => boolean} isKept but these keys
     */
    clear(isKept) {
      for (const key of this.keys("")) if (!isKept(key)) this.set(key, undefined);
    },

    /**
     * @param {string} key
     * @returns {unknown[]} empty when there is none
     */
    list(key) {
      try {
        const list = JSON.parse(this.get(key) ?? "[]");
        return Array.isArray(list) ? list : [];
      } catch {
        return [];
      }
    },
  };
}
