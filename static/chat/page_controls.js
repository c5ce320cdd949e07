/**
 * Buttons and keys that belong to no part of the page.
 * @module
 */

import { find } from "../ui/dom.js";

/**
 * Begins to listen.
 * @param {object} parts
 * @param {() => void} parts.focusComposer
 * @param {(name: string) => void} parts.openDialog what a button with `data-dialog` asks for
 * @param {() => boolean} parts.toggleSwitcher returns whether it could be
 */
export function listenForControls({ focusComposer, openDialog, toggleSwitcher }) {
  for (const button of document.querySelectorAll("[data-dialog]")) {
    button.addEventListener("click", () => openDialog(button.getAttribute("data-dialog") ?? ""));
  }
  find("skip", HTMLAnchorElement).addEventListener("click", (event) => {
    // Its hash would be taken for a room.
    event.preventDefault();
    focusComposer();
  });
  find("messages", HTMLElement).addEventListener("keydown", ({ key, ctrlKey, metaKey, altKey, defaultPrevented }) => {
    // Who scrolls and then types wants to write; the key itself still arrives there.
    if (defaultPrevented) return;
    if ([...key].length === 1 && key !== " " && !ctrlKey && !metaKey && !altKey) focusComposer();
  });
  addEventListener("keydown", (event) => {
    const isAsked = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey;
    if (isAsked && toggleSwitcher()) event.preventDefault();
  });
}
