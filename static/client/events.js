/**
 * What a room's log holds (docs/protocol.md, [V27], [V28]), read with suspicion: an event that this client does not
 * know, or cannot read, keeps its place in the log and nothing else [V2].
 * @module
 */

import { findWord, isCount, isRecord, isString, isTime, readStrings, readUser } from "./records.js";

/** @typedef {{id: string, name: string}} User */
/** @typedef {"owner" | "moderator" | "member"} Role */
/** @typedef {{emoji: string, count: number, users: string[]}} Reaction `users`: the ids of at most 20 who gave it */
/** @typedef {{count: number, at: number}} Replies of a thread, and when the last one came */
/** @typedef {{cursor: string, at: number, user: User}} Common `user` did it; `at` is in milliseconds since 1970 */
/**
 * A message; in a page of history as it has become. Of a deleted one `text` is empty.
 * @typedef {Common & {type: "message", text: string, key?: string, reply?: string, thread?: string, count?: number,
 *   mentions?: string[], edited?: number, reactions?: Reaction[], replies?: Replies, pinned?: boolean,
 *   deleted?: true}} Message
 */
/** @typedef {Common & {type: "edit", target: string, text?: string, mentions?: string[]}} Edit */
/** @typedef {Common & {type: "delete", target: string, thread?: string, count?: number}} Deletion */
/** @typedef {Common & {type: "react", target: string, emoji: string, on: boolean, count: number}} React */
/** @typedef {Common & {type: "pin", target: string, on: boolean}} Pin */
/**
 * @typedef {Common & {type: "member", member: User, role?: Role, until?: number,
 *   change: "joined" | "left" | "role" | "kicked" | "banned" | "unbanned" | "muted" | "unmuted"}} MemberChange
 */
/** @typedef {Common & {type: "room", room: RoomInfo}} RoomChange */
/** @typedef {Common & {type: "typing", on: boolean}} Typing transient */
/** @typedef {{cursor: string, type: "unknown"}} UnknownEvent Kept for its cursor: it has a place in the log. */
/** @typedef {Edit | Deletion | React | Pin} MessageChange what becomes of a message */
/** @typedef {Message | MessageChange | MemberChange | RoomChange | Typing} RoomEvent */
/** @typedef {RoomEvent | UnknownEvent} LogEvent */
/**
 * What a room is; see `roomInfo` in protocol/events.ts.
 * @typedef {{name: string, kind: "public" | "private" | "direct", title?: string, topic?: string,
 *   write: "members" | "moderators", slowModeS: number, retentionDays: number, archived: boolean,
 *   people?: User[]}} RoomInfo
 */

/** @type {readonly MemberChange["change"][]} */
const MEMBER_CHANGES = ["joined", "left", "role", "kicked", "banned", "unbanned", "muted", "unmuted"];
/** @type {readonly Role[]} */
const ROLES = ["owner", "moderator", "member"];

/**
 * Reads a list of log entries, as `events`, the answer to `join` and pages of history carry them.
 * @param {unknown} list
 * @returns {LogEvent[]} in the list's order, without what has no cursor
 */
export function readEvents(list) {
  if (!Array.isArray(list)) return [];
  return list.map(readEvent).filter((event) => event !== undefined);
}

/**
 * Reads a list of messages.
 * @param {unknown} list
 * @returns {Message[]} in the list's order, without what is none
 */
export function readMessages(list) {
  return readEvents(list).filter((event) => event.type === "message");
}

/**
 * Reads what a room is. What is missing is as in a new public room.
 * @param {unknown} value
 * @returns {RoomInfo | undefined}
 */
export function readRoomInfo(value) {
  if (!isRecord(value) || typeof value.name !== "string") return undefined;
  const { name, title, topic, slowModeS, retentionDays } = value;
  return {
    name,
    ...(typeof title === "string" && { title }),
    ...(typeof topic === "string" && { topic }),
    kind: findWord(value.kind, ["private", "direct"]) ?? "public",
    write: findWord(value.write, ["moderators"]) ?? "members",
    slowModeS: isCount(slowModeS) ? slowModeS : 0,
    retentionDays: isCount(retentionDays) ? retentionDays : 0,
    archived: value.archived === true,
    ...(Array.isArray(value.people) && {
      people: value.people.map(readUser).filter((user) => user !== undefined),
    }),
  };
}

/**
 * @param {unknown} value
 * @returns {LogEvent | undefined}
 */
function readEvent(value) {
  if (!isRecord(value) || typeof value.cursor !== "string") return undefined;
  const { cursor, at } = value;
  const user = readUser(value.user);
  const known = user === undefined || !isTime(at) ? undefined : readKnown(value, { cursor, at, user });
  return known ?? { cursor, type: "unknown" };
}

/**
 * @param {Record<string, unknown>} value
 * @param {Common} common
 * @returns {RoomEvent | undefined}
 */
function readKnown(value, common) {
  const { type, target, on } = value;
  if (type === "message") return readMessage(value, common);
  if (type === "typing") return { ...common, type, on: on !== false };
  if (type === "member") return readMemberChange(value, common);
  if (type === "room") {
    const room = readRoomInfo(value.room);
    return room && { ...common, type, room };
  }
  if (typeof target !== "string") return undefined;
  const { text, thread, count, emoji } = value;
  if (type === "edit") {
    return { ...common, type, target, ...(typeof text === "string" && { text }), ...readMentions(value) };
  }
  if (type === "delete") {
    return {
      ...common,
      type,
      target,
      ...(typeof thread === "string" && { thread }),
      ...(isCount(count) && { count }),
    };
  }
  if (typeof on !== "boolean") return undefined;
  if (type === "pin") return { ...common, type, target, on };
  if (type === "react" && typeof emoji === "string" && isCount(count)) {
    return { ...common, type, target, emoji, on, count };
  }
  return undefined;
}

/**
 * @param {Record<string, unknown>} value
 * @param {Common} common
 * @returns {Message | undefined}
 */
function readMessage(value, common) {
  const { key, text, reply, thread, count, edited, reactions, replies, pinned } = value;
  const deleted = value.deleted === true;
  if (!deleted && typeof text !== "string") return undefined;
  return {
    ...common,
    type: "message",
    text: deleted || typeof text !== "string" ? "" : text,
    ...(typeof key === "string" && { key }),
    ...(typeof reply === "string" && { reply }),
    ...(typeof thread === "string" && { thread }),
    ...(isCount(count) && { count }),
    ...readMentions(value),
    ...(isTime(edited) && { edited }),
    ...(Array.isArray(reactions) && { reactions: readReactions(reactions) }),
    ...(isRecord(replies) && isCount(replies.count) && isTime(replies.at) &&
      { replies: { count: replies.count, at: replies.at } }),
    ...(typeof pinned === "boolean" && { pinned }),
    ...(deleted && { deleted }),
  };
}

/** @param {Record<string, unknown>} value */
function readMentions({ mentions }) {
  return Array.isArray(mentions) ? { mentions: readStrings(mentions) } : {};
}

/**
 * @param {unknown[]} list
 * @returns {Reaction[]}
 */
function readReactions(list) {
  return list.flatMap((value) => {
    if (!isRecord(value) || !isString(value.emoji) || !isCount(value.count)) return [];
    return [{ emoji: value.emoji, count: value.count, users: readStrings(value.users) }];
  });
}

/**
 * @param {Record<string, unknown>} value
 * @param {Common} common
 * @returns {MemberChange | undefined}
 */
function readMemberChange(value, common) {
  const member = readUser(value.member);
  const change = findWord(value.change, MEMBER_CHANGES);
  const role = findWord(value.role, ROLES);
  const { until } = value;
  if (member === undefined || change === undefined) return undefined;
  return {
    ...common,
    type: "member",
    member,
    change,
    ...(role !== undefined && { role }),
    ...(isTime(until) && { until }),
  };
}
