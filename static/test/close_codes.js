/**
 * What a close code means (docs/protocol.md, "Close codes").
 * @module
 */

import { comebackAfter } from "../client/backoff.js";

/** @import { Word } from "./words.js" */

/** @type {Readonly<Record<number, Word>>} */
const MEANINGS = {
  1000: "close1000",
  1001: "close1001",
  1003: "close1003",
  1005: "close1000",
  1006: "close1006",
  1008: "close1008",
  1009: "close1009",
  1011: "close1011",
  1012: "close1012",
  4000: "close4000",
  4001: "close4001",
  4500: "close4500",
  4501: "close4501",
};

/**
 * What it says of the connection.
 * @param {number} code
 * @returns {Word}
 */
export function meaningOf(code) {
  const known = MEANINGS[code];
  if (known !== undefined) return known;
  if (code >= 4000 && code <= 4499) return "close44xx";
  return code >= 4500 && code <= 4999 ? "close45xx" : "closeOther";
}

/**
 * What a client does then.
 * @param {number} code
 * @returns {Word}
 */
export function comebackOf(code) {
  // Whoever sent what the server cannot take would do so again.
  if (code === 1003 || code === 1009) return "comebackMended";
  // We have closed it ourselves.
  if (code === 1000 || code === 1005) return "comebackNone";
  if (code === 4001) return "comebackToken";
  const comeback = comebackAfter(code);
  switch (comeback) {
    case "now":
      return "comebackNow";
    case "later":
      return "comebackLater";
    case "slowly":
      return "comebackSlowly";
    case "never":
      return "comebackNever";
    default:
      throw new TypeError(`Cannot say what this is: ${comeback}`);
  }
}
