/**
 * The form at the door: who you are and where you want to go. The same one changes both later.
 * @module
 */

import { find } from "../ui/dom.js";
import { checkName, checkRoom } from "./names.js";

/** @import { I18n, Values, Word } from "../ui/i18n.js" */

/**
 * Takes over the form at the door.
 * @param {object} parts
 * @param {I18n} parts.i18n
 * @param {(name: string, room: string) => void} parts.onEnter
 * @param {() => void} parts.onCancel
 */
export function createEntryForm({ i18n, onEnter, onCancel }) {
  const view = find("entry", HTMLElement);
  const form = find("entry-form", HTMLFormElement);
  const name = find("name", HTMLInputElement);
  const room = find("room", HTMLInputElement);
  const cancel = find("cancel", HTMLButtonElement);
  const problem = find("entry-problem", HTMLElement);
  /** @type {{word: Word, values: Values, field: HTMLInputElement} | undefined} */
  let complaint;

  function showProblem() {
    problem.textContent = complaint === undefined ? "" : i18n.t(complaint.word, complaint.values);
    for (const field of [name, room]) field.ariaInvalid = String(complaint?.field === field);
  }

  /**
   * @param {Word} word
   * @param {HTMLInputElement} field
   * @param {Values} [values]
   */
  function complain(word, field, values = {}) {
    complaint = { word, values, field };
    showProblem();
    field.focus();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const checkedName = checkName(name.value);
    if (!checkedName.ok) return complain(checkedName.word, name);
    const checkedRoom = checkRoom(room.value === "" ? room.placeholder : room.value);
    if (!checkedRoom.ok) return complain(checkedRoom.word, room);
    complaint = undefined;
    showProblem();
    onEnter(checkedName.value, checkedRoom.value);
  });
  cancel.addEventListener("click", onCancel);
  view.addEventListener("keydown", ({ key, isComposing }) => {
    if (key === "Escape" && !isComposing && !cancel.hidden) onCancel();
  });

  return {
    translate: showProblem,

    /**
     * @param {{name: string, room: string, canCancel: boolean}} values
     */
    open(values) {
      complaint = undefined;
      showProblem();
      name.value = values.name;
      room.value = values.room;
      cancel.hidden = !values.canCancel;
      const field = values.name === "" ? name : room;
      field.focus();
      field.select();
    },

    /**
     * The server does not like the name.
     * @param {string} code why
     */
    refuseName: (code) => complain(code === "name_taken" ? "nameTaken" : "nameRefused", name),

    /**
     * @param {string} refused the server does not let us in there
     * @param {"roomClosed" | "roomRemoved"} [word]
     */
    refuseRoom: (refused, word = "roomClosed") => complain(word, room, { room: refused }),
  };
}
