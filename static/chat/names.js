/**
 * What a room and a person may be called (docs/protocol.md, "Words"), checked before the server is asked.
 * @module
 */

/** @typedef {{ok: true, value: string} | {ok: false, word: import("../ui/i18n.js").Word}} Checked */

// As in protocol/names.ts, which a browser does not get; tests/static/chat/names_test.ts holds the two together.
const ROOM = /^(?:\p{L}\p{M}*|[\p{Nd}_-])+$/u;
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
const EMOJI =
  /\p{RGI_Emoji}|\p{Extended_Pictographic}[\p{Emoji_Modifier}\ufe0e\ufe0f]?(?:\u200d\p{Extended_Pictographic}[\p{Emoji_Modifier}\ufe0f]?)*/gv;
const JOINED =
  /([\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca]|[\p{Script=Arabic}&&\p{L}]\p{Mn}*(?=\u200c[\p{Script=Arabic}&&\p{L}]))[\u200c\u200d](?=\p{L})/gv;
const VARIANT = /(\p{Ideographic})[\ufe00-\ufe02\u{e0100}-\u{e01ef}]|(\p{Script=Mongolian})[\u180b-\u180d\u180f]/gu;
const HANGUL_BLOCK =
  /[\u1100-\u115f\ua960-\ua97c][\u1160-\u11a7\ud7b0-\ud7c6]?[\u11a8-\u11ff\ud7cb-\ud7fb]?|[\uac00-\ud7a3][\u11a8-\u11ff]?|[\u1160-\u11a7\ud7b0-\ud7c6][\u11a8-\u11ff\ud7cb-\ud7fb]?|[\u11a8-\u11ff\ud7cb-\ud7fb]/g;
const PILE = /\p{M}{5}/u;
const SEEN = /[^\p{M}\s]/u;

/**
 * Checks a person's name.
 * @param {string} input
 * @returns {Checked} the name as the server will know it, or what to tell the person
 */
export function checkName(input) {
  const value = input.normalize("NFKC").trim().replace(/\s+/gu, " ");
  if (value === "") return { ok: false, word: "nameMissing" };
  if ([...value].length > 128 || graphemes(value) > 32) return { ok: false, word: "nameTooLong" };
  return [input, value].some(hides) || !SEEN.test(value) || PILE.test(value)
    ? { ok: false, word: "nameRefused" }
    : { ok: true, value };
}

/** @param {string} name */
function hides(name) {
  return !name.isWellFormed() ||
    UNSEEN.test(name.replace(EMOJI, "x").replace(JOINED, "$1").replace(VARIANT, "$1$2"));
}

/** @param {string} name */
function graphemes(name) {
  const segments = [...new Intl.Segmenter("en", { granularity: "grapheme" }).segment(name)];
  return segments.reduce((count, { segment }) => count + (segment.match(HANGUL_BLOCK)?.length ?? 1), 0);
}

/**
 * Checks a room's name.
 * @param {string} input a `#` in front is taken off: people write it
 * @returns {Checked}
 */
export function checkRoom(input) {
  const value = input.normalize("NFC").trim().replace(/^#/, "");
  if (value === "") return { ok: false, word: "roomMissing" };
  if ([...value].length > 64) return { ok: false, word: "roomTooLong" };
  return ROOM.test(value) ? { ok: true, value } : { ok: false, word: "roomRefused" };
}

/**
 * The room that a link names.
 * @param {string} hash location.hash
 * @returns {string | undefined}
 */
export function findRoom(hash) {
  try {
    const room = checkRoom(decodeURIComponent(hash.slice(1)));
    return room.ok ? room.value : undefined;
  } catch {
    return undefined;
  }
}
