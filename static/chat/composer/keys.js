/**
 * What a key in the message box asks for. No DOM.
 * @module
 */

import { keyOf } from "./composition.js";

/** @import { Action, Key } from "./composition.js" */

/** Which Enter sends: `enter` itself, Shift+Enter then breaks the line; or `ctrl` with it, ⌘ on a Mac. @typedef {"enter" | "ctrl"} EnterKey */

/**
 * @typedef {object} Situation
 * @property {EnterKey} sendsBy
 * @property {boolean} isOffering a list of completions is open
 * @property {boolean} isEmpty the box is
 * @property {boolean} canLeave a reply or an edit can be left
 */

/** Enter without anything, as a soft keyboard's line break stands for it. @type {Pick<Key, "key" | "code" | "shiftKey" | "altKey" | "ctrlKey" | "metaKey">} */
export const ENTER = { key: "Enter", code: "Enter", shiftKey: false, altKey: false, ctrlKey: false, metaKey: false };

/**
 * Finds what a key asks for.
 * @param {Pick<Key, "key" | "code" | "shiftKey" | "altKey" | "ctrlKey" | "metaKey">} event
 * @param {Situation} situation
 * @returns {Action | undefined} undefined: to be typed
 */
export function actionOf(event, { sendsBy, isOffering, isEmpty, canLeave }) {
  const isPlain = !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey;
  switch (keyOf(event)) {
    case "Enter":
      if (isOffering && isPlain) return "take";
      if (event.shiftKey || event.altKey) return undefined;
      return sendsBy === "enter" || event.ctrlKey || event.metaKey ? "send" : undefined;
    case "Tab":
      return isOffering && isPlain ? "take" : undefined;
    case "ArrowDown":
      return isOffering && isPlain ? "next" : undefined;
    case "ArrowUp":
      if (!isPlain) return undefined;
      return isOffering ? "previous" : isEmpty ? "editLast" : undefined;
    case "Escape":
      if (isOffering) return "close";
      return canLeave ? "leave" : undefined;
    default:
      return undefined;
  }
}
