/**
 * How text is made comparable, and where words begin.
 *
 * @module
 */

/** What a character is to the index. */
export type CharacterClass =
  /** Between words: white space, punctuation, controls. */
  | "gap"
  /** Of a script that puts spaces between words: a word is found by how it begins. */
  | "letter"
  /** Hangul, Han, kana and other scripts whose words are found by any part of them, and symbols such as emoji. */
  | "part";

/**
 * Makes text comparable: compatible forms and upper and lower case become one (NFKC, then an approximation of Unicode's full case
 * folding, UAX #44 D144, by way of upper case), and variation selectors go.
 */
export function fold(text: string): string {
  const plain = text.normalize("NFKC");
  if (/^[\x20-\x7e\n\uac00-\ud7a3]*$/.test(plain)) return plain.toLowerCase();
  return plain.replace(/[\ufe0e\ufe0f]/g, "").toUpperCase().toLowerCase().replaceAll("ς", "σ").normalize("NFKC");
}

/**
 * What a character is.
 *
 * @param code A code point of folded text.
 */
export function classOf(code: number): CharacterClass {
  if (code < 0x80) return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) ? "letter" : "gap";
  if (code >= 0xac00 && code <= 0xd7a3) return "part";
  const character = String.fromCodePoint(code);
  if (PARTS.test(character)) return "part";
  return /[\p{L}\p{M}\p{N}]/u.test(character) ? "letter" : "gap";
}

// Scripts that are written without spaces, Hangul whose words carry their particles, and symbols (but for ASCII's).
const PARTS =
  /[[\p{scx=Hangul}\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\p{S}]--[\p{P}\p{Z}\p{C}]]/v;
