/**
 * The operations that most clients need, under names of their own. All others are there by `ask`; what they take and
 * answer is at `/docs`.
 *
 * Each resolves with what the server answers, and rejects with the protocol's error; with `lost` when the connection went
 * first, so that nobody knows what came of it. All of them but `createRoom` and `createInvite` may then simply be asked again.
 * @module
 */

import { readMessages, readRoomInfo } from "./events.js";
import { findWord, isCount, isRecord, isTime, readStrings, readUser } from "./records.js";

/** @import { Message, Role, RoomInfo, User } from "./events.js" */
/** @import { Ask } from "./questions.js" */

/**
 * A page of messages, oldest first. `mine`: cursor → emoji that I gave, of messages that do not name all who gave them.
 * `next`: where to look on (as `before`, or as `after` if that was asked for) when there was more than one request looks at.
 * @typedef {{items: Message[], hasBefore: boolean, hasAfter: boolean, mine: Record<string, string[]>, next: string | undefined}} HistoryPage
 */
/** @typedef {{before?: string, after?: string, around?: string, limit?: number}} HistoryPlace */
/**
 * One of my rooms [V24]. `head`: its last event. `marker`: how far I have read. `more`: there are more than `unread`, or
 * may be. `request`: a direct room that somebody else opened and in which I wrote nothing yet [V29].
 * @typedef {{room: RoomInfo, role: Role, notify: "all" | "mentions" | "none", favourite: boolean, joinedAt: number,
 *   head: string, marker?: string, unread: number, more?: true, mentions: number, lastMessage?: Message, request?: true}} MyRoom
 */
/**
 * `q`: words, all of which must be there. `from` and `mentions`: people's ids. `next`: of the page before. `limit`: 1 to
 * 50, default 20.
 * @typedef {{q?: string, room?: string, from?: string, mentions?: string, next?: string, limit?: number}} Search
 */
/** @typedef {Message & {room: string}} Found */
/** @typedef {{user: User, since: number}} Present somebody who is in a room, since then */
/** @typedef {{until?: number | undefined, reason?: string | undefined}} Sentence `until`: milliseconds since 1970; without it until it is lifted */
/**
 * @typedef {{title?: string, topic?: string, write?: "members" | "moderators", slowModeS?: number, retentionDays?: number}} RoomSettings
 */

/**
 * Makes them.
 * @param {Ask} ask
 */
export function createOperations(ask) {
  return {
    /**
     * A room's messages, as they have become.
     * @param {string} room
     * @param {HistoryPlace} [place] at most one cursor; none: the newest page. `limit`: 1 to 200, default 50
     * @returns {Promise<HistoryPage>}
     */
    history: (room, place = {}) => answer(ask("history", { room, ...place }), readPage),

    /**
     * One message.
     * @param {string} room
     * @param {string} cursor
     * @returns {Promise<Message | undefined>}
     */
    message: (room, cursor) => answer(ask("get_message", { room, cursor }), (output) => readMessages([output])[0]),

    /**
     * The replies in the thread of a message, oldest first.
     * @param {string} room
     * @param {string} cursor the thread's first message
     * @param {{after?: string, limit?: number}} [page] `after`: the `next` of the page before; `limit`: 1 to 200, default 50
     * @returns {Promise<{items: Message[], next: string | undefined}>} without `next` there are no more now
     */
    thread: (room, cursor, page = {}) =>
      answer(ask("thread", { room, cursor, ...page }), ({ items, next }) => ({
        items: readMessages(items),
        next: readNext(next),
      })),

    /**
     * Finds messages in the rooms that I am in.
     * @param {Search} query
     * @returns {Promise<{items: Found[], next: string | undefined}>} newest first; a page can be short, even empty, and
     *   have a `next`
     */
    search: (query) =>
      answer(ask("search", query), ({ items, next }) => ({ items: readList(items, readFound), next: readNext(next) })),

    /**
     * Gives an own message another text; the old one is erased.
     * @param {string} room
     * @param {string} cursor
     * @param {string} text
     * @returns {Promise<{at: number}>} when it was last edited
     */
    edit: (room, cursor, text) =>
      answer(ask("edit", { room, cursor, text: text.toWellFormed() }), ({ at }) => ({ at: Number(at) })),

    /**
     * Deletes a message, one's own or, for who keeps order, another's. A tombstone stays.
     * @param {string} room
     * @param {string} cursor
     */
    remove: (room, cursor) => done(ask("delete", { room, cursor })),

    /**
     * Gives a message an emoji.
     * @param {string} room
     * @param {string} cursor
     * @param {string} emoji
     * @returns {Promise<{count: number}>} how many give it now
     */
    react: (room, cursor, emoji) => answer(ask("react", { room, cursor, emoji }), readCount),

    /**
     * Takes it back.
     * @param {string} room
     * @param {string} cursor
     * @param {string} emoji
     * @returns {Promise<{count: number}>} how many give it now
     */
    unreact: (room, cursor, emoji) => answer(ask("unreact", { room, cursor, emoji }), readCount),

    /**
     * Pins a message.
     * @param {string} room
     * @param {string} cursor
     */
    pin: (room, cursor) => done(ask("pin", { room, cursor })),

    /**
     * Takes a pin out.
     * @param {string} room
     * @param {string} cursor
     */
    unpin: (room, cursor) => done(ask("unpin", { room, cursor })),

    /**
     * The pinned messages, in the order of pinning.
     * @param {string} room
     * @returns {Promise<Message[]>}
     */
    pins: (room) => answer(ask("list_pins", { room }), ({ items }) => readMessages(items)),

    /**
     * How far I have read a room; the marker only moves forward.
     * @param {string} room
     * @param {string} cursor the last event that the person has seen
     * @returns {Promise<{cursor: string}>} how far it is now
     */
    markRead: (room, cursor) =>
      answer(ask("mark_read", { room, cursor }), (output) => ({ cursor: String(output.cursor) })),

    /**
     * The rooms that I am in, with what I have not read; the one with the newest message first.
     * @returns {Promise<MyRoom[]>} at most 1,000
     */
    myRooms: () => answer(ask("my_rooms"), ({ rooms }) => readList(rooms, readMyRoom)),

    /**
     * Who is in a room now.
     * @param {string} room
     * @param {{after?: string, limit?: number}} [page] `after`: the `next` of the page before; `limit`: 1 to 1,000, the default
     * @returns {Promise<{people: Present[], next: string | undefined}>} without `next` it was the last page
     */
    people: (room, page = {}) =>
      answer(ask("people", { room, ...page }), ({ people, next }) => ({
        people: readList(people, readPresent),
        next: readNext(next),
      })),

    /**
     * Whether a member of a room is anywhere now, and when they last were.
     * @param {string} room
     * @param {string} person an id
     * @returns {Promise<{here: boolean, seen: number | undefined}>} `seen`: milliseconds since 1970
     */
    lastSeen: (room, person) =>
      answer(ask("last_seen", { room, person }), ({ here, seen }) => ({
        here: here === true,
        seen: isTime(seen) ? seen : undefined,
      })),

    /**
     * Makes a room, which one owns then.
     * @param {{kind: "public" | "private", name?: string} & RoomSettings} room `name`: a public one's; a private one is given one
     * @returns {Promise<RoomInfo | undefined>}
     */
    createRoom: (room) => answer(ask("create_room", room), readRoom),

    /**
     * Changes a room's settings; what is left out stays.
     * @param {string} room
     * @param {RoomSettings & {archived?: boolean}} settings
     * @returns {Promise<RoomInfo | undefined>} how it is then
     */
    updateRoom: (room, settings) => answer(ask("update_room", { room, ...settings }), readRoom),

    /**
     * Opens the room of oneself and somebody else: always the same one. `join` it then.
     * @param {string} person an id
     * @returns {Promise<RoomInfo | undefined>}
     */
    openDirect: (person) => answer(ask("open_direct", { person }), readRoom),

    /**
     * Leaves a room for good: one is no member any more. (`leave` only closes it here.)
     * @param {string} room
     */
    endMembership: (room) => done(ask("end_membership", { room })),

    /**
     * Makes an invitation.
     * @param {string} room
     * @param {{expiresInS?: number, uses?: number}} [options] default: for a week, for one person
     * @returns {Promise<{id: string, code: string}>} the code is a secret and told only now
     */
    createInvite: (room, options = {}) =>
      answer(ask("create_invite", { room, ...options }), ({ id, code }) => ({ id: String(id), code: String(code) })),

    /**
     * Comes in by an invitation. `join` the room then.
     * @param {string} code
     * @returns {Promise<RoomInfo | undefined>}
     */
    acceptInvite: (code) => answer(ask("accept_invite", { code }), readRoom),

    /**
     * Puts somebody out of a room; they may come back.
     * @param {string} room
     * @param {string} person an id
     * @param {string} [reason] for those who keep order
     */
    kick: (room, person, reason) => done(ask("kick", { room, person, reason })),

    /**
     * Puts somebody out of a room and keeps them out.
     * @param {string} room
     * @param {string} person an id
     * @param {Sentence} [sentence]
     */
    ban: (room, person, sentence = {}) => done(ask("ban", { room, person, ...sentence })),

    /**
     * Lets somebody come in again.
     * @param {string} room
     * @param {string} person an id
     */
    unban: (room, person) => done(ask("unban", { room, person })),

    /**
     * Keeps somebody silent in a room.
     * @param {string} room
     * @param {string} person an id
     * @param {Sentence} [sentence]
     */
    mute: (room, person, sentence = {}) => done(ask("mute", { room, person, ...sentence })),

    /**
     * Lets somebody speak again.
     * @param {string} room
     * @param {string} person an id
     */
    unmute: (room, person) => done(ask("unmute", { room, person })),

    /**
     * Tells those who keep order of a message.
     * @param {string} room
     * @param {string} cursor
     * @param {string} reason 1 to 500 characters
     */
    report: (room, cursor, reason) => done(ask("report_message", { room, cursor, reason })),
  };
}

/**
 * @template T
 * @param {Promise<Record<string, unknown>>} asked
 * @param {(output: Record<string, unknown>) => T} read
 * @returns {Promise<T>}
 */
function answer(asked, read) {
  const answered = asked.then(read);
  // As with `ask`: nobody has to wait for it or catch it.
  answered.catch(() => {});
  return answered;
}

/** @param {Promise<Record<string, unknown>>} asked */
function done(asked) {
  return answer(asked, () => {});
}

/** @param {Record<string, unknown>} output */
function readCount({ count }) {
  return { count: Number(count) };
}

/** @param {Record<string, unknown>} output */
function readRoom({ room }) {
  return readRoomInfo(room);
}

/** @param {unknown} next */
function readNext(next) {
  return typeof next === "string" ? next : undefined;
}

/**
 * @template T
 * @param {unknown} list
 * @param {(item: Record<string, unknown>) => T | undefined} read
 * @returns {T[]}
 */
function readList(list, read) {
  if (!Array.isArray(list)) return [];
  return list.filter(isRecord).map(read).filter((item) => item !== undefined);
}

/**
 * A page of history, also as HTTP answers it.
 * @param {Record<string, unknown>} output
 * @returns {HistoryPage}
 */
export function readPage({ items, hasBefore, hasAfter, mine, next }) {
  const given = isRecord(mine) ? Object.entries(mine).map(([cursor, emoji]) => [cursor, readStrings(emoji)]) : [];
  return {
    items: readMessages(items),
    hasBefore: hasBefore === true,
    hasAfter: hasAfter === true,
    mine: Object.fromEntries(given),
    next: readNext(next),
  };
}

/**
 * @param {Record<string, unknown>} item
 * @returns {Found | undefined}
 */
function readFound(item) {
  const [message] = readMessages([item]);
  return message && typeof item.room === "string" ? { ...message, room: item.room } : undefined;
}

/**
 * @param {Record<string, unknown>} item
 * @returns {Present | undefined}
 */
function readPresent(item) {
  const user = readUser(item.user);
  return user && isTime(item.since) ? { user, since: item.since } : undefined;
}

/**
 * @param {Record<string, unknown>} item
 * @returns {MyRoom | undefined}
 */
function readMyRoom(item) {
  const room = readRoomInfo(item.room);
  const { head, marker, unread, mentions, joinedAt, lastMessage } = item;
  if (room === undefined || typeof head !== "string") return undefined;
  const [last] = readMessages([lastMessage]);
  return {
    room,
    role: findWord(item.role, ["owner", "moderator"]) ?? "member",
    notify: findWord(item.notify, ["mentions", "none"]) ?? "all",
    favourite: item.favourite === true,
    joinedAt: isCount(joinedAt) ? joinedAt : 0,
    head,
    ...(typeof marker === "string" && { marker }),
    unread: isCount(unread) ? unread : 0,
    ...(item.more === true && { more: true }),
    mentions: isCount(mentions) ? mentions : 0,
    ...(last !== undefined && { lastMessage: last }),
    ...(item.request === true && { request: true }),
  };
}
