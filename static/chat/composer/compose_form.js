/**
 * The elements of a message box: index.html has the conversation's, and any other one is made alike.
 * @module
 */

import { find, make, makeButton } from "../../ui/dom.js";

/** @import { I18n } from "../../ui/i18n.js" */

/**
 * @typedef {object} ComposerElements
 * @property {HTMLFormElement} form
 * @property {HTMLTextAreaElement} box
 * @property {HTMLButtonElement} button sends
 * @property {HTMLElement} hint which keys send
 * @property {HTMLElement} count
 */

const SVG = "http://www.w3.org/2000/svg";
const ARROW_UP = "M12 19V5M6 11l6-6 6 6";
const SMILE = "M4 12a8 8 0 1 0 16 0a8 8 0 1 0-16 0M8.5 14.5c1.8 2.4 5.2 2.4 7 0M9 9.5v.5M15 9.5v.5";
const CROSS = "m7 7 10 10M17 7 7 17";

let made = 0;

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
 * Makes another one, for a pane of its own.
 * @returns {ComposerElements} not in the page yet
 */
export function makeComposer() {
  const id = `composer-${++made}`;
  const form = make("form", "compose");
  const label = make("label", "visually-hidden");
  label.htmlFor = id;
  label.dataset.word = "composer";
  const box = make("textarea", "compose-box");
  box.id = id;
  box.rows = 1;
  box.dir = "auto";
  box.enterKeyHint = "send";
  box.setAttribute("autocomplete", "off");
  box.dataset.wordPlaceholder = "composerPlaceholder";
  const button = make("button", "send");
  button.dataset.wordLabel = "send";
  button.append(makeIcon(ARROW_UP));
  const hint = make("p", "visually-hidden");
  hint.id = `${id}-hint`;
  const count = make("p", "limit");
  count.id = `${id}-limit`;
  box.setAttribute("aria-describedby", `${hint.id} ${count.id}`);
  form.append(label, box, button, hint, count);
  return { form, box, button, hint, count };
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
      excerpt.textContent = mode.message.text.replace(/\s+/gu, " ");
      leave.ariaLabel = leave.title = i18n.t(mode.kind === "reply" ? "leaveReply" : "leaveEdit");
    },
  };
}

/** @param {string} path */
function makeIcon(path) {
  const icon = document.createElementNS(SVG, "svg");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  icon.append(line);
  return icon;
}
