/**
 * The bar on the message that one points at, or that has the focus. There is one for all messages of a list.
 * @module
 */

import { make, makeButton } from "../../ui/dom.js";
import { makeIcon } from "../../ui/icon.js";

/** @import { I18n, Word } from "../../ui/i18n.js" */
/** @import { MessageAction } from "./permitted.js" */

/** @type {readonly {action: MessageAction | "menu", word: Word, icon: string}[]} */
const BUTTONS = [
  {
    action: "react",
    word: "act_react",
    icon: "M4 12a8 8 0 1 0 16 0a8 8 0 1 0-16 0M8.5 14.5c1.8 2.4 5.2 2.4 7 0M9 9.500v.5M15 9.500v.5",
  },
  { action: "reply", word: "act_reply", icon: "M10 6 4 12l6 6M4 12h9c4 0 6.500 2 7 6" },
  { action: "thread", word: "act_thread", icon: "M5 5h14v10H11l-4 4v-4H5zM9 10h6" },
  { action: "menu", word: "act_more", icon: "M6 12h.1M12 12h.1M18 12h.1" },
];

/**
 * Makes it, nowhere yet.
 * @param {I18n} i18n
 * @param {(action: MessageAction | "menu", button: HTMLElement) => void} onPress
 */
export function createActionBar(i18n, onPress) {
  const element = make("div", "action-bar");
  element.role = "toolbar";
  const buttons = BUTTONS.map(({ action, word, icon }) => {
    const button = makeButton("", "action", () => onPress(action, button));
    button.append(makeIcon(icon));
    button.dataset.action = action;
    if (action === "menu") button.setAttribute("aria-haspopup", "menu");
    return { action, word, button };
  });
  element.append(...buttons.map(({ button }) => button));

  return {
    element,

    /**
     * @param {HTMLElement} message
     * @param {readonly MessageAction[]} permitted
     */
    show(message, permitted) {
      if (permitted.length === 0) return this.hide();
      element.ariaLabel = i18n.t("messageActions");
      for (const { action, word, button } of buttons) {
        button.hidden = action !== "menu" && !permitted.includes(action);
        button.ariaLabel = button.title = i18n.t(word);
      }
      if (element.parentElement !== message) message.append(element);
    },

    hide() {
      element.remove();
    },
  };
}
