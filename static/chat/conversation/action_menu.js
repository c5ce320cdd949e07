/**
 * The menu of a message: emoji that one gives at once, then everything else that may be done.
 * @module
 */

import { make, makeButton } from "../../ui/dom.js";
import { recentEmoji } from "../composer/emoji_choices.js";

/** @import { I18n } from "../../ui/i18n.js" */
/** @import { Storage } from "../../ui/storage.js" */
/** @import { MessageAction } from "./permitted.js" */

const QUICK = ["👍", "❤️", "😂", "🎉", "😮", "🙏"];
/** From the edges of the page, in pixels. */
const EDGE = 8;

/**
 * Opens it beside what it belongs to, or at the foot of a narrow page.
 * @param {object} parts
 * @param {Element} parts.anchor
 * @param {I18n} parts.i18n
 * @param {Storage} parts.storage
 * @param {readonly MessageAction[]} parts.actions
 * @param {(action: MessageAction) => void} parts.onChoose called when it has closed
 * @param {(emoji: string) => void} parts.onReact
 */
export function openActionMenu({ anchor, i18n, storage, actions, onChoose, onReact }) {
  // A popover would close by itself as the finger goes up whose long press has opened it.
  const dialog = make("dialog", "action-menu");
  const menu = make("div", "action-items");
  dialog.append(menu);
  menu.role = "menu";
  menu.ariaLabel = i18n.t("messageActions");
  if (actions.includes("react")) menu.append(makeQuick());
  for (const action of actions) {
    if (action === "react") continue;
    const item = makeItem(i18n.t(`act_${action}`), () => onChoose(action));
    item.dataset.action = action;
    menu.append(item);
  }

  /**
   * @param {string} text
   * @param {() => void} run
   */
  function makeItem(text, run) {
    const item = makeButton(text, "action-item", () => {
      // First: the focus goes back to where it was, and from there to where this leads.
      dialog.close();
      run();
    });
    item.role = "menuitem";
    item.tabIndex = -1;
    return item;
  }

  function makeQuick() {
    const quick = make("div", "quick-emoji");
    quick.role = "group";
    quick.ariaLabel = i18n.t("act_react");
    const emoji = [...new Set([...recentEmoji(storage), ...QUICK])].slice(0, QUICK.length);
    const more = makeItem("+", () => onChoose("react"));
    more.ariaLabel = more.title = i18n.t("anotherEmoji");
    more.dataset.action = "react";
    quick.append(...emoji.map((each) => makeItem(each, () => onReact(each))), more);
    return quick;
  }

  const items = () => [...menu.querySelectorAll("button")];

  /** @param {number} step */
  function move(step) {
    const all = items();
    const at = all.findIndex((item) => item === document.activeElement);
    all.at((at + step + all.length) % all.length)?.focus();
  }

  menu.addEventListener("keydown", (event) => {
    const inRow = document.activeElement?.parentElement !== menu;
    const rowLength = menu.querySelectorAll(".quick-emoji button").length;
    switch (event.key) {
      case "ArrowDown":
        move(inRow ? rowLength - items().findIndex((item) => item === document.activeElement) : 1);
        break;
      case "ArrowUp":
        move(-1);
        break;
      case "ArrowRight":
      case "ArrowLeft":
        if (inRow) move((event.key === "ArrowRight") === (getComputedStyle(menu).direction === "ltr") ? 1 : -1);
        break;
      case "Home":
        items()[0]?.focus();
        break;
      case "End":
        items().at(-1)?.focus();
        break;
      case "Tab":
        dialog.close();
        break;
      default:
        return;
    }
    event.preventDefault();
  });
  // What surrounds a dialog belongs to it.
  dialog.addEventListener("pointerdown", ({ target }) => {
    if (target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => dialog.remove());
  dialog.ariaLabel = i18n.t("messageActions");
  document.body.append(dialog);
  // The browser gives the focus back to where it was.
  dialog.showModal();
  place(dialog, anchor);
  items()[0]?.focus();
}

/**
 * @param {HTMLElement} menu
 * @param {Element} anchor
 */
function place(menu, anchor) {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = box.bottom + 4;
  const top = below + height + EDGE <= innerHeight
    ? below
    : Math.max(EDGE, Math.min(box.top, innerHeight) - height - 4);
  menu.style.top = `${Math.min(top, innerHeight - height - EDGE)}px`;
  menu.style.left = `${Math.max(EDGE, Math.min(box.right - width, innerWidth - width - EDGE))}px`;
}
