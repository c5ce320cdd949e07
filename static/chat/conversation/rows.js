/**
 * Turns a timeline into the rows of the list: day separators, the line above what is new, and messages grouped by author.
 * No DOM.
 * @module
 */

/** @import { Message, Reaction, Replies } from "../../client/events.js" */
/** @import { ProtocolError } from "../../client/frames.js" */
/** @import { Outgoing, Timeline } from "./timeline.js" */

/** What a message answers. `gone`: it was deleted, or is not kept. @typedef {{author: string, text: string, gone: boolean}} Quoted */
/**
 * @typedef {object} MessageRow
 * @property {"message"} kind
 * @property {string} id the key where there is one: it is the same before and after the server's answer
 * @property {string | undefined} key
 * @property {string | undefined} cursor
 * @property {"pending" | "sent" | "failed"} status
 * @property {ProtocolError | undefined} error
 * @property {string} userId
 * @property {string} author
 * @property {string} text
 * @property {number | undefined} edited when it was, last
 * @property {boolean} deleted a tombstone; then there is no text
 * @property {readonly Reaction[]} reactions
 * @property {readonly string[]} mentions ids, and `@room`
 * @property {string | undefined} reply the cursor of what it answers
 * @property {string | undefined} thread the cursor of the message whose thread it belongs to
 * @property {Replies | undefined} replies in its own thread
 * @property {boolean} pinned
 * @property {number} at
 * @property {boolean} own
 * @property {boolean} first of its author's group
 * @property {boolean} last of its author's group
 */
/** @typedef {{kind: "day", id: string, at: number}} DayRow */
/** The line above what is new. @typedef {{kind: "new", id: "new"}} NewRow */
/** @typedef {MessageRow | DayRow | NewRow} Row */

/** One list for all, so that a row that stays the same is seen to. @type {readonly never[]} */
const NONE = [];
const GROUP_MS = 5 * 60_000;

/**
 * Lays a timeline out as rows.
 * @param {Pick<Timeline, "messages" | "outgoing">} timeline
 * @param {{id: string, name: string}} me
 * @param {string} [firstNew] the cursor of the first message under the line above what is new; without it there is none
 * @returns {Row[]} oldest first
 */
export function buildRows({ messages, outgoing }, me, firstNew) {
  /** @type {Row[]} */
  const rows = [];
  /** @type {MessageRow | undefined} */
  let previous;
  for (
    const message of [
      ...messages.map((item) => sentRow(item, me)),
      ...outgoing.map((item) => outgoingRow(item, me)),
    ]
  ) {
    const isNewDay = previous === undefined || dayOf(previous.at) !== dayOf(message.at);
    const isFirstNew = firstNew !== undefined && message.cursor === firstNew;
    if (isNewDay) rows.push({ kind: "day", id: `day ${dayOf(message.at)} ${message.id}`, at: message.at });
    if (isFirstNew) rows.push({ kind: "new", id: "new" });
    if (previous !== undefined && !isNewDay && !isFirstNew && isGroup(previous, message)) {
      previous.last = false;
      message.first = false;
    }
    rows.push(message);
    previous = message;
  }
  return rows;
}

/**
 * The first message that somebody has not read.
 * @param {readonly Message[]} messages oldest first
 * @param {string | undefined} marker how far they have read; nothing: not at all
 * @param {string} me their id: nobody has to read what they wrote
 * @param {boolean} isWhole whether nothing comes before these messages
 * @returns {string | undefined} its cursor; none where it is not among these
 */
export function findFirstNew(messages, marker, me, isWhole) {
  const [oldest] = messages;
  if (oldest === undefined || (!isWhole && (marker === undefined || oldest.cursor > marker))) return undefined;
  return messages.find(({ cursor, user }) => (marker === undefined || cursor > marker) && user.id !== me)?.cursor;
}

/**
 * @param {Message} message
 * @param {{id: string}} me
 * @returns {MessageRow}
 */
function sentRow(
  { key, cursor, user, text, at, edited, deleted, reactions, mentions, reply, thread, replies, pinned },
  me,
) {
  return {
    kind: "message",
    id: key ?? cursor,
    key,
    cursor,
    status: "sent",
    error: undefined,
    userId: user.id,
    author: user.name,
    text,
    edited,
    deleted: deleted === true,
    reactions: reactions ?? NONE,
    mentions: mentions ?? NONE,
    reply,
    thread,
    replies,
    pinned: pinned === true,
    at,
    own: user.id === me.id,
    first: true,
    last: true,
  };
}

/**
 * @param {Outgoing} outgoing
 * @param {{id: string, name: string}} me
 * @returns {MessageRow}
 */
function outgoingRow({ key, text, at, error, reply, thread }, me) {
  return {
    kind: "message",
    id: key,
    key,
    cursor: undefined,
    status: error === undefined ? "pending" : "failed",
    error,
    userId: me.id,
    author: me.name,
    text,
    edited: undefined,
    deleted: false,
    reactions: NONE,
    mentions: NONE,
    reply,
    thread,
    replies: undefined,
    pinned: false,
    at,
    own: true,
    first: true,
    last: true,
  };
}

/**
 * @param {MessageRow} previous
 * @param {MessageRow} next
 */
function isGroup(previous, next) {
  return previous.userId === next.userId && previous.author === next.author && previous.thread === next.thread &&
    Math.abs(next.at - previous.at) < GROUP_MS;
}

/**
 * @param {number} at
 * @returns {string} the same for all moments of a local day
 */
function dayOf(at) {
  return new Date(at).toDateString();
}
