/**
 * A message box for a pane of its own, such as a thread's; loaded with the pane.
 * @module
 */

import { make } from "../../ui/dom.js";
import { makeIcon } from "../../ui/icon.js";

/** @import { ComposerElements } from "./compose_form.js" */

const ARROW_UP = "M12 19V5M6 11l6-6 6 6";

let made = 0;

/**
 * Makes another one, for a pane of its own.
 * @returns {ComposerElements} not in the page yet
 */
export function makeComposer() {
  const id = `composer-${++made}`;
  const form = make("form", "compose");
  const label = make("label", "visually-hidden");
  label.htmlFor = id;
  label.dataset.word = "composer";
  const box = make("textarea", "compose-box");
  box.id = id;
  box.rows = 1;
  box.dir = "auto";
  box.enterKeyHint = "send";
  box.setAttribute("autocomplete", "off");
  box.dataset.wordPlaceholder = "composerPlaceholder";
  const button = make("button", "send");
  button.dataset.wordLabel = "send";
  button.append(makeIcon(ARROW_UP));
  const hint = make("p", "visually-hidden");
  hint.id = `${id}-hint`;
  const count = make("p", "limit");
  count.id = `${id}-limit`;
  box.setAttribute("aria-describedby", `${hint.id} ${count.id}`);
  form.append(label, box, button, hint, count);
  return { form, box, button, hint, count };
}
