/**
 * Coming in by an invitation: what it is to, and one button.
 * @module
 */

import { readUser } from "../../client/records.js";
import { make, makeButton } from "../../ui/dom.js";
import { codeOf, problemText } from "./problem.js";

/** @import { Page } from "../app.js" */
/** @import { Panel } from "../side/side.js" */

/**
 * Makes the dialog.
 * @param {Page} page
 * @param {string} [code] the invitation's secret
 * @returns {Panel}
 */
export function createPanel(page, code = "") {
  const { i18n } = page;
  const element = make("div", "invite");
  const words = make("p", undefined, i18n.t("looking"));
  const problem = make("p", "problem");
  const accept = makeButton(i18n.t("inviteAccept"), "primary wide", take);
  let isTaken = false;
  words.role = "status";
  problem.role = "alert";
  accept.hidden = true;
  element.append(words, problem, accept);

  async function peek() {
    try {
      const { title, by } = await page.client.ask("peek_invite", { code });
      const name = readUser(by)?.name ?? "";
      if (typeof title === "string" && title !== "") i18n.fill(words, "inviteTo", { room: title, name });
      else i18n.fill(words, "inviteToSome", { name });
      accept.hidden = false;
      accept.focus();
    } catch (error) {
      refuse(error);
    }
  }

  async function take() {
    problem.textContent = "";
    try {
      const room = await page.client.acceptInvite(code);
      isTaken = true;
      page.closeDialog();
      if (room !== undefined) page.go({ kind: "room", room: room.name });
    } catch (error) {
      refuse(error);
    }
  }

  /** @param {unknown} error */
  function refuse(error) {
    words.textContent = "";
    const isOver = codeOf(error) === "forbidden" || codeOf(error) === "bad_request";
    problem.textContent = isOver ? i18n.t("inviteOver") : problemText(i18n, error);
    accept.hidden = isOver;
    accept.textContent = i18n.t("tryAgain");
  }

  peek();
  return {
    title: i18n.t("invitation"),
    element,
    closed() {
      // The address still holds the secret. Whoever does not come in goes to where they were, or is shown where they may go: to be led into a
      // room makes one a member of it.
      if (isTaken || !location.hash.startsWith("#invite=")) return;
      page.go({ kind: page.storage.get("room") === undefined ? "rooms" : "start" });
    },
  };
}
