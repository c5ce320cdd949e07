/**
 * Who may be meant by an `@` in the open room: who wrote lately first, then who is there. No DOM.
 * @module
 */

/** @import { Person } from "./completion.js" */

/** Of more people nobody remembers the first. */
const MAX_SPEAKERS = 200;

/**
 * Makes it, for no room.
 * @param {() => readonly Person[]} findPresent who is in the room
 */
export function createSpeakers(findPresent) {
  /** The last one at the end. @type {Map<string, Person>} */
  const spoken = new Map();
  return {
    /** Another room is open. */
    clear: () => spoken.clear(),

    /**
     * Takes events of the room, oldest first.
     * @param {readonly {type: string, user: Person}[]} events
     */
    take(events) {
      for (const { type, user } of events) {
        if (type !== "message") continue;
        spoken.delete(user.id);
        spoken.set(user.id, { id: user.id, name: user.name });
      }
      while (spoken.size > MAX_SPEAKERS) spoken.delete(spoken.keys().next().value ?? "");
    },

    /**
     * @param {string} me who does not mention themselves
     * @returns {Person[]} each person once, under the name that they have now
     */
    others(me) {
      const present = findPresent();
      const named = new Map(present.map((person) => [person.id, person]));
      const people = [...spoken.values()].reverse().map((person) => named.get(person.id) ?? person);
      return [...people, ...present.filter(({ id }) => !spoken.has(id))].filter(({ id }) => id !== me);
    },
  };
}
