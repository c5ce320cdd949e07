/**
 * The page's language: its words, numbers, days and times.
 * @module
 */

import { en } from "../i18n/en.js";
import { ko } from "../i18n/ko.js";

/** @import { Words } from "../i18n/en.js" */
/** @import { PaneWords } from "../i18n/panes_en.js" */
/** @typedef {keyof typeof LANGUAGES} Language */
/** @typedef {keyof Words | keyof PaneWords} Word */
/** @typedef {{[K in Word]: K extends `${infer Stem}One` ? `${Stem}Other` extends Word ? Stem : never : never}[Word]} Counted */
/** @typedef {Record<string, string | number>} Values */
/** @typedef {ReturnType<typeof createI18n>} I18n */

/** Each language under its own name. */
export const LANGUAGES = { en: "English", ko: "한국어" };

/** @type {Readonly<Record<Language, Words & Partial<PaneWords>>>} */
const WORDS = { en, ko };

/**
 * Makes the page speak a language: the one that was chosen, else the first preferred one that we have, else English.
 * @param {string | undefined} chosen a stored choice
 * @param {readonly string[]} preferred navigator.languages
 */
export function createI18n(chosen, preferred) {
  let language = findLanguage(chosen === undefined ? preferred : [chosen, ...preferred]) ?? "en";
  let formats = createFormats(language, preferred);
  let words = WORDS;
  /** @type {Promise<void> | undefined} */
  let panes;

  async function loadPanes() {
    const [{ panesEn }, { panesKo }] = await Promise.all([
      import("../i18n/panes_en.js"),
      import("../i18n/panes_ko.js"),
    ]);
    words = { en: { ...en, ...panesEn }, ko: { ...ko, ...panesKo } };
  }

  /**
   * @param {Word} word
   * @param {Values} [values]
   */
  function t(word, values = {}) {
    return parts(word, values).map(({ text }) => text).join("");
  }

  /**
   * @param {Word} word
   * @param {Values} values
   */
  function parts(word, values) {
    return (words[language][word] ?? word).split(/\{(\w+)\}/).map((text, index) => {
      if (index % 2 === 0) return { text, filled: false };
      const value = values[text] ?? "";
      return { text: typeof value === "number" ? formats.number.format(value) : value, filled: true };
    });
  }

  return {
    t,

    /** Learns the words of panes and dialogs, which nobody needs at first sight. @returns {Promise<void>} */
    learnPanes() {
      panes ??= loadPanes().catch((error) => {
        panes = undefined;
        throw error;
      });
      return panes;
    },

    /** @returns {Language} */
    get language() {
      return language;
    },

    /** @param {string} next what is no language of ours changes nothing */
    choose(next) {
      language = findLanguage([next]) ?? language;
      formats = createFormats(language, preferred);
    },

    /**
     * A text that depends on a number, in the plural form that the language asks for.
     * @param {Counted} stem
     * @param {number} count
     */
    count: (stem, count) => t(formats.plural.select(count) === "one" ? `${stem}One` : `${stem}Other`, { count }),

    /**
     * Puts a text into an element; what other people wrote stands in a `<bdi>`, so that its direction stays its own.
     * @param {Element} element
     * @param {Word} word
     * @param {Values} [values]
     */
    fill(element, word, values = {}) {
      element.replaceChildren(
        ...parts(word, values).map(({ text, filled }) => {
          if (!filled) return text;
          const isolated = document.createElement("bdi");
          isolated.textContent = text;
          return isolated;
        }),
      );
    },

    /**
     * Puts the words of the language where the HTML asks for them: `data-word` for the text, `data-word-label` and
     * `data-word-placeholder` for attributes.
     * @param {ParentNode} root
     */
    apply(root) {
      document.documentElement.lang = language;
      for (const element of root.querySelectorAll("[data-word]")) {
        element.textContent = t(wordOf(element, "data-word"));
      }
      for (const element of root.querySelectorAll("[data-word-label]")) {
        element.setAttribute("aria-label", t(wordOf(element, "data-word-label")));
        if (element.matches("button")) element.setAttribute("title", t(wordOf(element, "data-word-label")));
      }
      for (const element of root.querySelectorAll("[data-word-placeholder]")) {
        element.setAttribute("placeholder", t(wordOf(element, "data-word-placeholder")));
      }
    },

    /** @param {number} value */
    number: (value) => formats.number.format(value),

    /**
     * The time of day, in local time.
     * @param {number} at milliseconds since 1970
     */
    time: (at) => formats.time.format(at),

    /**
     * The day with its weekday, in local time.
     * @param {number} at milliseconds since 1970
     */
    day: (at) => formats.day.format(at),

    /**
     * Day and time in short.
     * @param {number} at milliseconds since 1970
     */
    stamp: (at) => formats.stamp.format(at),

    /**
     * Day and time in full, for a tooltip.
     * @param {number} at milliseconds since 1970
     */
    moment: (at) => formats.moment.format(at),
  };
}

/**
 * @param {Language} language
 * @param {readonly string[]} preferred
 */
function createFormats(language, preferred) {
  // "en-GB" writes times otherwise than "en": the region counts where the person has named one.
  const locale = preferred.find((tag) => findLanguage([tag]) === language) ?? language;
  return {
    number: new Intl.NumberFormat(locale),
    plural: new Intl.PluralRules(language),
    time: new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" }),
    day: new Intl.DateTimeFormat(locale, { dateStyle: "full" }),
    stamp: new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }),
    moment: new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "medium" }),
  };
}

/**
 * @param {readonly string[]} tags
 * @returns {Language | undefined} the first that we speak
 */
function findLanguage(tags) {
  for (const tag of tags) {
    const [base = ""] = tag.toLowerCase().split("-");
    if (base === "en" || base === "ko") return base;
  }
  return undefined;
}

/**
 * @param {Element} element
 * @param {string} attribute
 * @returns {Word}
 */
function wordOf(element, attribute) {
  const word = element.getAttribute(attribute) ?? "";
  if (!Object.hasOwn(en, word)) throw new TypeError(`Cannot translate as the word is unknown: ${word}`);
  // Safe: it is one of the keys.
  return /** @type {Word} */ (word);
}
