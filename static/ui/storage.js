/**
 * The browser's storage, or a memory of the page's own where there is none: private windows and strict settings throw.
 * @module
 */

/** @typedef {ReturnType<typeof createStorage>} Storage */

/**
 * Opens a storage area; never throws.
 * @param {"localStorage" | "sessionStorage"} area
 */
export function createStorage(area) {
  /** @type {Map<string, string>} */
  const memory = new Map();
  return {
    /**
     * @param {string} key
     * @returns {string | undefined}
     */
    get(key) {
      try {
        return globalThis[area].getItem(`maru.${key}`) ?? memory.get(key);
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
        if (value === undefined) globalThis[area].removeItem(`maru.${key}`);
        else globalThis[area].setItem(`maru.${key}`, value);
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
        kept.push(...all.filter((key) => key.startsWith("maru.")).map((key) => key.slice("maru.".length)));
      } catch {
        // What the page remembers is all there is.
      }
      return kept.filter((key) => key.startsWith(prefix));
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
