/**
 * A button that asks before it does something: the question takes its place, with the focus on the answer that changes nothing.
 * @module
 */

import { make, makeButton } from "../../ui/dom.js";
import { problemText } from "./problem.js";

/** @import { I18n } from "../../ui/i18n.js" */

/**
 * Makes it.
 * @param {I18n} i18n
 * @param {object} parts
 * @param {string} parts.word on the button
 * @param {readonly string[]} parts.question
 * @param {string} parts.yes the answer that does it
 * @param {() => Promise<void>} parts.run what it does; what it rejects with is told
 * @returns {HTMLElement}
 */
export function makeConfirmed(i18n, { word, question, yes, run }) {
  const element = make("div", "confirmed");
  const button = makeButton(word, "quiet", ask);

  function ask() {
    const group = make("div", "question");
    const problem = make("p", "problem");
    const answers = make("div", "answers");
    const cancel = makeButton(i18n.t("cancel"), "quiet", () => {
      element.replaceChildren(button);
      button.focus();
    });
    const sure = makeButton(yes, "danger", async () => {
      sure.disabled = true;
      problem.textContent = "";
      try {
        await run();
      } catch (error) {
        problem.textContent = problemText(i18n, error);
        sure.disabled = false;
      }
    });
    group.role = "group";
    problem.role = "alert";
    answers.append(cancel, sure);
    group.append(...question.map((line) => make("p", undefined, line)), problem, answers);
    group.ariaLabel = question.join(" ");
    element.replaceChildren(group);
    cancel.focus();
  }

  element.append(button);
  return element;
}
