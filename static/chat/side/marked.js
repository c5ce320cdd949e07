/**
 * The part of a message that was looked for, with the hits in it: found as the server finds them (chat/search/query.ts). No DOM.
 * @module
 */

/** @typedef {{text: string, isHit: boolean}} Part */

const BEFORE = 40;
const LENGTH = 160;
/** They choose how a character looks, not which it is. */
const VARIANTS = /[\ufe0e\ufe0f]/gu;
const LETTER = /[\p{L}\p{N}\p{M}]/u;
/** Found wherever they stand: these are written without spaces. */
const ANYWHERE = /[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

/**
 * Cuts a text around its first hit and marks all hits that are left.
 * @param {string} text
 * @param {string} query words with white space between them
 * @returns {Part[]} in their order
 */
export function markHits(text, query) {
  const line = text.normalize("NFC").replace(/\s+/gu, " ").trim();
  const hits = findHits(line, query);
  const start = cutBefore(line, (hits[0]?.start ?? 0) - BEFORE);
  const end = Math.min(line.length, start + LENGTH);
  /** @type {Part[]} */
  const parts = [];
  if (start > 0) parts.push({ text: "…", isHit: false });
  let place = start;
  for (const hit of hits) {
    if (hit.start < place || hit.end > end) continue;
    if (hit.start > place) parts.push({ text: line.slice(place, hit.start), isHit: false });
    parts.push({ text: line.slice(hit.start, hit.end), isHit: true });
    place = hit.end;
  }
  const rest = line.slice(place, end).toWellFormed();
  if (rest !== "") parts.push({ text: rest, isHit: false });
  if (end < line.length) parts.push({ text: "…", isHit: false });
  return parts;
}

/**
 * @param {string} line
 * @param {string} query
 */
function findHits(line, query) {
  const { folded, places } = foldWithPlaces(line);
  const terms = query.split(/\s+/u).map((term) => foldWithPlaces(term.normalize("NFC")).folded).filter((term) =>
    term !== ""
  );
  const hits = terms.flatMap((term) => {
    const found = [];
    for (let at = folded.indexOf(term); at !== -1; at = folded.indexOf(term, at + term.length)) {
      const isInWord = at > 0 && isOfWord(folded[at - 1] ?? "") && isOfWord(term[0] ?? "");
      if (!isInWord) found.push({ start: places[at] ?? 0, end: places[at + term.length] ?? line.length });
    }
    return found;
  });
  return hits.sort((a, b) => a.start - b.start || b.end - a.end);
}

/**
 * Whether it is a letter of a script that puts spaces between words: a word of it is found by how it begins.
 * @param {string} letter
 */
function isOfWord(letter) {
  return LETTER.test(letter) && !ANYWHERE.test(letter);
}

/**
 * A text as it is compared, and where each unit of it came from: folding may change a length.
 * @param {string} text
 */
function foldWithPlaces(text) {
  let folded = "";
  /** @type {number[]} */
  const places = [];
  let at = 0;
  for (const letter of text) {
    const part = letter.normalize("NFKC").replace(VARIANTS, "").toUpperCase().toLowerCase().replaceAll("ς", "σ");
    for (let i = 0; i < part.length; i++) places.push(at);
    folded += part;
    at += letter.length;
  }
  return { folded, places };
}

/**
 * Not within a word, if there is a space near.
 * @param {string} line
 * @param {number} place
 */
function cutBefore(line, place) {
  if (place <= 0) return 0;
  const space = line.indexOf(" ", place);
  if (space !== -1 && space < place + BEFORE / 2) return space + 1;
  const unit = line.charCodeAt(place);
  return unit >= 0xdc00 && unit <= 0xdfff ? place + 1 : place;
}
