/**
 * What people write about rooms: titles, topics, reasons. One line each.
 *
 * @module
 */

import { ChatError, quote } from "../protocol/errors.ts";

/** Characters, as people count them, of a room's title. */
export const MAX_TITLE_LENGTH = 80;
/** Characters, as people count them, of a topic, and of a reason. */
export const MAX_TOPIC_LENGTH = 500;

/** Code points of one character as people count them: an emoji of a family has up to eleven. */
const MAX_CODE_POINTS = 4;

// Control characters, half surrogates, what has no meaning yet, and what turns the text after it around.
const REFUSED = /[\p{Cc}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const SHOWS = /[^\p{M}\p{Z}\p{C}\p{Default_Ignorable_Code_Point}\u2800]/u;

/**
 * Parses one line that describes something.
 *
 * @param what What it is, for the error's message.
 * @param value Any text; white space becomes single spaces.
 * @param most Characters, as people count them.
 * @returns In NFC; undefined when there is nothing to be seen in it.
 * @throws {ChatError} `bad_request`, `too_long`.
 */
export function parseLine(what: string, value: string, most: number): string | undefined {
  const bound = most * MAX_CODE_POINTS;
  if (value.length <= 2 * bound) {
    const line = value.normalize("NFC").replace(/\s+/gu, " ").trim();
    if (REFUSED.test(line)) {
      throw new ChatError("bad_request", `Cannot take ${quote(value)} as a ${what}: it holds what cannot be shown`);
    }
    if (line.length <= bound && graphemes(line) <= most) return SHOWS.test(line) ? line : undefined;
  }
  throw new ChatError("too_long", `Cannot take ${quote(value)} as a ${what}: it is over ${most} characters`);
}

function graphemes(line: string): number {
  let count = 0;
  for (const _ of new Intl.Segmenter("en", { granularity: "grapheme" }).segment(line)) count++;
  return count;
}
