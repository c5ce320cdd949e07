/**
 * Short notes at the foot of the page that go by themselves: what was done, what failed, and how to take it back.
 * @module
 */

import { find, make, makeButton } from "../ui/dom.js";

/** @typedef {ReturnType<typeof createToasts>} Toasts */

const SHOWN_MS = 6_000;

/** Takes over the place for notes in index.html, which is a live region. */
export function createToasts() {
  const place = find("toasts", HTMLElement);
  return {
    /**
     * Shows a note.
     * @param {string} text
     * @param {{word: string, run: () => void}} [action] a button in it
     * @returns {() => void} takes it away before its time
     */
    show(text, action) {
      const toast = make("p", "toast");
      toast.append(make("span", undefined, text));
      const gone = () => {
        clearTimeout(timer);
        toast.remove();
      };
      if (action !== undefined) {
        toast.append(makeButton(action.word, "link", () => {
          gone();
          action.run();
        }));
      }
      let timer = setTimeout(gone, SHOWN_MS);
      // Whoever is about to press its button is not raced.
      toast.addEventListener("pointerenter", () => clearTimeout(timer));
      toast.addEventListener("focusin", () => clearTimeout(timer));
      toast.addEventListener("pointerleave", () => timer = setTimeout(gone, SHOWN_MS));
      toast.addEventListener("focusout", () => timer = setTimeout(gone, SHOWN_MS));
      place.append(toast);
      return gone;
    },
  };
}
