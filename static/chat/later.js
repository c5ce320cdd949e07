/**
 * Parts that most rooms never need: each is loaded when one does, and stays.
 * @module
 */

/** @import { Page } from "./page.js" */

/**
 * Begins to look whether they are needed.
 * @param {Page} page
 */
export function loadLater(page) {
  const { rooms, standing } = page;
  /** @type {Set<string>} */
  const loaded = new Set();

  /**
   * @param {string} name
   * @param {() => Promise<unknown>} load
   */
  function need(name, load) {
    if (loaded.has(name)) return;
    loaded.add(name);
    // Kept away by the network, it is asked for with the next change.
    load().catch(() => loaded.delete(name));
  }

  function look() {
    if (rooms.find(page.room)?.request) {
      need("request", async () => {
        const [{ createRequestLine }] = await Promise.all([import("./request_line.js"), page.i18n.learnPanes()]);
        createRequestLine(page);
      });
    }
    if (standing.level === "muted") need("mute", async () => (await import("./mute_end.js")).awaitMuteEndOn(page));
  }

  rooms.on("change", look);
  standing.on("change", look);
}
