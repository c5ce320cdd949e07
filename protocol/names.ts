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
const MAX_KEY_LENGTH = 64;

// A mark may only follow a letter or another mark: Thai and Devanagari cannot be written without, and alone it is no name.
const ROOM = /^(?:\p{L}\p{M}*|[\p{Nd}_-]){1,64}$/u;

// Cc: newline and ESC in a log line. Cf: bidi overrides, zero-width. Cs, Co, Cn: nothing that shows. Zl, Zp: line ends.
// Default_Ignorable: letters and marks that show as nothing, e.g. the Hangul fillers; variation selectors choose a letter's
// form, which people's names need. U+2800 is a blank pattern.
const INVISIBLE = /[[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]--\p{Variation_Selector}]/v;

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
 * @param value 1 to 32 visible characters; white space inside becomes single spaces.
 * @returns The name in NFKC.
 * @throws {ChatError} `bad_name`.
 */
export function parsePersonName(value: string): string {
  if (value.length <= 8 * MAX_NAME_LENGTH && value.isWellFormed() && !INVISIBLE.test(value)) {
    const name = value.normalize("NFKC").trim().replace(/\s+/gu, " ");
    const length = codePoints(name);
    // A name of marks alone would sit on its neighbour.
    if (length >= 1 && length <= MAX_NAME_LENGTH && !INVISIBLE.test(name) && /[^\p{M}\s]/u.test(name)) return name;
  }
  throw new ChatError(
    "bad_name",
    `Cannot use ${quote(value)} as a name: a name is 1 to ${MAX_NAME_LENGTH} visible characters`,
  );
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

function codePoints(value: string): number {
  let count = 0;
  for (const _ of value) count++;
  return count;
}
