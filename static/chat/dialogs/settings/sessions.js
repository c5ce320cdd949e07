/**
 * Where one is signed in, and ending it there.
 * @module
 */

import { isRecord, isTime } from "../../../client/records.js";
import { make, makeButton } from "../../../ui/dom.js";
import { problemText } from "../problem.js";

/** @import { Page } from "../../app.js" */
/** @typedef {{credential: string, usedAt: number, isCurrent: boolean}} Session */

/**
 * Makes the list; it is empty until it is loaded.
 * @param {Page} page
 */
export function makeSessions(page) {
  const { i18n } = page;
  const element = make("details", "sessions");
  const list = make("ul", "entries");
  const problem = make("p", "problem");
  problem.role = "alert";
  element.append(make("summary", undefined, i18n.t("sessions")), list, problem);

  async function load() {
    const { sessions } = await page.client.ask("list_sessions");
    const known = Array.isArray(sessions) ? sessions.map(readSession).filter((each) => each !== undefined) : [];
    list.replaceChildren(...known.map(makeItem));
  }

  /** @param {Session} session */
  function makeItem({ credential, usedAt, isCurrent }) {
    const item = make("li");
    const used = make("span", undefined, i18n.t("sessionUsed", { at: i18n.moment(usedAt) }));
    item.append(used);
    if (isCurrent) used.append(" · ", make("strong", undefined, i18n.t("sessionHere")));
    else item.append(makeButton(i18n.t("sessionEnd"), "quiet", () => end(credential)));
    return item;
  }

  /** @param {string} credential */
  async function end(credential) {
    problem.textContent = "";
    try {
      await page.client.ask("end_session", { credential });
      await load();
      element.querySelector("summary")?.focus();
    } catch (error) {
      problem.textContent = problemText(i18n, error);
    }
  }

  return { element, load };
}

/**
 * @param {unknown} value
 * @returns {Session | undefined}
 */
function readSession(value) {
  if (!isRecord(value) || typeof value.credential !== "string" || !isTime(value.usedAt)) return undefined;
  return { credential: value.credential, usedAt: value.usedAt, isCurrent: value.isCurrent === true };
}
