/**
 * Where one is in the page, as the address says it: in the hash, so that no server log holds it. No DOM.
 *
 * `#lobby` is a room, `#lobby/<cursor>` a message of it, `#lobby?people` a room with a pane beside it,
 * `#lobby?thread=<cursor>` with a thread, `#/` the list of rooms, `#invite=<code>` an invitation.
 * @module
 */

import { findRoom } from "./names.js";

/** What can stand beside a room. `of`: whose, for those that need it. @typedef {{panel: string, of?: string}} Side */
/**
 * @typedef {{kind: "start"} | {kind: "rooms"} | {kind: "invite", code: string}
 *   | {kind: "room", room: string, message?: string, side?: Side}} Route
 */

/**
 * Reads an address.
 * @param {string} hash location.hash
 * @returns {Route} `start` for what leads nowhere
 */
export function parseRoute(hash) {
  const text = hash.replace(/^#/, "");
  if (text === "/") return { kind: "rooms" };
  if (text.startsWith("invite=")) return { kind: "invite", code: decode(text.slice("invite=".length)) };
  const { name = "", message, side } =
    /^(?<name>[^/?]*)(?:\/(?<message>[^?]*))?(?:\?(?<side>.*))?$/.exec(text)?.groups ??
      {};
  const room = findRoom(`#${name}`);
  if (room === undefined) return { kind: "start" };
  return {
    kind: "room",
    room,
    ...(message && { message: decode(message) }),
    ...(side && { side: parseSide(side) }),
  };
}

/**
 * Writes an address.
 * @param {Route} route
 * @returns {string} with its `#`
 */
export function formatRoute(route) {
  switch (route.kind) {
    case "start":
      return "#";
    case "rooms":
      return "#/";
    case "invite":
      return `#invite=${encodeURIComponent(route.code)}`;
    case "room":
      return `#${encodeURIComponent(route.room)}${route.message ? `/${encodeURIComponent(route.message)}` : ""}${
        route.side ? `?${formatSide(route.side)}` : ""
      }`;
  }
}

/**
 * The address of a room.
 * @param {string} room
 */
export function roomLink(room) {
  return formatRoute({ kind: "room", room });
}

/**
 * @param {string} text
 * @returns {Side}
 */
function parseSide(text) {
  const [panel = "", of] = text.split("=", 2);
  return { panel: decode(panel), ...(of && { of: decode(of) }) };
}

/** @param {Side} side */
function formatSide({ panel, of }) {
  return `${encodeURIComponent(panel)}${of ? `=${encodeURIComponent(of)}` : ""}`;
}

/**
 * @param {string} text
 * @returns {string} as it is when it is not encoded well: people cut links
 */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
