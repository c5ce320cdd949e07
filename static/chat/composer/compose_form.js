/**
 * The elements of the message box that index.html has, and what is added to each.
 * @module
 */

import { find, make, makeButton } from "../../ui/dom.js";
import { excerptOf } from "../../ui/excerpt.js";
import { makeIcon } from "../../ui/icon.js";

/** @import { I18n } from "../../ui/i18n.js" */
/** @import { Bar } from "../standing.js" */

/**
 * @typedef {object} ComposerElements
 * @property {HTMLFormElement} form
 * @property {HTMLTextAreaElement} box
 * @property {HTMLButtonElement} button sends
 * @property {HTMLElement} hint which keys send
 * @property {HTMLElement} count
 */

const SMILE = "M4 12a8 8 0 1 0 16 0a8 8 0 1 0-16 0M8.5 14.5c1.8 2.4 5.2 2.4 7 0M9 9.5v.5M15 9.5v.5";
const CROSS = "m7 7 10 10M17 7 7 17";

/**
 * Finds those of index.html.
 * @returns {ComposerElements}
 */
export function findComposer() {
  return {
    form: find("compose", HTMLFormElement),
    box: find("composer", HTMLTextAreaElement),
    button: find("send", HTMLButtonElement),
    hint: find("composer-hint", HTMLElement),
    count: find("limit", HTMLElement),
  };
}

/**
 * Makes the button that opens the emoji picker.
 * @param {() => void} onClick
 */
export function makeEmojiButton(onClick) {
  const button = makeButton("", "icon-button compose-emoji", onClick);
  button.dataset.wordLabel = "emoji";
  button.setAttribute("aria-haspopup", "dialog");
  button.append(makeIcon(SMILE));
  return button;
}

/**
 * Makes the strip above the box that says what is written there, when it is no new message.
 * @param {I18n} i18n
 * @param {() => void} onLeave
 */
export function makeModeStrip(i18n, onLeave) {
  const strip = make("div", "compose-mode");
  const what = make("p", "compose-what");
  const excerpt = make("p", "compose-excerpt");
  excerpt.dir = "auto";
  const leave = makeButton("", "icon-button", onLeave);
  leave.append(makeIcon(CROSS));
  strip.append(what, excerpt, leave);
  strip.hidden = true;
  return {
    element: strip,

    /** @param {import("./writing.js").Mode} mode */
    show(mode) {
      strip.hidden = mode.kind === "new";
      if (mode.kind === "new") return;
      if (mode.kind === "reply") i18n.fill(what, "replyTo", { name: mode.message.user.name });
      else what.textContent = i18n.t("editing");
      excerpt.textContent = excerptOf(mode.message.text);
      leave.ariaLabel = leave.title = i18n.t(mode.kind === "reply" ? "leaveReply" : "leaveEdit");
    },
  };
}

/**
 * Makes the note that stands in the box's place where nothing can be written, and above it for who is muted: the end of that comes
 * without news, and the box has to be there then.
 * @param {I18n} i18n
 * @param {ComposerElements} elements
 */
export function makeBarNote(i18n, { form, box }) {
  const note = make("p", "compose-bar");
  note.tabIndex = -1;
  note.role = "status";
  form.prepend(note);
  return {
    /**
     * @param {Bar | undefined} bar what keeps one from writing
     * @param {number} [until] when it is over, in milliseconds since 1970
     */
    show(bar, until) {
      const hadFocus = document.activeElement === box;
      if (bar === undefined) note.textContent = "";
      else if (bar === "muted" && until !== undefined) {
        note.textContent = i18n.t("bar_until", { when: i18n.stamp(until) });
      } else note.textContent = i18n.t(`bar_${bar}`);
      if (bar === undefined) delete form.dataset.bar;
      else form.dataset.bar = bar;
      if (hadFocus && !box.checkVisibility()) note.focus();
    },
  };
}
