/**
 * The page's language: its words, numbers, days and times.
 * @module
 */

/** @import { PaneWords } from "../i18n/panes/en.js" */
/** @import { Words } from "../i18n/en.js" */
/** @typedef {keyof Words | keyof PaneWords} Word */
/** @typedef {{[K in Word]: K extends `${infer Stem}One` ? `${Stem}Other` extends Word ? Stem : never : never}[Word]} Counted */
/** @typedef {Record<string, string | number>} Values */
/** @typedef {Awaited<ReturnType<typeof createI18n>>} I18n */
/** Gives the words of a language, or those of panes: `ko`, `panes/ko`. @typedef {(name: string) => Promise<Partial<Record<Word, string>>>} LoadWords */

/** The one that everybody gets who speaks none of ours. */
const FALLBACK = "en";
/** Whose scripts run the other way; `Intl.Locale` cannot say it everywhere yet. */
const RIGHT_TO_LEFT = /^(?:ar|dv|fa|he|ps|sd|ug|ur|yi)\b/;

/** @type {LoadWords} */
const loadWords = async (name) => (await import(`../i18n/${name}.js`)).words;

/**
 * Makes the page speak a language: the one that was chosen, else the first preferred one that we have, else English.
 * @param {string | undefined} chosen a stored choice
 * @param {readonly string[]} preferred navigator.languages
 * @param {object} [told] what the server tells in the HTML
 * @param {readonly string[]} told.languages all that there are: the files in `i18n/`
 * @param {readonly string[]} [told.unfinished] those of them that lack words, which are said in English
 * @param {readonly string[]} [told.panes] those that have a second file, with the words of panes and dialogs; the others say these in their one
 *   file, or in English
 * @param {LoadWords} [load]
 */
export async function createI18n(chosen, preferred, told = readTold(), load = loadWords) {
  const { languages, unfinished = [], panes = [] } = told;
  let knowsPanes = false;
  let language = findLanguage(chosen === undefined ? preferred : [chosen, ...preferred], languages) ?? FALLBACK;
  let words = await learn(language);
  let formats = createFormats(language, preferred);
  let choices = 0;

  /** @param {string} tag */
  async function learn(tag) {
    const [english, own, more] = await Promise.all([
      unfinished.includes(tag) ? load(FALLBACK) : {},
      load(tag),
      knowsPanes ? loadPanes(tag) : {},
    ]);
    return { ...english, ...more, ...own };
  }

  /** A language may say everything in its one file: what stands there counts before what is said here. @param {string} tag */
  const loadPanes = (tag) => load(`panes/${panes.includes(tag) ? tag : FALLBACK}`);

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
    return (words[word] ?? word).split(/\{(\w+)\}/).map((text, index) => {
      if (index % 2 === 0) return { text, filled: false };
      const value = values[text] ?? "";
      return { text: typeof value === "number" ? formats.number.format(value) : value, filled: true };
    });
  }

  return {
    t,

    /** Its tag, such as `ko`. @returns {string} */
    get language() {
      return language;
    },

    /** All that can be chosen, each under its own name. */
    languages: languages.map((tag) => ({ tag, name: nameOf(tag) })),

    /**
     * Learns the words of what stands beside a room and over it, which nobody needs at first sight.
     * @returns {Promise<void>} when they are there; rejects when they cannot be had
     */
    async learnPanes() {
      if (knowsPanes) return;
      const tag = language;
      const more = await loadPanes(tag);
      if (tag !== language) return await this.learnPanes();
      knowsPanes = true;
      words = { ...more, ...words };
    },

    /**
     * @param {string} next what is no language of ours changes nothing
     * @returns {Promise<void>} when the words are there; rejects when they cannot be had, and the old ones stay
     */
    async choose(next) {
      const found = findLanguage([next], languages);
      if (found === undefined) return;
      const mine = ++choices;
      const learned = found === language ? words : await learn(found);
      // Whoever has chosen again meanwhile hears only of that.
      if (mine !== choices) return;
      words = learned;
      language = found;
      formats = createFormats(language, preferred);
    },

    /**
     * A text that depends on a number, in the plural form that the language asks for: `stemOne`, and where it has more of
     * them `stemTwo`, `stemFew` …; else `stemOther`.
     * @param {Counted} stem
     * @param {number} count
     */
    count(stem, count) {
      const form = formats.plural.select(count);
      const word = `${stem}${form[0]?.toUpperCase()}${form.slice(1)}`;
      // Safe: a word of the language that English need not know.
      return t(Object.hasOwn(words, word) ? /** @type {Word} */ (word) : `${stem}Other`, { count });
    },

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
      document.documentElement.dir = directionOf(language);
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
     * Day and time in full, for a tooltip.
     * @param {number} at milliseconds since 1970
     */
    moment: (at) => formats.moment.format(at),

    /**
     * Day and time, short.
     * @param {number} at milliseconds since 1970
     */
    stamp: (at) => formats.stamp.format(at),
  };
}

/**
 * @param {string} language
 * @param {readonly string[]} preferred
 */
function createFormats(language, preferred) {
  // "en-GB" writes times otherwise than "en": the region counts where the person has named one.
  const locale = preferred.find((tag) => baseOf(tag) === language) ?? language;
  return {
    number: new Intl.NumberFormat(locale),
    plural: new Intl.PluralRules(language),
    time: new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" }),
    day: new Intl.DateTimeFormat(locale, { dateStyle: "full" }),
    moment: new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "medium" }),
    stamp: new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }),
  };
}

function readTold() {
  const { languages = FALLBACK, unfinished = "", panes = "" } = document.documentElement.dataset;
  return { languages: languages.split(" "), unfinished: unfinished.split(" "), panes: panes.split(" ") };
}

/**
 * @param {readonly string[]} tags
 * @param {readonly string[]} languages
 * @returns {string | undefined} the first that we speak
 */
function findLanguage(tags, languages) {
  return tags.map(baseOf).find((base) => languages.includes(base));
}

/** @param {string} tag */
function baseOf(tag) {
  return tag.toLowerCase().split("-", 1)[0] ?? "";
}

/** What a language calls itself. @param {string} tag */
function nameOf(tag) {
  return new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;
}

/** @param {string} tag */
function directionOf(tag) {
  return RIGHT_TO_LEFT.test(tag) ? "rtl" : "ltr";
}

/**
 * @param {Element} element
 * @param {string} attribute
 * @returns {Word}
 */
function wordOf(element, attribute) {
  // Safe: tests/static/ui/i18n_test.ts looks up every one that the HTML names.
  return /** @type {Word} */ (element.getAttribute(attribute));
}
