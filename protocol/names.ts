/**
 * Names that people and clients choose: rooms, people, keys, texts. Each parser returns the normal form or throws a
 * {@linkcode ChatError} that says what is wrong with which value.
 *
 * @module
 */

import { ChatError, type ErrorCode, quote } from "./errors.ts";

/** Unicode characters (code points) that a message may hold. */
export const MAX_TEXT_LENGTH = 4_000;

const MAX_ROOM_LENGTH = 64;
const MAX_NAME_LENGTH = 32;
/** An emoji of a family is one grapheme of up to eleven. */
const MAX_NAME_CODE_POINTS = 128;
const MAX_KEY_LENGTH = 64;

// A mark may only follow a letter or another mark: Thai and Devanagari cannot be written without, and alone it is no name.
const ROOM = /^(?:\p{L}\p{M}*|[\p{Nd}_-]){1,64}$/u;

// Cc: newline and ESC in a log line. Cf: bidi overrides, zero-width. Cs, Co, Cn: nothing that shows. Zl, Zp: line ends.
// Default_Ignorable: letters and marks that show as nothing, e.g. the Hangul fillers. U+2800 is a blank pattern.
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;

// What does not show but is needed, by what it follows. Emoji: sequences with joiners, tags (flags) and selectors of their form.
const EMOJI =
  /\p{RGI_Emoji}|\p{Extended_Pictographic}[\p{Emoji_Modifier}\ufe0e\ufe0f]?(?:\u200d\p{Extended_Pictographic}[\p{Emoji_Modifier}\ufe0f]?)*/gv;
// Joiners (RFC 5892 A.1, A.2, made narrower): after a virama, as in Sinhala ශ්‍රී; ZWNJ between Arabic letters, as Persian writes.
const JOINED =
  /([\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca]|[\p{Script=Arabic}&&\p{L}]\p{Mn}*(?=\u200c[\p{Script=Arabic}&&\p{L}]))[\u200c\u200d](?=\p{L})/gv;
// A form of a Han or Mongolian character, as Japanese names need.
const VARIANT = /(\p{Ideographic})[\ufe00-\ufe02\u{e0100}-\u{e01ef}]|(\p{Script=Mongolian})[\u180b-\u180d\u180f]/gu;
// Blocks of Hangul: what is written of a syllable, or one letter that stands alone. To UAX #29 a run of such letters is one grapheme (GB6 to GB8).
const HANGUL_BLOCK =
  /[\u1100-\u115f\ua960-\ua97c][\u1160-\u11a7\ud7b0-\ud7c6]?[\u11a8-\u11ff\ud7cb-\ud7fb]?|[\uac00-\ud7a3][\u11a8-\u11ff]?|[\u1160-\u11a7\ud7b0-\ud7c6][\u11a8-\u11ff\ud7cb-\ud7fb]?|[\u11a8-\u11ff\ud7cb-\ud7fb]/g;
// More marks than any script piles up: they would cover the lines above and below.
const PILE = /\p{M}{5}/u;

/**
 * Parses a room's name.
 *
 * @param value 1 to 64 letters (with their marks), digits, `_`, `-`, in any normal form.
 * @returns The name in NFC.
 * @throws {ChatError} `bad_room`.
 */
export function parseRoomName(value: string): string {
  // Measured before it is normalised: NFC of a megabyte is work that nobody should get for free.
  if (value.length <= 4 * MAX_ROOM_LENGTH) {
    const name = value.normalize("NFC");
    if (ROOM.test(name) && codePoints(name) <= MAX_ROOM_LENGTH) return name;
  }
  throw new ChatError(
    "bad_room",
    `Cannot use ${quote(value)} as a room: a name is 1 to ${MAX_ROOM_LENGTH} letters, digits, "_" or "-"`,
  );
}

/**
 * Parses a person's name.
 *
 * @param value 1 to 32 visible characters (graphemes: what people count as one), in at most 128 code points; white space inside becomes
 * single spaces. What does not show is refused, but where a script or an emoji is written with it.
 * @returns The name in NFKC.
 * @throws {ChatError} `bad_name`.
 */
export function parsePersonName(value: string): string {
  if (value.length <= 2 * MAX_NAME_CODE_POINTS && value.isWellFormed() && !hidesSomething(value)) {
    const name = value.normalize("NFKC").trim().replace(/\s+/gu, " ");
    if (isOfLength(name) && !hidesSomething(name) && /[^\p{M}\s]/u.test(name) && !PILE.test(name)) return name;
  }
  throw new ChatError(
    "bad_name",
    `Cannot use ${quote(value)} as a name: a name is 1 to ${MAX_NAME_LENGTH} visible characters`,
  );
}

function isOfLength(name: string): boolean {
  const length = codePoints(name);
  if (length < 1 || length > MAX_NAME_CODE_POINTS) return false;
  // A character has one code point at least.
  return length <= MAX_NAME_LENGTH || graphemes(name) <= MAX_NAME_LENGTH;
}

function hidesSomething(name: string): boolean {
  return INVISIBLE.test(name.replace(EMOJI, "x").replace(JOINED, "$1").replace(VARIANT, "$1$2"));
}

/**
 * Parses a client's key of a message.
 *
 * @param value 1 to 64 characters, best a UUID.
 * @returns The key, unchanged.
 * @throws {ChatError} `bad_key`.
 */
export function parseKey(value: string): string {
  if (value.length >= 1 && value.length <= MAX_KEY_LENGTH && value.isWellFormed()) return value;
  throw new ChatError(
    "bad_key",
    `Cannot use ${quote(value)} as a key: a key is 1 to ${MAX_KEY_LENGTH} characters`,
  );
}

/**
 * Parses a message's text.
 *
 * @param value 1 to 4,000 characters (code points), not only white space.
 * @returns The text, unchanged.
 * @throws {ChatError} `too_long` or `bad_request`.
 */
export function parseText(value: string): string {
  // UTF-16 units bound code points from above, so most texts are never counted.
  if (value.length > MAX_TEXT_LENGTH) {
    if (value.length > 2 * MAX_TEXT_LENGTH || codePoints(value) > MAX_TEXT_LENGTH) {
      throw new ChatError("too_long", `Cannot send a text over ${MAX_TEXT_LENGTH} characters: it is longer`);
    }
  }
  // A lone surrogate would come back from UTF-8 as U+FFFD: not what was sent.
  if (!value.isWellFormed()) throw refusal("bad_request", "it holds half a surrogate pair");
  if (value.trim() === "") throw refusal("bad_request", "it is empty");
  return value;
}

function refusal(code: ErrorCode, why: string): ChatError {
  return new ChatError(code, `Cannot send this text: ${why}`);
}

/** Characters as people count them: UAX #29, but that ㅋㅋㅋ are three. */
function graphemes(value: string): number {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  let count = 0;
  for (const { segment } of segmenter.segment(value)) count += segment.match(HANGUL_BLOCK)?.length ?? 1;
  return count;
}

let segmenter: Intl.Segmenter | undefined;

function codePoints(value: string): number {
  let count = 0;
  for (const _ of value) count++;
  return count;
}
