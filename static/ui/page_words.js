/**
 * The words of a page that has its own, as `/docs` and `/test` do; the chat's are in `i18n.js`, which counts and formats as well.
 * @module
 */

import { withCode } from "./code_text.js";

/**
 * Makes them; they speak the language that was chosen for any of the pages, else the browser's.
 * @template {string} Word
 * @param {{en: Record<Word, string>, ko: Record<Word, string>}} words
 */
export function createPageWords(words) {
  /** @type {keyof typeof words} */
  let language = document.documentElement.lang === "ko" ? "ko" : "en";

  /**
   * A word in the language of now, with its gaps filled.
   * @param {Word} word
   * @param {Record<string, string | number>} [values]
   */
  function t(word, values = {}) {
    return words[language][word].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
  }

  return {
    t,

    /** The language that is spoken now. */
    currentLanguage: () => language,

    /**
     * Speaks another language, which the chat page speaks then, too.
     * @param {string} next what is no language of ours changes nothing
     */
    chooseLanguage(next) {
      if (next !== "en" && next !== "ko") return;
      language = next;
      try {
        localStorage.setItem("maru.language", next);
      } catch {
        // No storage: it holds for this page.
      }
    },

    /**
     * Puts the words where the HTML asks for them, `data-word` and `data-word-label`.
     * @param {ParentNode} root
     */
    translate(root) {
      document.documentElement.lang = language;
      for (const element of root.querySelectorAll("[data-word], [data-word-label]")) {
        for (const [attribute, put] of /** @type {const} */ ([["data-word", putText], ["data-word-label", putLabel]])) {
          const word = element.getAttribute(attribute);
          // Own keys only: it is one of them then.
          if (word !== null && Object.hasOwn(words.en, word)) put(element, t(/** @type {Word} */ (word)));
        }
      }
    },

    /**
     * Makes an element whose text follows the language.
     * @template {keyof HTMLElementTagNameMap} Tag
     * @param {Tag} tag
     * @param {Word} word
     * @param {string} [className]
     */
    makeWord(tag, word, className) {
      const element = document.createElement(tag);
      if (className !== undefined) element.className = className;
      element.dataset.word = word;
      putText(element, t(word));
      return element;
    },
  };
}

/** @type {(element: Element, text: string) => void} */
function putText(element, text) {
  element.replaceChildren();
  withCode(element, text);
}

/** @type {(element: Element, text: string) => void} */
function putLabel(element, text) {
  element.setAttribute("aria-label", text);
}
