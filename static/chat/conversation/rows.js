/**
 * Turns a timeline into the rows of the list: day separators, and messages grouped by author. No DOM.
 * @module
 */

/** @import { Reaction } from "../../client/events.js" */
/** @import { ProtocolError } from "../../client/frames.js" */
/** @import { Timeline } from "./timeline.js" */

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
 * @property {boolean} edited
 * @property {boolean} deleted a tombstone; then there is no text
 * @property {readonly Reaction[]} reactions
 * @property {number} at
 * @property {boolean} own
 * @property {boolean} first of its author's group
 * @property {boolean} last of its author's group
 */
/** @typedef {{kind: "day", id: string, at: number}} DayRow */
/** @typedef {MessageRow | DayRow} Row */

/** One list for all, so that a row that stays the same is seen to. @type {readonly Reaction[]} */
const NO_REACTIONS = [];
const GROUP_MS = 5 * 60_000;

/**
 * Lays a timeline out as rows.
 * @param {Pick<Timeline, "messages" | "outgoing">} timeline
 * @param {{id: string, name: string}} me
 * @returns {Row[]} oldest first
 */
export function buildRows({ messages, outgoing }, me) {
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
    if (isNewDay) rows.push({ kind: "day", id: `day ${dayOf(message.at)} ${message.id}`, at: message.at });
    if (previous !== undefined && !isNewDay && isGroup(previous, message)) {
      previous.last = false;
      message.first = false;
    }
    rows.push(message);
    previous = message;
  }
  return rows;
}

/**
 * @param {import("../../client/events.js").Message} message
 * @param {{id: string}} me
 * @returns {MessageRow}
 */
function sentRow({ key, cursor, user, text, at, edited, deleted, reactions }, me) {
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
    edited: edited !== undefined,
    deleted: deleted === true,
    reactions: reactions ?? NO_REACTIONS,
    at,
    own: user.id === me.id,
    first: true,
    last: true,
  };
}

/**
 * @param {import("./timeline.js").Outgoing} outgoing
 * @param {{id: string, name: string}} me
 * @returns {MessageRow}
 */
function outgoingRow({ key, text, at, error }, me) {
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
    edited: false,
    deleted: false,
    reactions: NO_REACTIONS,
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
  return previous.userId === next.userId && previous.author === next.author &&
    Math.abs(next.at - previous.at) < GROUP_MS;
}

/**
 * @param {number} at
 * @returns {string} the same for all moments of a local day
 */
function dayOf(at) {
  return new Date(at).toDateString();
}
