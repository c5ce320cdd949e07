/**
 * The door: a name is all that it asks for.
 * @module
 */

import { find } from "../ui/dom.js";
import { checkName } from "./names.js";

/** @import { I18n, Word } from "../ui/i18n.js" */

/**
 * Takes over the form at the door.
 * @param {object} parts
 * @param {I18n} parts.i18n
 * @param {(name: string) => void} parts.onEnter
 */
export function createEntryForm({ i18n, onEnter }) {
  const form = find("entry-form", HTMLFormElement);
  const name = find("name", HTMLInputElement);
  const where = find("entry-where", HTMLElement);
  const problem = find("entry-problem", HTMLElement);
  /** @type {Word | undefined} */
  let complaint;
  /** @type {string | undefined} */
  let room;

  function show() {
    problem.textContent = complaint === undefined ? "" : i18n.t(complaint);
    name.ariaInvalid = String(complaint !== undefined);
    where.replaceChildren();
    if (room !== undefined) i18n.fill(where, "entryWhere", { room });
  }

  /** @param {Word} word */
  function complain(word) {
    complaint = word;
    show();
    name.focus();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const checked = checkName(name.value);
    if (!checked.ok) return complain(checked.word);
    complaint = undefined;
    show();
    onEnter(checked.value);
  });

  return {
    translate: show,

    /** @param {{name: string, room: string | undefined}} values `room`: where the link leads */
    open(values) {
      complaint = undefined;
      room = values.room;
      name.value = values.name;
      show();
      name.focus();
      name.select();
    },

    /**
     * The server does not like the name.
     * @param {string} code why
     */
    refuseName: (code) => complain(code === "name_taken" ? "nameTaken" : "nameRefused"),
  };
}
