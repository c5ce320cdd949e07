/**
 * What can be completed at the cursor, and by whom: `@` and the beginning of a name, `:` and the beginning of an emoji's. No DOM.
 * @module
 */

import { MAX_NAME_UNITS } from "../../shared/mentions.js";
import { beginningPattern, foldForSearch } from "../../ui/hangul.js";

/** @typedef {{id: string, name: string}} Person */
/**
 * @typedef {object} Completion
 * @property {"person" | "emoji"} kind
 * @property {number} start where the sign is, in UTF-16 units
 * @property {number} end where the cursor is
 * @property {string} query what stands between
 * @property {boolean} isClosed an emoji's name with a second colon: it is meant as it stands
 */

/** Offered at a time: more is a list to read, not to pick from. */
const MAX_OFFERED = 8;

// As the parser finds mentions: not within an address such as mail@ann.kr.
const PERSON = /(?<!\w)@([^\n@]*)$/u;
// Not in 10:30, https:// or 주제:내용.
const EMOJI = /(?<![\p{L}\p{M}\p{N}_:/]):([\p{L}\p{M}\p{N}_+-]{1,32})(:?)$/u;
// `:)`, `:D`, `:p` and `:ㅋ` are meant as they are.
const ENOUGH = /[가-힣]|.{2}/u;

/**
 * Finds what is being written at the cursor.
 * @param {string} text
 * @param {number} cursor in UTF-16 units
 * @returns {Completion | undefined}
 */
export function findCompletion(text, cursor) {
  const before = text.slice(0, cursor);
  const near = before.slice(-(MAX_NAME_UNITS + 2));
  const emoji = EMOJI.exec(near);
  const person = emoji === null ? PERSON.exec(near) : null;
  const found = emoji ?? person;
  if (found === null || isInCode(before)) return undefined;
  const [whole, query = "", closing = ""] = found;
  if (emoji !== null && !ENOUGH.test(query)) return undefined;
  if (person !== null && (query.length > MAX_NAME_UNITS || /^\s/u.test(query))) return undefined;
  return {
    kind: emoji === null ? "person" : "emoji",
    start: cursor - whole.length,
    end: cursor,
    query,
    isClosed: closing !== "",
  };
}

/**
 * The people whom the beginning of a name may mean: first those whose name begins with it, then those of whose name a word does; each in the
 * order in which they were given.
 * @template {Person} P
 * @param {readonly P[]} people
 * @param {string} query
 * @returns {P[]}
 */
export function rankPeople(people, query) {
  const pattern = beginningPattern(query);
  const named = people.map((person) => ({ person, name: foldForSearch(person.name) }));
  const first = named.filter(({ name }) => pattern.test(name));
  // A blank in what was written is one in the name: whoever goes on with the sentence has left the name.
  const others = /\s/u.test(query)
    ? []
    : named.filter(({ name }) => !pattern.test(name) && name.split(/\s+/u).some((word) => pattern.test(word)));
  return [...first, ...others].slice(0, MAX_OFFERED).map(({ person }) => person);
}

/**
 * Whether what was written may mean everyone.
 * @param {string} query
 * @param {string} word what everyone is called in the page's language
 * @returns {boolean}
 */
export function meansEveryone(query, word) {
  const pattern = beginningPattern(query);
  return pattern.test("room") || pattern.test(foldForSearch(word));
}

/**
 * Whether a list that was closed by hand stays closed: until something else than more of the same name is written.
 * @param {Pick<Completion, "start" | "query"> | undefined} dismissed
 * @param {Pick<Completion, "start" | "query">} completion
 * @returns {boolean}
 */
export function isDismissed(dismissed, { start, query }) {
  return dismissed !== undefined && dismissed.start === start && query.startsWith(dismissed.query);
}

/**
 * Whether the cursor is in code, where nothing is a mention: in a block that is open, or behind an odd number of backticks in its line.
 * @param {string} before
 */
function isInCode(before) {
  let isBlock = false;
  const lines = before.split("\n");
  for (const line of lines) if (/^ {0,3}```[^`]*$/u.test(line)) isBlock = !isBlock;
  return isBlock || ((lines.at(-1) ?? "").match(/`+/gu)?.length ?? 0) % 2 === 1;
}
