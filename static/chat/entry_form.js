/**
 * The door: a name is all that it asks for.
 * @module
 */

import { find } from "../ui/dom.js";
import { canUsePasskeys } from "./passkey_support.js";
import { checkName } from "./names.js";

/** @import { I18n, Word } from "../ui/i18n.js" */

/**
 * Takes over the form at the door.
 * @param {object} parts
 * @param {I18n} parts.i18n
 * @param {() => void} parts.onType somebody begins to write
 * @param {(name: string) => void} parts.onEnter
 * @param {(token: string, name: string) => void} parts.onSignIn somebody has come with a passkey
 */
export function createEntryForm({ i18n, onType, onEnter, onSignIn }) {
  const form = find("entry-form", HTMLFormElement);
  const name = find("name", HTMLInputElement);
  const where = find("entry-where", HTMLElement);
  const problem = find("entry-problem", HTMLElement);
  const note = find("entry-note", HTMLElement);
  const signIn = find("sign-in", HTMLButtonElement);
  /** @type {Word | undefined} */
  let complaint;
  /** Why one is here. @type {Word | undefined} */
  let reason;
  /** @type {string | undefined} */
  let room;

  function show() {
    problem.textContent = complaint === undefined ? "" : i18n.t(complaint);
    name.ariaInvalid = String(complaint !== undefined);
    note.textContent = reason === undefined ? "" : i18n.t(reason);
    where.replaceChildren();
    if (room !== undefined) i18n.fill(where, "entryWhere", { room });
  }

  /** @param {Word} word */
  function complain(word) {
    complaint = word;
    show();
    name.focus();
  }

  name.addEventListener("input", onType, { once: true });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const checked = checkName(name.value);
    if (!checked.ok) return complain(checked.word);
    complaint = undefined;
    show();
    onEnter(checked.value);
  });

  signIn.hidden = !canUsePasskeys;
  signIn.addEventListener("click", async () => {
    complaint = undefined;
    show();
    try {
      const { signInWithPasskey } = await import("./passkeys.js");
      const { token, name } = await signInWithPasskey();
      onSignIn(token, name);
    } catch (error) {
      const { problemText } = await import("./dialogs/problem.js");
      problem.textContent = problemText(i18n, error);
    }
  });

  return {
    translate: show,

    /** @param {{name: string, note: Word | undefined}} values */
    open(values) {
      complaint = undefined;
      reason = values.note;
      name.value = values.name;
      show();
      name.focus();
      name.select();
    },

    /** @param {string | undefined} next where the link leads */
    lead(next) {
      room = next;
      show();
    },

    /**
     * The server does not like the name.
     * @param {string} code why
     */
    refuseName: (code) => complain(code === "name_taken" ? "nameTaken" : "nameRefused"),
  };
}
