/**
 * The message: 80 bytes that begin with its number.
 *
 * @module
 */

const DIGITS = 8;
const FILLER = " the floor of the house is wide, and everyone who comes in sits on it together.";

/** Bytes of a message's text. */
const TEXT_BYTES = 80;

/** The text of message `message` (0 to 99,999,999): ASCII, so that 80 characters are 80 bytes. */
export function messageText(message: number): string {
  return (String(message).padStart(DIGITS, "0") + FILLER).slice(0, TEXT_BYTES);
}

/** The number in a text, or -1 when the text is not one of ours. */
export function messageNumber(text: unknown): number {
  if (typeof text !== "string" || text.length !== TEXT_BYTES) return -1;
  const number = Number(text.slice(0, DIGITS));
  return Number.isInteger(number) ? number : -1;
}
