/**
 * Leaving a room for good, after a question.
 * @module
 */

import { make, makeButton } from "../../ui/dom.js";
import { roomTitle } from "../rooms/room_title.js";
import { codeOf, problemText } from "./problem.js";

/** @import { Page } from "../app.js" */
/** @import { Panel } from "../side/side.js" */

/**
 * Makes the dialog.
 * @param {Page} page
 * @param {string} [name] the room's
 * @returns {Panel}
 */
export function createPanel(page, name = "") {
  const { i18n } = page;
  const room = page.rooms.find(name)?.room;
  const kind = room?.kind ?? "public";
  const element = make("div", "leave-room");
  const words = make("p");
  const problem = make("p", "problem");
  const answers = make("div", "answers");
  const title = i18n.t(kind === "direct" ? "hideDirect" : "leaveRoom");
  const cancel = makeButton(i18n.t("cancel"), "quiet", () => page.closeDialog());
  const leave = makeButton(title, "danger", async () => {
    leave.disabled = true;
    try {
      await page.client.endMembership(name);
      page.closeDialog();
      page.rooms.load();
      if (page.room === name) page.go({ kind: "rooms" });
    } catch (error) {
      problem.textContent = codeOf(error) === "conflict" ? i18n.t("leaveLastOwner") : problemText(i18n, error);
      leave.disabled = false;
    }
  });
  problem.role = "alert";
  answers.append(cancel, leave);
  i18n.fill(
    words,
    {
      public: /** @type {const} */ ("leavePublic"),
      private: /** @type {const} */ ("leavePrivate"),
      direct: /** @type {const} */ ("leaveDirect"),
    }[kind],
    { room: room === undefined ? name : roomTitle(room, page.me.id) },
  );
  element.append(words, problem, answers);
  return { title, element, focus: cancel };
}
