/**
 * Changing the text in a box so that Ctrl+Z takes it back.
 * @module
 */

/**
 * Puts a text in the place of another; the cursor stands behind it. Tells of it by `input`, as if it had been typed.
 * @param {HTMLTextAreaElement} box
 * @param {number} start in UTF-16 units
 * @param {number} end
 * @param {string} text
 */
export function replaceText(box, start, end, text) {
  box.focus();
  box.setSelectionRange(start, end);
  // Deprecated, and without a successor: nothing else that a script does to a box can be undone (`value` and setRangeText() make an end to what
  // can). Where it does not exist or refuses, the text is put in all the same.
  if (document.execCommand?.("insertText", false, text)) return;
  box.setRangeText(text, start, end, "end");
  box.dispatchEvent(new InputEvent("input", { inputType: "insertReplacementText", data: text, bubbles: true }));
}

/**
 * A text as it is pasted: with line ends of one kind, and without the empty lines at its end that tables and editors copy along.
 * @param {string} text
 * @returns {string}
 */
export function trimPasted(text) {
  const unified = text.replace(/\r\n?/gu, "\n");
  const trimmed = unified.trimEnd();
  return unified.slice(trimmed.length).includes("\n") ? trimmed : unified;
}

/**
 * How long a text is, as the server counts: in code points.
 * @param {string} text
 * @returns {number}
 */
export function lengthOf(text) {
  let length = 0;
  for (const _ of text) length++;
  return length;
}
