/**
 * Which emoji I gave: a message names only the first of those who gave one. No DOM.
 * @module
 */

/** @import { RoomEvent } from "../../client/events.js" */

/** @typedef {ReturnType<typeof createMyReactions>} MyReactions */

/** Makes it, with nothing known. */
export function createMyReactions() {
  /** Cursor → emoji. @type {Map<string, Set<string>>} */
  const mine = new Map();
  let me = "";

  return {
    /** @param {string} id mine */
    setMe(id) {
      if (id !== me) mine.clear();
      me = id;
    },

    /**
     * What a page of history says where its messages do not.
     * @param {Readonly<Record<string, readonly string[]>>} given cursor → emoji
     */
    note(given) {
      for (const [cursor, emoji] of Object.entries(given)) mine.set(cursor, new Set(emoji));
    },

    /** @param {readonly RoomEvent[]} events */
    take(events) {
      for (const event of events) {
        if (event.type === "delete") mine.delete(event.target);
        if (event.type !== "react" || event.user.id !== me) continue;
        const given = mine.get(event.target) ?? new Set();
        mine.set(event.target, given);
        if (event.on) given.add(event.emoji);
        else given.delete(event.emoji);
      }
    },

    /**
     * @param {string} cursor
     * @param {{emoji: string, users: readonly string[]}} reaction
     */
    has: (cursor, { emoji, users }) => users.includes(me) || mine.get(cursor)?.has(emoji) === true,
  };
}
