/**
 * The window's title and the app's badge: which room is open, and how much waits.
 * @module
 */

import { countWaiting } from "./waiting.js";

/** @import { Page } from "./app.js" */

/**
 * Takes over the title.
 * @param {Page} page
 * @param {() => string} heading what the open room is called
 */
export function createTitle(page, heading) {
  let badge = 0;

  function show() {
    const count = countWaiting(page.rooms.all, document.hidden ? "" : page.room);
    const title = page.room === "" ? "Maru" : `${heading()} · Maru`;
    document.title = count > 0 ? `(${page.i18n.number(count)}) ${title}` : title;
    if (count === badge) return;
    badge = count;
    // Only an installed app has one.
    navigator.setAppBadge?.(count).catch(() => {});
  }

  page.rooms.on("change", show);
  page.standing.on("change", show);
  document.addEventListener("visibilitychange", show);
  return { show };
}
