import type { Storage } from "../../../../static/ui/storage.js";

/** What a page keeps, without a browser. Two pages may have the same one. */
export function memoryStorage(kept: Map<string, string> = new Map()): Storage {
  return {
    get: (key) => kept.get(key),
    set(key, value) {
      if (value === undefined) kept.delete(key);
      else kept.set(key, value);
    },
    keys: (prefix) => [...kept.keys()].filter((key) => key.startsWith(prefix)),
    list(key) {
      try {
        const list = JSON.parse(kept.get(key) ?? "[]");
        return Array.isArray(list) ? list : [];
      } catch {
        return [];
      }
    },
  };
}
