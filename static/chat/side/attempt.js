/**
 * Asking for something by a button: it says that it is at it, and the line beneath says what went wrong.
 * @module
 */

import { make } from "../../ui/dom.js";
import { problemText } from "../dialogs/problem.js";

/** @import { I18n } from "../../ui/i18n.js" */
/** @import { Reasons } from "../dialogs/problem.js" */

/** Makes the line that says what went wrong. */
export function makeProblem() {
  const problem = make("p", "problem");
  problem.setAttribute("role", "alert");
  return problem;
}

/**
 * Does it once, however often the button is pressed meanwhile.
 * @param {object} parts
 * @param {I18n} parts.i18n
 * @param {HTMLElement} parts.control what was pressed; stays where it is, and in the keyboard's way
 * @param {HTMLElement} parts.problem
 * @param {Reasons} [parts.reasons]
 * @param {() => Promise<unknown>} run
 * @returns {Promise<boolean>} whether it was done
 */
export async function attempt({ i18n, control, problem, reasons }, run) {
  if (control.ariaBusy === "true") return false;
  control.ariaBusy = "true";
  problem.textContent = "";
  try {
    await run();
    return true;
  } catch (error) {
    problem.textContent = problemText(i18n, error, reasons);
    return false;
  } finally {
    control.ariaBusy = null;
  }
}
