/**
 * Puts a text into the message box of the conversation, as if it had been written.
 * @module
 */

import { find } from "../../ui/dom.js";

/** @import { Page } from "../app.js" */

/**
 * Puts it where the cursor is.
 * @param {Page} page
 * @param {string} text
 */
export function writeInComposer(page, text) {
  const box = find("composer", HTMLTextAreaElement);
  // On a phone the box is there again when the address has changed, which is told later.
  addEventListener("hashchange", () => {
    page.focusComposer();
    const before = box.value.slice(0, box.selectionStart);
    const gap = before === "" || /\s$/u.test(before) ? "" : " ";
    box.setRangeText(gap + text, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new InputEvent("input", { inputType: "insertText", data: text, bubbles: true }));
  }, { once: true });
}
