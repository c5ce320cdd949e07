/**
 * What a room is called on the page. No DOM.
 * @module
 */

/** @import { RoomInfo } from "../../client/events.js" */

/**
 * What a room is called: the other one's name where two talk, else its title, else its name.
 * @param {RoomInfo} room
 * @param {string} me my id
 */
export function roomTitle({ kind, name, title, people = [] }, me) {
  if (kind !== "direct") return title ?? name;
  return (people.find(({ id }) => id !== me) ?? people[0])?.name ?? title ?? name;
}

/**
 * Who one talks to in a direct room.
 * @param {RoomInfo} room
 * @param {string} me my id
 */
export function otherPerson({ kind, people = [] }, me) {
  return kind === "direct" ? people.find(({ id }) => id !== me) : undefined;
}
