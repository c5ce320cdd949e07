/**
 * What people are called whom messages name by id only: those that it mentions, those that gave an emoji. No DOM.
 * @module
 */

import { isRecord, readUser } from "../../client/records.js";

/** @import { Ask } from "../../client/questions.js" */
/** @import { RoomEvent, User } from "../../client/events.js" */

/** @typedef {ReturnType<typeof createKnownNames>} KnownNames */

/** Everyone in the room, among the ids of a message's mentions. */
const EVERYONE = "@room";
/** Pages of 200 members that are read to know names. */
const MAX_PAGES = 5;

/** Makes it, knowing nobody. */
export function createKnownNames() {
  /** @type {Map<string, string>} */
  const names = new Map();
  /** Rooms whose members were asked for. @type {Set<string>} */
  const asked = new Set();

  return {
    /** @param {readonly User[]} users */
    learn(users) {
      for (const { id, name } of users) names.set(id, name);
    },

    /** @param {readonly RoomEvent[]} events */
    take(events) {
      for (const event of events) {
        names.set(event.user.id, event.user.name);
        if (event.type === "member") names.set(event.member.id, event.member.name);
      }
    },

    /** @param {string} id */
    find: (id) => id === EVERYONE ? "room" : names.get(id),

    /**
     * The names that stand behind an `@` in a text.
     * @param {readonly string[]} mentions ids
     */
    of: (mentions) =>
      mentions.map((id) => id === EVERYONE ? "room" : names.get(id)).filter((name) => name !== undefined),

    /**
     * Asks for the members of a room, once.
     * @param {string} room
     * @param {Ask} ask
     * @param {() => void} onLearned
     */
    async askMembers(room, ask, onLearned) {
      if (asked.has(room)) return;
      asked.add(room);
      try {
        /** @type {unknown} */
        let after;
        for (let page = 0; page < MAX_PAGES; page++) {
          const { items, next } = await ask("list_members", {
            room,
            limit: 200,
            ...(after !== undefined && { after }),
          });
          this.learn(readUsers(items));
          after = next;
          if (next === undefined) break;
        }
        onLearned();
      } catch {
        // Until it is asked again they stay text.
        asked.delete(room);
      }
    },

    /** @param {readonly string[]} mentions ids */
    misses: (mentions) => mentions.some((id) => id !== EVERYONE && !names.has(id)),
  };
}

/**
 * Whether a message is meant for somebody above all.
 * @param {readonly string[]} mentions ids
 * @param {string} me
 */
export function mentionsMe(mentions, me) {
  return mentions.includes(me) || mentions.includes(EVERYONE);
}

/**
 * The people of a list whose items each have a `user`.
 * @param {unknown} items
 */
export function readUsers(items) {
  if (!Array.isArray(items)) return [];
  return items.map((item) => isRecord(item) ? readUser(item.user) : undefined).filter((user) => user !== undefined);
}
