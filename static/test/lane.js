/**
 * A line on which everything takes a while, and nothing overtakes what went before it.
 * @module
 */

/** @import { Clock } from "../client/connection.js" */

/**
 * Makes an empty one.
 * @param {Clock} clock
 */
export function createLane(clock) {
  /** @type {Set<unknown>} */
  const timers = new Set();
  let lastDue = 0;

  return {
    /**
     * @param {number} delayMs 0: at once, when nothing is on the way
     * @param {() => void} arrive
     */
    push(delayMs, arrive) {
      if (delayMs === 0 && timers.size === 0) return arrive();
      lastDue = Math.max(lastDue, clock.now() + delayMs);
      const timer = clock.setTimeout(() => {
        timers.delete(timer);
        arrive();
      }, lastDue - clock.now());
      timers.add(timer);
    },

    /** What is on the way is lost. */
    cut() {
      for (const timer of timers) clock.clearTimeout(timer);
      timers.clear();
    },
  };
}
