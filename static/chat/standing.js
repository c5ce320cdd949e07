/**
 * How the open room is, and what I am in it: told by the join, then by the room's own events. No DOM.
 * @module
 */

import { createEmitter } from "../client/emitter.js";

/** @import { RoomEvent, RoomInfo } from "../client/events.js" */

/** @typedef {ReturnType<typeof createStanding>} Standing */
/** What keeps somebody from writing. @typedef {"archived" | "moderated" | "muted"} Bar */

/** From the least to the most, as chat/permissions.ts has them. */
const LEVELS = ["muted", "member", "moderator", "owner", "admin"];

/** Makes it, of no room. */
export function createStanding() {
  /** @type {RoomInfo | undefined} */
  let info;
  let level = "member";
  /** @type {number | undefined} */
  let until;
  /** @type {import("../client/emitter.js").Emitter<{change: undefined}>} */
  const events = createEmitter();
  const changed = () => events.emit("change", undefined);

  return {
    on: events.on,

    /** @returns {RoomInfo | undefined} none until the join was answered */
    get info() {
      return info;
    },
    /** `muted`, `member`, `moderator`, `owner` or `admin`. @returns {string} */
    get level() {
      return level;
    },
    /** When I may write again, in milliseconds since 1970; of who is muted without an end, or where it is not known: undefined. @returns {number | undefined} */
    get until() {
      return until;
    },
    /** Whether I may write here now. @returns {boolean} */
    get mayWrite() {
      if (info?.archived) return false;
      return LEVELS.indexOf(level) >= LEVELS.indexOf(info?.write === "moderators" ? "moderator" : "member");
    },

    /** What keeps me from writing here: nothing can be changed any more, only who keeps order writes, or they have muted me. @returns {Bar | undefined} */
    get bar() {
      if (this.mayWrite) return undefined;
      return info?.archived ? "archived" : level === "muted" ? "muted" : "moderated";
    },

    /**
     * @param {RoomInfo | undefined} room
     * @param {string | undefined} mine
     * @param {number} [end] of who is muted, where it is known
     */
    enter(room, mine, end) {
      info = room;
      level = mine ?? "member";
      until = end;
      changed();
    },

    leave() {
      info = undefined;
      level = "member";
      until = undefined;
      changed();
    },

    /**
     * @param {readonly RoomEvent[]} news
     * @param {string} me my id
     */
    take(news, me) {
      for (const event of news) {
        if (event.type === "room") info = event.room;
        // An admin is one everywhere, whatever a room makes of them.
        else if (event.type === "member" && event.member.id === me && level !== "admin") {
          if (event.change === "role" && event.role !== undefined) level = event.role;
          else if (event.change === "muted") [level, until] = ["muted", event.until];
          else if (event.change === "unmuted") level = event.role ?? "member";
          else continue;
        } else continue;
        changed();
      }
    },
  };
}
