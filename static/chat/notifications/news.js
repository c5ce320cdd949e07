/**
 * What is worth a notification: found by comparing my rooms with how they were, so that what came while there was no connection is news as
 * well. No DOM.
 * @module
 */

/** @import { ListedRoom } from "../rooms/my_rooms.js" */

/** What somebody has asked to be told of: what calls for them, or all messages in rooms that may tell of all. @typedef {"mentions" | "all"} Wanted */
/** @typedef {Pick<ListedRoom, "unread" | "mentions">} Counts */
/** @typedef {{kind: "mention" | "direct" | "message", room: ListedRoom}} News */

/**
 * Reads what somebody has chosen.
 * @param {string | undefined} stored
 * @returns {Wanted | undefined} undefined: nothing, as for everybody who has not asked
 */
export function readWanted(stored) {
  return stored === "mentions" || stored === "all" ? stored : undefined;
}

/**
 * Finds what is new.
 * @param {ReadonlyMap<string, Counts> | undefined} before by the rooms' names; undefined: nothing is known of it, and so nothing is news
 * @param {readonly ListedRoom[]} rooms as they are now
 * @param {Wanted} wanted
 * @returns {News[]} at most one for each room
 */
export function findNews(before, rooms, wanted) {
  if (before === undefined) return [];
  /** @type {News[]} */
  const news = [];
  for (const room of rooms) {
    const isDirect = room.room.kind === "direct";
    // A direct room that was not there is one in which somebody has just written; another one I have come into myself.
    const counts = before.get(room.room.name) ?? (isDirect ? { unread: 0, mentions: 0 } : room);
    const isCalled = room.mentions > counts.mentions;
    const isTold = room.unread > counts.unread && room.notify === "all";
    if (room.notify === "none") continue;
    if (isCalled) news.push({ kind: "mention", room });
    else if (isTold && isDirect) news.push({ kind: "direct", room });
    else if (isTold && wanted === "all") news.push({ kind: "message", room });
  }
  return news;
}

/**
 * The rooms of which a notification is shown, and in which nothing waits any more: it was read, here or elsewhere.
 * @param {Iterable<string>} shown rooms' names
 * @param {readonly ListedRoom[]} rooms
 * @returns {string[]}
 */
export function findRead(shown, rooms) {
  const waiting = new Set(rooms.filter(({ unread, mentions }) => unread + mentions > 0).map(({ room }) => room.name));
  return [...shown].filter((name) => !waiting.has(name));
}
