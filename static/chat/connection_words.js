/**
 * What to say of the connection, and from when on. No DOM.
 * @module
 */

/** @import { State } from "../client/connection.js" */
/** @import { Word } from "../ui/i18n.js" */

/** What the page says of itself; `online`, `connecting`, `waiting`, `offline` and `closed` are the client's. @typedef {State["status"]} Told */

/** Close codes (docs/protocol.md). */
const DRAINING = 1012;
const BANNED = 4501;
/** A connection that is back by then was hardly away. */
export const BLIP_MS = 1_000;

/**
 * The sentence for a state.
 * @param {State} state
 * @returns {Word}
 */
export function wordOf(state) {
  switch (state.status) {
    case "waiting":
      return state.code === DRAINING ? "draining" : "waiting";
    case "closed":
      return state.code === BANNED || state.error?.code === "forbidden" ? "bannedHere" : "closed";
    default:
      return state.status;
  }
}

/**
 * Whether a state is told at once, or only when it lasts.
 * @param {State["status"]} next
 * @param {State["status"]} told what is being told
 */
export function isBlip(next, told) {
  return told === "online" && (next === "waiting" || next === "connecting");
}

/**
 * Whether somebody can do something about it.
 * @param {State} state
 */
export function canReconnect(state) {
  return state.status === "waiting" || state.status === "offline" ||
    (state.status === "closed" && wordOf(state) !== "bannedHere");
}
