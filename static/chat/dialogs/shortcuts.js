/**
 * The list of keyboard shortcuts.
 * @module
 */

import { make } from "../../ui/dom.js";
import { keyNames, SHORTCUTS } from "../shortcuts.js";

/** @import { Word } from "../../ui/i18n.js" */
/** @import { Page } from "../app.js" */
/** @import { Panel } from "../side/side.js" */
/** @import { Shortcut } from "../shortcuts.js" */

/** @type {readonly {where: Shortcut["where"], word: Word}[]} */
const GROUPS = [
  { where: "page", word: "shortcutsPage" },
  { where: "box", word: "shortcutsBox" },
  { where: "message", word: "shortcutsMessage" },
  { where: "pane", word: "shortcutsPane" },
];

/**
 * Makes the dialog.
 * @param {Page} page
 * @returns {Panel}
 */
export function createPanel(page) {
  const { i18n } = page;
  const element = make("div", "shortcuts");
  const isMac = /mac|iphone|ipad/i.test(navigator.platform);
  for (const { where, word } of GROUPS) {
    /** @type {Shortcut[]} */
    const all = Object.values(SHORTCUTS);
    const here = all.filter((shortcut) => shortcut.where === where && shortcut.isShown !== false);
    if (here.length === 0) continue;
    const list = make("dl");
    for (const { keys, word } of here) list.append(makeLine(i18n.t(word), keys, isMac));
    element.append(make("h3", undefined, i18n.t(word)), list);
  }
  return { title: i18n.t("shortcuts"), element };
}

/**
 * @param {string} words
 * @param {readonly string[]} keys
 * @param {boolean} isMac
 */
function makeLine(words, keys, isMac) {
  const line = make("div", "shortcut");
  const pressed = make("dd");
  keys.forEach((each, index) => {
    if (index > 0) pressed.append(" / ");
    keyNames(each, isMac).forEach((name, at) => pressed.append(...(at > 0 ? [" "] : []), make("kbd", undefined, name)));
  });
  line.append(make("dt", undefined, words), pressed);
  return line;
}
