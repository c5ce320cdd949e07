/**
 * Who is in the room that is open: asked for once a join, then kept by the changes that the socket hears [V23]. No DOM.
 * @module
 */

import { createEmitter } from "../client/emitter.js";

/** @import { User } from "../client/events.js" */
/** @import { PresenceChange } from "../client/frames.js" */
/** @import { Present } from "../client/operations.js" */

/** @typedef {ReturnType<typeof createPresence>} Presence */
/** @typedef {(room: string, page: {after?: string}) => Promise<{people: Present[], next: string | undefined}>} AskPeople */

/** Pages that are asked for; of more people the rest is counted as it comes and goes. */
const MAX_PAGES = 5;

/**
 * Makes it, with nobody there.
 * @param {AskPeople} ask
 */
export function createPresence(ask) {
  /** @type {Map<string, User>} */
  let here = new Map();
  /** What was heard while the list was on its way: it is newer. @type {PresenceChange[]} */
  let meanwhile = [];
  let room = "";
  /** @type {import("../client/emitter.js").Emitter<{change: undefined}>} */
  const events = createEmitter();

  /** @param {PresenceChange} change */
  function apply({ user, here: isHere }) {
    if (isHere) here.set(user.id, user);
    else here.delete(user.id);
  }

  /**
   * @param {string} name
   * @returns {Promise<Map<string, User>>}
   */
  async function read(name) {
    /** @type {Map<string, User>} */
    const found = new Map();
    /** @type {string | undefined} */
    let after;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const { people, next } = await ask(name, after === undefined ? {} : { after });
      for (const { user } of people) found.set(user.id, user);
      if (next === undefined || name !== room) break;
      after = next;
    }
    return found;
  }

  return {
    on: events.on,

    /** @returns {User[]} by name */
    get people() {
      return [...here.values()].sort((a, b) => a.name.localeCompare(b.name));
    },
    /** @returns {number} */
    get count() {
      return here.size;
    },
    /** @param {string} id */
    has: (id) => here.has(id),

    /** A room was joined, or joined again: who is in it. @param {string} name */
    async enter(name) {
      if (room !== name) here = new Map();
      room = name;
      meanwhile = [];
      events.emit("change", undefined);
      try {
        const found = await read(name);
        if (name !== room) return;
        here = found;
        for (const change of meanwhile) apply(change);
        events.emit("change", undefined);
      } catch {
        // The connection went: the next join asks again.
      }
    },

    /**
     * @param {string} name
     * @param {readonly PresenceChange[]} changes
     */
    take(name, changes) {
      if (name !== room) return;
      meanwhile.push(...changes);
      for (const change of changes) apply(change);
      events.emit("change", undefined);
    },
  };
}
