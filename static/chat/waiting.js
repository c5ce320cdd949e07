/**
 * How much waits, as the window's title and the app's badge tell it. No DOM.
 * @module
 */

/** @import { ListedRoom } from "./rooms/my_rooms.js" */

/**
 * Counts messages that somebody wants to be told of: all of them in rooms that may tell all, mentions elsewhere.
 * @param {readonly ListedRoom[]} rooms
 * @param {string} seen the room that is being looked at; empty: none
 */
export function countWaiting(rooms, seen) {
  let count = 0;
  for (const { room, notify, unread, mentions } of rooms) {
    if (room.name !== seen) count += notify === "all" ? Math.max(unread, mentions) : mentions;
  }
  return count;
}
