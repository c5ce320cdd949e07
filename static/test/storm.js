/**
 * Messages in a hurry, and a connection that breaks again and again meanwhile. It ends by itself.
 * @module
 */

/** @import { Clock } from "../client/connection.js" */

const MESSAGES = 20;
const DROPS = 3;
const TICK_MS = 150;
/** Half a minute: a connection that does not come back by then is not waited for. */
const MAX_TICKS = 200;

/**
 * Begins one.
 * @param {object} parts
 * @param {Clock} parts.clock
 * @param {(index: number) => boolean} parts.say from 1 on; whether there is still somebody to say it
 * @param {() => boolean} parts.drop whether there was a connection to break
 * @param {() => void} parts.onDone
 */
export function startStorm({ clock, say, drop, onDone }) {
  let [said, drops, ticks] = [0, 0, 0];

  function tick() {
    if (said < MESSAGES && !say(++said)) return onDone();
    // Evenly among the messages; one that met no connection is made up for.
    if (drops < DROPS && drops < Math.floor(said * DROPS / (MESSAGES - DROPS + 1)) && drop()) drops += 1;
    ticks += 1;
    if ((said >= MESSAGES && drops >= DROPS) || ticks >= MAX_TICKS) return onDone();
    clock.setTimeout(tick, TICK_MS);
  }

  tick();
}
