/**
 * Finds the web addresses in a message. What comes out is text: nobody's message becomes markup.
 * @module
 */

/** @typedef {{text: string, href?: string}} TextPart */

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`\u2066-\u2069\u202a-\u202e]+/giu;
// Punctuation that ends a sentence rather than an address, Korean and Chinese too.
const TRAILING = /[.,:;!?…。、，！？)\]}»”’]+$/u;
// Not \p{RGI_Emoji}: V8 takes a tenth of a second and more to compile that, while the first message waits to be painted.
const EMOJI_LETTERS = /^[\p{Emoji}\p{Emoji_Component}]+$/u;
const EMOJI = /^(?:\p{Emoji_Presentation}|\p{Emoji}\ufe0f)/u;

/**
 * Splits a message into plain text and web addresses.
 * @param {string} text
 * @returns {TextPart[]} the whole text in order; `href` on what is an http(s) address
 */
export function splitText(text) {
  /** @type {TextPart[]} */
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimAddress(match[0]);
    const href = parseAddress(address);
    if (href === undefined) continue;
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ text: address, href });
    end = match.index + address.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/**
 * Whether a message is nothing but one to three emoji, which are shown large.
 * @param {string} text
 * @returns {boolean}
 */
export function isEmojiOnly(text) {
  if (text.length > 60 || !EMOJI_LETTERS.test(text)) return false;
  const letters = [...new Intl.Segmenter().segment(text)];
  return letters.length <= 3 && letters.every(({ segment }) => EMOJI.test(segment));
}

/** @param {string} raw */
function trimAddress(raw) {
  const address = raw.replace(TRAILING, "");
  // https://ko.wikipedia.org/wiki/마루_(건축) keeps its bracket.
  return address.includes("(") && raw[address.length] === ")" ? `${address})` : address;
}

/** @param {string} address */
function parseAddress(address) {
  return URL.canParse(address) ? new URL(address).href : undefined;
}
