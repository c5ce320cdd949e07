/**
 * Fields of inputs. On a socket they are JSON; in a path or a query they are text, which is read as the same value.
 *
 * @module
 */

import { z } from "zod";

/** A room's name; its own parser (`protocol/names.ts`) says `bad_room`. */
export const roomField = z.string().describe("The room's name.").meta({ examples: ["lobby"] });

/** A cursor; its own parser says `bad_cursor`. What is no string is quoted, so that it says the same on a socket. */
export const cursorField = z.preprocess(
  (value) => value === undefined || typeof value === "string" ? value : JSON.stringify(value),
  z.string(),
).describe("A cursor: a place in a log, opaque.");

/**
 * Something's id, or how one begins: part of a key. Half a surrogate pair would be kept as U+FFFD, and so be another's.
 *
 * @param max The longest one, in UTF-16 units: zod counts code points, of which a key has not as many bytes.
 */
export function idField(max: number): z.ZodString {
  return z.string().min(1).max(max).refine((id) => id.length <= max, `it is over ${max} UTF-16 units`)
    .refine((id) => id.isWellFormed(), "it holds half a surrogate pair");
}

/** A person's id. */
export const personField = idField(130).describe("A person's id.").meta({ examples: ["g_7f3k2m9q"] });

/**
 * A whole number, also as decimal digits.
 *
 * @param min The smallest one.
 * @param max The largest one.
 */
export function wholeField(min: number, max: number): z.ZodType<number> {
  return z.preprocess(
    (value) => typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : value,
    z.int().min(min).max(max),
  );
}

/** Yes or no, also as the words `true` and `false`. (`z.coerce.boolean()` takes "false" for true.) */
export function flagField(): z.ZodType<boolean> {
  return z.preprocess((value) => value === "true" ? true : value === "false" ? false : value, z.boolean());
}

/**
 * How many items a page has.
 *
 * @param most The largest page. Default 200.
 * @param usual The page when nobody says. Default 50.
 */
export function pageLimitField(most = 200, usual = 50): z.ZodType<number> {
  return wholeField(1, most).default(usual).describe(`How many at the most; 1 to ${most}.`);
}
