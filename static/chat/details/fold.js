/**
 * A part of a pane that is folded until somebody wants it, and asks for its content then.
 * @module
 */

import { make } from "../../ui/dom.js";

/**
 * Makes it.
 * @param {string} title
 * @param {() => {element: HTMLElement, opened?: () => void}} create its content, when it is first opened; `opened`: each time
 */
export function makeFold(title, create) {
  const element = make("details", "fold");
  const summary = make("summary");
  const count = make("span", "badge");
  count.hidden = true;
  summary.append(make("span", undefined, title), count);
  element.append(summary);
  /** @type {ReturnType<typeof create> | undefined} */
  let content;
  element.addEventListener("toggle", () => {
    if (!element.open) return;
    if (content === undefined) element.append((content = create()).element);
    content.opened?.();
  });
  return {
    element,
    /** @param {string} text empty: nothing waits in it */
    mark(text) {
      count.textContent = text;
      count.hidden = text === "";
    },
  };
}
