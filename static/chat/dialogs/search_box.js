/**
 * A box in which somebody looks for something as they type. Enter takes what is chosen, once, whatever the input method: while Hangul is
 * composed it waits for the end of the composition, because the letters are not all there before; Enter that picks a Japanese or Chinese
 * candidate takes nothing (see composer/composition.js for the orders of events).
 * @module
 */

import { make } from "../../ui/dom.js";

const HANGUL_ONLY = /^\p{Script=Hangul}+$/u;

/**
 * Makes it.
 * @param {object} parts
 * @param {string} parts.label
 * @param {(text: string) => void} parts.onInput
 * @param {() => void} parts.onEnter
 * @param {HTMLInputElement} [parts.box] one that is there already, perhaps with a text
 * @returns {HTMLInputElement}
 */
export function makeSearchBox({ label, onInput, onEnter, box = make("input") }) {
  box.className = "search-box";
  // Only where it changes something: it ends a composition.
  if (box.type !== "search") box.type = "search";
  box.ariaLabel = box.placeholder = label;
  box.dir = "auto";
  box.autocomplete = "off";
  box.spellcheck = false;
  box.enterKeyHint = "go";
  /** Enter was pressed within the composition. */
  let isAsked = false;
  /** The end of a composition has acted on a press, which may still bring a keydown of its own. */
  let isDone = false;

  box.addEventListener("compositionstart", () => isAsked = isDone = false);
  box.addEventListener("compositionend", ({ data }) => {
    onInput(box.value);
    isDone = isAsked && HANGUL_ONLY.test(data);
    isAsked = false;
    if (isDone) onEnter();
  });
  box.addEventListener("input", () => onInput(box.value));
  box.addEventListener("keydown", (event) => {
    const isEnter = event.key === "Enter" || event.code === "Enter" || event.code === "NumpadEnter";
    if (event.isComposing) {
      isAsked = isEnter;
      return;
    }
    if (!isEnter || event.keyCode === 229) return;
    event.preventDefault();
    if (!isDone && !event.repeat) onEnter();
  });
  box.addEventListener("keyup", () => isAsked = isDone = false);
  return box;
}
