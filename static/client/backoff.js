/**
 * When to come back after a lost connection.
 * @module
 */

/** @typedef {"now" | "later" | "slowly" | "never"} Comeback */

const BASE_MS = 500;
const CAP_MS = 30_000;
const RESTART_MS = 1_000;
const SLOW_FLOOR_MS = 5_000;

/**
 * Exponential backoff with full jitter: anything between zero and a ceiling that doubles. Full jitter spreads a herd of
 * clients best (Marc Brooker, "Exponential Backoff and Jitter", AWS 2015).
 * @param {number} attempt tries that failed so far, from 0
 * @param {() => number} random from 0 up to, but not, 1
 * @param {{baseMs?: number, capMs?: number}} [bounds] the first ceiling (default 500) and the last (default 30,000)
 * @returns {number} milliseconds to wait
 */
export function backoffMs(attempt, random, { baseMs = BASE_MS, capMs = CAP_MS } = {}) {
  return Math.round(random() * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30)));
}

/**
 * What a close code asks of the client (docs/protocol.md, "Close codes").
 * @param {number} code 1006 or 0 for a connection that just broke
 * @returns {Comeback}
 */
export function comebackAfter(code) {
  if (code >= 4500 && code <= 4999) return "never";
  if (code === 1008) return "slowly";
  if (code === 1012) return "now";
  return "later";
}

/**
 * The wait before the next try.
 * @param {number} code the close code
 * @param {number} attempt tries that failed since the last good connection, from 0
 * @param {() => number} random
 * @returns {number} milliseconds; Infinity when the client is to stay away
 */
export function comebackMs(code, attempt, random) {
  const comeback = comebackAfter(code);
  switch (comeback) {
    case "never":
      return Infinity;
    case "slowly":
      return SLOW_FLOOR_MS + backoffMs(attempt, random, { baseMs: 10_000 });
    case "now":
      // A restart drops everybody at once: one second of jitter spreads them, and a second failure is no restart any more.
      return attempt === 0 ? backoffMs(0, random, { baseMs: RESTART_MS }) : backoffMs(attempt, random);
    case "later":
      return backoffMs(attempt, random);
    default:
      return unreachable(comeback);
  }
}

/**
 * @param {never} comeback
 * @returns {never}
 */
function unreachable(comeback) {
  throw new TypeError(`Cannot wait as the comeback is unknown: ${comeback}`);
}
