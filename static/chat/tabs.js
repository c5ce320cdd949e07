/**
 * Tabs of one browser agree: what is chosen in one holds in the others at once. No DOM but the `storage` event, which only other tabs hear.
 * @module
 */

/** @import { BrowserStorage } from "../ui/storage.js" */

/**
 * Follows what other tabs keep.
 * @param {Pick<BrowserStorage, "keyOf">} storage what all tabs share
 * @param {Readonly<Record<string, () => void>>} followers key → called when it may be another now; the value is to be read from the storage,
 *   because of two tabs that write at once only that one is the last word
 * @param {Pick<EventTarget, "addEventListener">} tabs
 */
export function followTabs(storage, followers, tabs = globalThis) {
  tabs.addEventListener("storage", (event) => {
    // Safe: `storage` events have a key; null means that everything was cleared.
    const { key } = /** @type {StorageEvent} */ (event);
    for (const [name, follow] of Object.entries(followers)) {
      if (key === null || key === storage.keyOf(name)) follow();
    }
  });
}
