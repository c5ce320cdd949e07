/**
 * Many messages a second, to see what a server says to that. It ends by itself.
 * @module
 */

/** @import { Clock } from "../client/connection.js" */

/** More than any limit of the service lets through, and no burden for it. */
export const MAX_PER_SECOND = 100;
/** It is over by then. */
export const MAX_SECONDS = 10;

const TICK_MS = 100;

/**
 * Begins one.
 * @param {object} parts
 * @param {Clock} parts.clock
 * @param {number} parts.perSecond 1 to 100; what is beyond is brought to the nearest
 * @param {number} parts.seconds 1 to 10, likewise
 * @param {(index: number) => boolean} parts.send whether it could be sent: otherwise it is over
 * @param {(sent: number) => void} parts.onDone
 * @returns {() => void} ends it before its time
 */
export function startFlood({ clock, perSecond, seconds, send, onDone }) {
  const rate = within(perSecond, MAX_PER_SECOND);
  const total = rate * within(seconds, MAX_SECONDS);
  let sent = 0;
  let ticks = 0;
  /** @type {unknown} */
  let timer;

  function stop() {
    clock.clearTimeout(timer);
    onDone(sent);
  }

  function tick() {
    ticks += 1;
    const due = Math.min(total, Math.ceil(ticks * rate * TICK_MS / 1_000));
    while (sent < due) {
      if (!send(sent)) return stop();
      sent += 1;
    }
    if (sent >= total) return stop();
    timer = clock.setTimeout(tick, TICK_MS);
  }

  tick();
  return stop;
}

/**
 * @param {number} value
 * @param {number} most
 */
function within(value, most) {
  return Number.isFinite(value) ? Math.min(most, Math.max(1, Math.round(value))) : 1;
}
