/**
 * Keys that hold on the whole page, and ways past what is in between.
 * @module
 */

import { find } from "../ui/dom.js";
import { findShortcut, isTyped } from "./shortcuts.js";

/** @import { Dialogs } from "./dialogs/dialogs.js" */

/**
 * Listens for them.
 * @param {object} parts
 * @param {Dialogs} parts.dialogs
 * @param {(direction: 1 | -1, onlyWaiting: boolean) => void} parts.onStep to the room above or below
 * @param {() => void} parts.focusComposer
 */
export function listenForKeys({ dialogs, onStep, focusComposer }) {
  for (const button of document.querySelectorAll("[data-dialog]")) {
    const name = button.getAttribute("data-dialog") ?? "";
    button.addEventListener("pointerenter", () => dialogs.warm(name));
    button.addEventListener("click", () => dialogs.open(name));
  }

  find("skip", HTMLAnchorElement).addEventListener("click", (event) => {
    // Its hash would be taken for a room.
    event.preventDefault();
    focusComposer();
  });

  find("messages", HTMLElement).addEventListener("keydown", (event) => {
    // Who scrolls and then types wants to write; the key itself still arrives there. A message has keys of its own.
    if (event.target !== event.currentTarget || event.defaultPrevented || event.key === " " || !isTyped(event)) return;
    if (findShortcut(event, "page") === undefined) focusComposer();
  });

  addEventListener("keydown", (event) => {
    if (document.body.dataset.view !== "chat" || event.defaultPrevented || event.isComposing) return;
    // The K may follow.
    if (event.key === "Control" || event.key === "Meta") dialogs.warm("switcher");
    const isWriting = event.target instanceof Element && event.target.matches("input, textarea, select");
    const shortcut = isWriting && isTyped(event) ? undefined : findShortcut(event, "page");
    if (shortcut === undefined) return;
    event.preventDefault();
    if (shortcut === "switcher" || shortcut === "settings" || shortcut === "shortcuts") dialogs.toggle(shortcut);
    else if (!dialogs.isOpen) onStep(shortcut.startsWith("next") ? 1 : -1, shortcut.endsWith("Unread"));
  });
}
