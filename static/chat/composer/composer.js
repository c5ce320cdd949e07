/**
 * The message box: Enter sends, Shift+Enter breaks the line, the limit is told when it comes near, drafts stay.
 * @module
 */

import { createComposition } from "./composition.js";
import { find } from "../../ui/dom.js";

/** @import { I18n } from "../../ui/i18n.js" */
/** @import { Storage } from "../../ui/storage.js" */
/** @import { Verdict } from "./composition.js" */

/** The count is shown from this share of the limit on. */
const NEAR = 0.9;

/**
 * Takes over the message box of index.html.
 * @param {object} parts
 * @param {I18n} parts.i18n
 * @param {Storage} parts.storage keeps drafts
 * @param {(text: string) => void} parts.onSend takes the text; the box is empty by then
 * @param {() => void} parts.onTyping
 */
export function createComposer({ i18n, storage, onSend, onTyping }) {
  const form = find("compose", HTMLFormElement);
  const box = find("composer", HTMLTextAreaElement);
  const button = find("send", HTMLButtonElement);
  const count = find("limit", HTMLElement);
  const composition = createComposition();
  let limit = 4000;
  let room = "";

  function send() {
    const text = box.value.replace(/^\n+|\s+$/gu, "");
    if (text === "" || lengthOf(text) > limit) return;
    box.value = "";
    changed();
    onSend(text);
  }

  function changed() {
    const length = lengthOf(box.value);
    const isOver = length > limit;
    const isNear = length >= limit * NEAR;
    count.textContent = isNear ? i18n.t("limit", { count: length, limit }) : "";
    count.dataset.over = String(isOver);
    box.ariaInvalid = String(isOver);
    // Not disabled: a button that vanishes from the keyboard's way while one types is worse than one that does nothing.
    button.ariaDisabled = String(isOver || box.value.trim() === "");
    if (!CSS.supports("field-sizing", "content")) fit();
    storage.set(`draft.${room}`, box.value === "" ? undefined : box.value);
  }

  /** What `field-sizing: content` does, where it is not known. CSSOM is no inline style to the CSP. */
  function fit() {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  }

  /**
   * @param {Event} event
   * @param {Verdict} verdict
   */
  function obey(event, verdict) {
    if (verdict === "pass") return;
    event.preventDefault();
    if (verdict === "send") send();
  }

  box.addEventListener("compositionstart", () => composition.start());
  box.addEventListener("compositionend", (event) => obey(event, composition.end(event)));
  box.addEventListener("keydown", (event) => obey(event, composition.keydown(event)));
  box.addEventListener("keyup", (event) => composition.keyup(event));
  box.addEventListener("beforeinput", (event) => obey(event, composition.beforeInput(event)));
  box.addEventListener("blur", () => composition.blur());
  box.addEventListener("input", () => {
    changed();
    if (box.value.trim() !== "") onTyping();
  });
  // The box keeps the focus, and with it a phone its keyboard.
  button.addEventListener("mousedown", (event) => event.preventDefault());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (composition.submit() === "pass") {
      // Losing the focus makes the input method hand over what it holds; it must not come back into the emptied box.
      box.blur();
      box.focus();
      if (composition.isComposing) return;
    }
    send();
  });

  return {
    /**
     * Shows the draft of a room.
     * @param {string} name
     */
    show(name) {
      room = name;
      box.value = storage.get(`draft.${room}`) ?? "";
      changed();
    },

    /** @param {number} characters the server's limit, in code points */
    setLimit(characters) {
      limit = characters;
      changed();
    },

    focus: () => box.focus(),
    translate: changed,
  };
}

/** @param {string} text */
function lengthOf(text) {
  let length = 0;
  for (const _ of text) length++;
  return length;
}
