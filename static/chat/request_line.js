/**
 * Above a conversation that somebody else began with me: who it is, and that an answer accepts it.
 * @module
 */

import { find, make, makeButton } from "../ui/dom.js";
import { otherPerson } from "./rooms/room_title.js";

/** @import { Page } from "./app.js" */

/**
 * Takes over the line of index.html.
 * @param {Page} page
 */
export function createRequestLine(page) {
  const { i18n, rooms, standing } = page;
  const line = find("request", HTMLElement);
  let shown = "";

  function show() {
    const listed = rooms.find(page.room);
    const other = listed?.request === true ? otherPerson(listed.room, page.me.id) : undefined;
    const sign = other === undefined ? "" : JSON.stringify([page.room, other, i18n.language]);
    if (sign === shown) return;
    shown = sign;
    line.hidden = other === undefined;
    line.replaceChildren();
    if (other === undefined) return;
    const words = make("p");
    const problem = make("p", "problem");
    problem.role = "alert";
    i18n.fill(words, "requestFrom", { name: other.name });
    line.append(
      words,
      makeButton(i18n.t("requestAnswer"), "quiet", page.focusComposer),
      makeButton(i18n.t("requestHide"), "link", () => hide(page.room, problem)),
      problem,
    );
  }

  /**
   * @param {string} room
   * @param {HTMLElement} problem
   */
  async function hide(room, problem) {
    try {
      const { goElsewhere } = await import("./rooms/elsewhere.js");
      await page.client.endMembership(room);
      await rooms.load();
      if (page.room === room) goElsewhere(page, room);
    } catch {
      problem.textContent = i18n.t("requestNotHidden");
    }
  }

  rooms.on("change", show);
  standing.on("change", show);
  page.on("language", show);
  show();
}
