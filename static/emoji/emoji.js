/**
 * All emoji with their names, and finding them by what they are called. The names of a language are loaded when they are first needed.
 * @module
 */

import { beginningPattern, foldForSearch } from "../ui/hangul.js";
import { LIST } from "./list.js";

/**
 * @typedef {object} Emoji
 * @property {string} emoji without a skin tone
 * @property {string} name in one language
 * @property {boolean} takesTone
 * @property {number} group its place in GROUPS
 * @property {readonly string[]} terms what it is found by, folded: the name, then codes such as `tada`, then more
 */

/** The groups, in the order of list.js. */
export const GROUPS = /** @type {const} */ ([
  "faces",
  "people",
  "nature",
  "food",
  "travel",
  "activities",
  "objects",
  "symbols",
  "flags",
]);

const BETWEEN_WORDS = /[\s_,:-]+/u;

/** @type {Record<string, Promise<Emoji[]> | undefined>} */
const loaded = {};

/**
 * All emoji, in the order of pickers.
 * @param {string} language of their names
 * @returns {Promise<readonly Emoji[]>} rejects when the names cannot be loaded; asked again, it tries again
 */
export function loadEmoji(language) {
  const found = loaded[language];
  if (found !== undefined) return found;
  const loading = loadNames(language).then((names) => readEmoji(names, language));
  loading.catch(() => delete loaded[language]);
  loaded[language] = loading;
  return loading;
}

/**
 * Finds emoji by any beginning of a word of their names: by Korean ones when there is Hangul in what was written, else by English ones and
 * those of the page's language.
 * @param {string} query
 * @param {string} language of the names that are shown
 * @returns {Promise<Emoji[]>} the best first
 */
export async function findEmoji(query, language) {
  const [shown, others] = await Promise.all([
    loadEmoji(language),
    loadEmoji(languageOf(query)),
  ]);
  return rankEmoji(others, query).map((index) => shown[index]).filter((emoji) => emoji !== undefined);
}

/**
 * Finds the one emoji that is called that: by its name or its code in full, as `:tada:` says it.
 * @param {string} query
 * @returns {Promise<Pick<Emoji, "emoji" | "takesTone"> | undefined>}
 */
export async function findNamed(query) {
  const all = await loadEmoji(languageOf(query));
  const [best = -1] = rankEmoji(all, query);
  const whole = foldForSearch(query);
  const words = foldForSearch(query.replaceAll("_", " "));
  return all[best]?.terms.some((term) => term === whole || term === words) ? all[best] : undefined;
}

/**
 * Finds emoji among some, by one language's names.
 * @param {readonly Pick<Emoji, "terms">[]} all
 * @param {string} query each of its words has to be found
 * @returns {number[]} places in `all`, the best first
 */
export function rankEmoji(all, query) {
  const words = query.split(/[\s_]+/u).filter((word) => word !== "");
  if (words.length === 0) return [];
  const whole = foldForSearch(query.trim());
  const patterns = words.map(beginningPattern);
  const start = beginningPattern(query.trim());
  /** @type {{index: number, score: number}[]} */
  const found = [];
  all.forEach(({ terms }, index) => {
    const score = scoreOf(terms, whole, start, patterns);
    if (score !== undefined) found.push({ index, score });
  });
  return found.sort((a, b) => a.score - b.score || a.index - b.index).map(({ index }) => index);
}

/**
 * @param {readonly string[]} terms
 * @param {string} whole
 * @param {RegExp} start
 * @param {readonly RegExp[]} patterns
 * @returns {number | undefined} the less the better
 */
function scoreOf(terms, whole, start, patterns) {
  const [name = "", ...others] = terms;
  // The first of an English emoji's further names is the code that people know: ❤️ is `heart`.
  if (name === whole || (others[0] === whole && !/[^!-~]/u.test(whole))) return 0;
  const words = name.split(BETWEEN_WORDS);
  if (others.includes(whole) || words.includes(whole)) return 1;
  if (start.test(name)) return 2;
  if (terms.some((term) => start.test(term)) || words.some((word) => start.test(word))) return 3;
  words.push(...others.flatMap((term) => term.split(BETWEEN_WORDS)));
  return patterns.every((pattern) => words.some((word) => pattern.test(word))) ? 4 : undefined;
}

/**
 * @param {string} names as the files of names hold them
 * @param {string} language
 * @returns {Emoji[]}
 */
function readEmoji(names, language) {
  const regions = new Intl.DisplayNames([language], { type: "region" });
  const lines = names.split(/[;\n]/);
  let line = 0;
  return LIST.split("\n").flatMap((group, place) =>
    group.split(" ").map((entry) => {
      const takesTone = entry.endsWith("+");
      const emoji = takesTone ? entry.slice(0, -1) : entry;
      const [known = "", ...more] = (lines[line++] ?? "").split("|");
      const code = known === "" ? regionOf(emoji) : "";
      const name = code === "" ? known : regions.of(code) ?? code;
      const terms = [name, ...more, ...(code === "" ? [] : [code])].map(foldForSearch);
      return { emoji, name, takesTone, group: place, terms };
    })
  );
}

/** Whose names are meant. @param {string} query @returns {string} */
function languageOf(query) {
  return /\p{Script=Hangul}/u.test(query) ? "ko" : "en";
}

/** The country's code that a flag is made of. @param {string} flag */
function regionOf(flag) {
  return Array.from(flag, (letter) => String.fromCharCode((letter.codePointAt(0) ?? 0) - 0x1f1e6 + 65)).join("");
}

/** @param {string} language */
async function loadNames(language) {
  return (language === "ko" ? await import("./ko.js") : await import("./en.js")).NAMES;
}
