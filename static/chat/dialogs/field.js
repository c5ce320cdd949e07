/**
 * A labelled field of a form, with its hint and what is wrong with it.
 * @module
 */

import { make } from "../../ui/dom.js";

/**
 * Makes it.
 * @template {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control
 * @param {Control} control
 * @param {{id: string, label: string, hint?: string}} words `id`: unlike all others of the page
 * @returns {{element: HTMLElement, control: Control, complain: (text: string) => void}} `complain`: an empty text takes it back; another
 *   one is read out, and takes the focus to the field
 */
export function makeField(control, { id, label, hint }) {
  const element = make("div", "field");
  const name = make("label", undefined, label);
  const problem = make("p", "problem");
  name.htmlFor = control.id = id;
  if (!(control instanceof HTMLSelectElement)) control.dir = "auto";
  problem.id = `${id}-problem`;
  problem.role = "alert";
  element.append(name, control);
  const described = [problem.id];
  if (hint !== undefined) {
    const words = make("p", "hint", hint);
    words.id = `${id}-hint`;
    described.unshift(words.id);
    element.append(words);
  }
  element.append(problem);
  control.setAttribute("aria-describedby", described.join(" "));
  return {
    element,
    control,
    complain(text) {
      problem.textContent = text;
      control.ariaInvalid = String(text !== "");
      if (text !== "") control.focus();
    },
  };
}

/**
 * Makes a group of choices of which one holds.
 * @template {string} Choice
 * @param {object} parts
 * @param {string} parts.name
 * @param {string} parts.legend
 * @param {readonly {choice: Choice, label: string}[]} parts.choices
 * @param {Choice} parts.chosen
 * @param {(choice: Choice) => void} parts.onChoose
 */
export function makeChoices({ name, legend, choices, chosen, onChoose }) {
  const field = make("fieldset", "field choices");
  field.append(make("legend", undefined, legend));
  for (const { choice, label } of choices) {
    const line = make("label");
    const radio = make("input");
    radio.type = "radio";
    radio.name = name;
    radio.value = choice;
    radio.checked = choice === chosen;
    radio.addEventListener("change", () => onChoose(choice));
    line.append(radio, make("span", undefined, label));
    field.append(line);
  }
  return field;
}

/**
 * Shows another choice than the one that was made here.
 * @param {HTMLElement} field as makeChoices() makes it
 * @param {string} choice
 */
export function showChoice(field, choice) {
  for (const radio of field.querySelectorAll("input")) radio.checked = radio.value === choice;
}

/**
 * Makes a list to choose one from.
 * @param {readonly (readonly [value: string, text: string])[]} options
 */
export function makeSelect(options) {
  const select = make("select");
  for (const [value, text] of options) {
    const option = make("option", undefined, text);
    option.value = value;
    select.append(option);
  }
  return select;
}
