/**
 * The end of a mute, which nobody tells of: it comes by its time. No DOM.
 * @module
 */

import { readRoomInfo } from "../client/events.js";
import { isRecord, isTime } from "../client/records.js";

/** @import { Page } from "./page.js" */
/** @import { Standing } from "./standing.js" */

/**
 * @typedef {object} MuteEndParts
 * @property {Standing} standing
 * @property {() => string} room the one that is open
 * @property {(room: string) => Promise<Record<string, unknown>>} ask `get_room`
 * @property {(run: () => void, ms: number) => unknown} setTimeout
 * @property {(timer: unknown) => void} clearTimeout
 * @property {() => number} now milliseconds since 1970
 */

/** A clock that goes before the server's must not ask in a loop. */
const LEAST_MS = 1_000;
/** What a timer takes; it is looked at again by then. */
const MOST_MS = 86_400_000;

/**
 * Begins to look after it.
 * @param {MuteEndParts} parts
 */
export function awaitMuteEnd({ standing, room: openRoom, ask, setTimeout, clearTimeout, now }) {
  /** @type {unknown} */
  let timer;
  /** The join says that one is muted and not until when; of a mute that has no end it is asked once. */
  let isAsked = false;

  function follow() {
    clearTimeout(timer);
    const { level, until } = standing;
    if (level !== "muted") return void (isAsked = false);
    if (until === undefined) {
      if (!isAsked) look();
      return;
    }
    isAsked = false;
    timer = setTimeout(look, Math.min(Math.max(until - now(), LEAST_MS), MOST_MS));
  }

  async function look() {
    isAsked = true;
    const room = openRoom();
    try {
      const { room: info, you } = await ask(room);
      if (room !== openRoom() || standing.level !== "muted" || !isRecord(you)) return;
      const until = isRecord(you.muted) && isTime(you.muted.until) ? you.muted.until : undefined;
      if (you.level !== "muted" || until !== undefined) standing.enter(readRoomInfo(info), String(you.level), until);
    } catch {
      // The connection went: after the next join it is asked again.
      isAsked = false;
    }
  }

  standing.on("change", follow);
  follow();
}

/**
 * The same for the open room of the page.
 * @param {Page} page
 */
export function awaitMuteEndOn(page) {
  awaitMuteEnd({
    standing: page.standing,
    room: () => page.room,
    ask: (room) => page.client.ask("get_room", { room }),
    setTimeout: (run, ms) => setTimeout(run, ms),
    // Safe: it gets back what the line above returned.
    clearTimeout: (timer) => clearTimeout(/** @type {number | undefined} */ (timer)),
    now: () => Date.now(),
  });
}
