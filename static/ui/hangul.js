/**
 * Finding Korean while it is being written: `ㅁㅈ`, `미`, `민ㅈ` and `민지` all find 민지, and so does every state in which an input method
 * shows the word on the way, such as 밍 before it becomes 미어.
 * @module
 */

const FIRST_SYLLABLE = 0xac00;
const LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ";
/** Of a syllable; the first one is none. */
const TAILS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";
/** Letters that an input method makes of two keys. @type {Readonly<Record<string, string>>} */
const PAIRS = {
  ㄳ: "ㄱㅅ",
  ㄵ: "ㄴㅈ",
  ㄶ: "ㄴㅎ",
  ㄺ: "ㄹㄱ",
  ㄻ: "ㄹㅁ",
  ㄼ: "ㄹㅂ",
  ㄽ: "ㄹㅅ",
  ㄾ: "ㄹㅌ",
  ㄿ: "ㄹㅍ",
  ㅀ: "ㄹㅎ",
  ㅄ: "ㅂㅅ",
};
/** What a vowel may still become. @type {Readonly<Record<string, string>>} */
const GROWN = { ㅗ: "ㅗㅘㅙㅚ", ㅜ: "ㅜㅝㅞㅟ", ㅡ: "ㅡㅢ" };

/**
 * A text as texts are compared here: in one case and one form. Letters of Hangul stay letters, which NFKC would not leave them.
 * @param {string} text
 * @returns {string}
 */
export function foldForSearch(text) {
  return text.normalize("NFC").replace(/[^\u3131-\u318e]+/gu, (part) => part.normalize("NFKC").toLowerCase());
}

/**
 * What a text has to begin with to be found by what was written so far.
 * @param {string} query as it stands in the box, unfinished syllables and all
 * @returns {RegExp} anchored at the beginning; for texts that `foldForSearch` has folded
 */
export function beginningPattern(query) {
  const letters = [...foldForSearch(query).replace(/[ㄳㄵㄶㄺ-ㅀㅄ]/gu, (pair) => PAIRS[pair] ?? pair)];
  const last = letters.pop() ?? "";
  return new RegExp(`^${letters.map(wholeLetter).join("")}${lastLetter(last)}`, "u");
}

/** @param {string} letter one that is followed by another, and so is finished, unless it stands for a syllable */
function wholeLetter(letter) {
  const lead = LEADS.indexOf(letter);
  return lead < 0 ? literal(letter) : `[${letter}${syllables(lead, 0, VOWELS.length)}]`;
}

/** @param {string} letter one that may grow */
function lastLetter(letter) {
  const { lead, vowel, tail } = parts(letter);
  if (lead < 0) return letter === "" ? "" : wholeLetter(letter);
  if (tail === 0) {
    const grown = GROWN[VOWELS[vowel] ?? ""] ?? VOWELS[vowel] ?? "";
    return `[${Array.from(grown, (each) => syllables(lead, VOWELS.indexOf(each), 1)).join("")}]`;
  }
  return `(?:${[letter, ...tails(lead, vowel, tail)].join("|")})`;
}

/**
 * What a syllable with a final consonant may become: 갑 → 값; 갑 → 가바, whose ㅂ begins the next one; 값 → 갑사.
 * @param {number} lead
 * @param {number} vowel
 * @param {number} tail
 */
function tails(lead, vowel, tail) {
  const consonant = TAILS[tail] ?? "";
  const found = [];
  for (const [pair, [first]] of Object.entries(PAIRS)) {
    if (first === consonant) found.push(syllable(lead, vowel, TAILS.indexOf(pair)));
  }
  const [stays = "", moves = ""] = PAIRS[consonant] ?? ["", consonant];
  const next = LEADS.indexOf(moves);
  const open = syllable(lead, vowel, Math.max(0, TAILS.indexOf(stays || " ")));
  if (next >= 0) found.push(`${open}[${syllables(next, 0, VOWELS.length)}]`);
  return found;
}

/** @param {string} letter @returns {{lead: number, vowel: number, tail: number}} lead -1: it is no syllable */
function parts(letter) {
  const index = (letter.codePointAt(0) ?? 0) - FIRST_SYLLABLE;
  const size = VOWELS.length * TAILS.length;
  if (index < 0 || index >= LEADS.length * size) return { lead: -1, vowel: -1, tail: -1 };
  return {
    lead: Math.floor(index / size),
    vowel: Math.floor(index % size / TAILS.length),
    tail: index % TAILS.length,
  };
}

/** @param {number} lead @param {number} vowel @param {number} tail */
function syllable(lead, vowel, tail) {
  return String.fromCharCode(FIRST_SYLLABLE + (lead * VOWELS.length + vowel) * TAILS.length + tail);
}

/** A range for a character class: every syllable with this lead, and `count` vowels from this one. @param {number} lead @param {number} vowel @param {number} count */
function syllables(lead, vowel, count) {
  return `${syllable(lead, vowel, 0)}-${syllable(lead, vowel + count - 1, TAILS.length - 1)}`;
}

/** @param {string} letter */
function literal(letter) {
  return letter.replace(/[\\^$.*+?()[\]{}|/]/u, (sign) => `\\${sign}`);
}
