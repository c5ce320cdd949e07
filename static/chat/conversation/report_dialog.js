/**
 * Tells those who keep order of a message.
 * @module
 */

import { make } from "../../ui/dom.js";
import { makeField } from "../dialogs/field.js";
import { problemText } from "../dialogs/problem.js";

/** @import { Page } from "../page.js" */
/** @import { Panel } from "../side/side.js" */

const MAX_REASON = 500;

/**
 * Makes the dialog.
 * @param {Page} page
 * @param {string} [cursor] the message's
 * @returns {Panel}
 */
export function createPanel(page, cursor = "") {
  const { i18n, room } = page;
  const form = make("form");
  const reason = makeField(make("textarea"), {
    id: "report-reason",
    label: i18n.t("reportWhy"),
    hint: i18n.t("reportHint"),
  });
  const problem = make("p", "problem");
  const submit = make("button", "primary wide", i18n.t("reportSend"));
  reason.control.maxLength = MAX_REASON;
  reason.control.rows = 3;
  reason.control.required = true;
  problem.role = "alert";
  form.append(reason.element, problem, submit);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const why = reason.control.value.trim();
    if (why === "" || submit.disabled) return reason.control.focus();
    submit.disabled = true;
    try {
      await page.client.report(room, cursor, why);
      page.closeDialog();
      page.toasts.show(i18n.t("reported"));
    } catch (error) {
      problem.textContent = problemText(i18n, error);
    }
    submit.disabled = false;
  });
  return { title: i18n.t("reportWhat"), element: form, focus: reason.control };
}
