/**
 * Fields and buttons whose words follow the language.
 * @module
 */

import { make } from "../ui/dom.js";
import { makeWord, t } from "./words.js";

/** @import { Word } from "./words.js" */

/**
 * A label around its control.
 * @param {Word} word
 * @param {HTMLElement} control
 * @param {string} [className]
 */
export function makeField(word, control, className = "") {
  const label = make("label", `field ${className}`.trim());
  label.append(makeWord("span", word), control);
  return label;
}

/**
 * A button that submits nothing.
 * @param {Word} word
 * @param {string} className
 * @param {() => void} onClick
 */
export function makeButtonWord(word, className, onClick) {
  const button = makeWord("button", word, className);
  button.type = "button";
  button.addEventListener("click", onClick);
  return button;
}

/**
 * A button that is in or out.
 * @param {Word} word
 * @param {(isOn: boolean) => void} onToggle
 */
export function makeToggle(word, onToggle) {
  const button = makeButtonWord(word, "quiet toggle", () => {
    const isOn = button.ariaPressed !== "true";
    button.ariaPressed = String(isOn);
    onToggle(isOn);
  });
  button.ariaPressed = "false";
  return button;
}

/**
 * A number within bounds, with its name for those who do not see what stands beside it.
 * @param {Word} word
 * @param {{value: number, min: number, max: number}} bounds
 */
export function makeNumber(word, { value, min, max }) {
  const input = make("input", "number");
  input.type = "number";
  input.inputMode = "numeric";
  input.min = String(min);
  input.max = String(max);
  input.value = String(value);
  input.dataset.wordLabel = word;
  input.ariaLabel = t(word);
  return {
    input,
    /** Brought within the bounds. */
    get value() {
      const number = input.valueAsNumber;
      return Number.isFinite(number) ? Math.min(max, Math.max(min, Math.round(number))) : min;
    },
  };
}
