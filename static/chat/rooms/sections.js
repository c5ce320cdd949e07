/**
 * In which order my rooms stand, and which one comes next by the keyboard. No DOM.
 * @module
 */

/** @import { Word } from "../../ui/i18n.js" */
/** @import { ListedRoom } from "./my_rooms.js" */

/** The sections of the list, from the top; a room is in one of them. @type {readonly {word: Word, holds: (room: ListedRoom) => boolean}[]} */
export const SECTIONS = [
  { word: "favourites", holds: ({ favourite }) => favourite },
  { word: "rooms", holds: ({ favourite, room }) => !favourite && room.kind !== "direct" },
  { word: "directs", holds: ({ favourite, room, request }) => !favourite && room.kind === "direct" && !request },
  { word: "requests", holds: ({ favourite, request }) => !favourite && request === true },
];

/**
 * The rooms as the list shows them, from top to bottom.
 * @param {readonly ListedRoom[]} rooms
 * @returns {ListedRoom[]}
 */
export function inSections(rooms) {
  return SECTIONS.flatMap(({ holds }) => rooms.filter(holds));
}

/**
 * Rooms in an order of before; what is new since stands at the end.
 * @param {readonly ListedRoom[]} rooms
 * @param {readonly string[]} names
 * @returns {ListedRoom[]}
 */
export function keepOrder(rooms, names) {
  const places = new Map(names.map((name, place) => [name, place]));
  /** @param {ListedRoom} listed */
  const placeOf = ({ room }) => places.get(room.name) ?? names.length;
  return [...rooms].sort((a, b) => placeOf(a) - placeOf(b));
}

/**
 * Whether something waits in a room that its person wants to be told of.
 * @param {ListedRoom} room
 */
export function isWaiting({ unread, mentions, notify }) {
  return mentions > 0 || (unread > 0 && notify === "all");
}

/**
 * The room before or after the one that is open; after the last one comes the first.
 * @param {readonly ListedRoom[]} shown from top to bottom
 * @param {string} current the open one; empty: none
 * @param {1 | -1} step
 * @param {boolean} onlyWaiting
 * @returns {string | undefined} its name
 */
export function findNext(shown, current, step, onlyWaiting) {
  const at = shown.findIndex(({ room }) => room.name === current);
  // With none open, one step leads to the first or to the last.
  const start = at < 0 && step === -1 ? 0 : at;
  for (let distance = 1; distance <= shown.length; distance++) {
    const index = (start + step * distance + shown.length * 2) % shown.length;
    const found = shown[index];
    if (found !== undefined && index !== at && (!onlyWaiting || isWaiting(found))) return found.room.name;
  }
  return undefined;
}
