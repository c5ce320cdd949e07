/**
 * What a room's events make of its messages, its people and itself. Pure: nothing that is given is changed.
 *
 * Every event says how things are afterwards [V27], so to apply one twice is to apply it once, and whatever of a stretch
 * of the log was applied before may be applied again with it. (But for the order of a message's emoji, which may then be
 * another one than the server's.)
 * @module
 */

/** @import { MemberChange, Message, MessageChange, Reaction, Role, RoomEvent, RoomInfo, User } from "./events.js" */

/** @typedef {{user: User, role: Role, muted?: {until?: number}}} Member */

/** Ids that a reaction names, as the server does. */
const MAX_NAMED = 20;

/**
 * Applies events to messages: new ones are put in their place, others become what the events say.
 * @param {readonly Message[]} messages in the order of their cursors, each once
 * @param {readonly RoomEvent[]} events in the log's order
 * @returns {readonly Message[]} the same list when nothing changes, and the same objects for messages that stay as they are
 */
export function foldMessages(messages, events) {
  let folded = messages;
  for (const event of events) {
    folded = changeMessages(folded, event);
    if (event.type === "message") folded = insertMessage(folded, event);
  }
  return folded;
}

/**
 * What an event makes of the messages that are there; puts none in.
 * @param {readonly Message[]} messages each once
 * @param {RoomEvent} event
 * @returns {readonly Message[]} the same list when nothing changes
 */
export function changeMessages(messages, event) {
  switch (event.type) {
    case "message":
      return event.thread === undefined ? messages : countReplies(messages, event.thread, event.count, event.at);
    case "delete": {
      const counted = event.thread === undefined ? messages : countReplies(messages, event.thread, event.count);
      return withMessage(counted, event.target, (message) => changeMessage(message, event));
    }
    case "edit":
    case "react":
    case "pin":
      return withMessage(messages, event.target, (message) => changeMessage(message, event));
    case "member":
    case "room":
    case "typing":
      return messages;
    default:
      return unreachable(event);
  }
}

/**
 * What a message becomes.
 * @param {Message} message the event's target
 * @param {MessageChange} event
 * @returns {Message} the same object when nothing changes
 */
export function changeMessage(message, event) {
  // Nothing becomes of a tombstone.
  if (message.deleted) return message;
  switch (event.type) {
    case "delete": {
      const { cursor, type, at, user } = message;
      return { cursor, type, at, user, text: "", deleted: true };
    }
    case "edit":
      return editMessage(message, event);
    case "react":
      return reactToMessage(message, event);
    case "pin":
      return pinMessage(message, event.on);
    default:
      return unreachable(event);
  }
}

/**
 * What a room becomes.
 * @param {RoomInfo | undefined} room
 * @param {readonly RoomEvent[]} events in the log's order
 * @returns {RoomInfo | undefined}
 */
export function foldRoom(room, events) {
  return events.findLast((event) => event.type === "room")?.room ?? room;
}

/**
 * Who is in a room afterwards.
 * @param {ReadonlyMap<string, Member>} members by id
 * @param {readonly RoomEvent[]} events in the log's order
 * @returns {ReadonlyMap<string, Member>} the same map when nothing changes
 */
export function foldMembers(members, events) {
  const changes = events.filter((event) => event.type === "member");
  if (changes.length === 0) return members;
  const folded = new Map(members);
  for (const event of changes) changeMember(folded, event);
  return folded;
}

/**
 * @param {Map<string, Member>} members
 * @param {MemberChange} event
 */
function changeMember(members, { member: user, change, role, until }) {
  // Who is no member has no role: also who is muted or let in again without being one.
  if (role === undefined) return void members.delete(user.id);
  const { muted } = members.get(user.id) ?? {};
  const silent = change === "muted"
    ? { ...(until !== undefined && { until }) }
    : change === "unmuted"
    ? undefined
    : muted;
  members.set(user.id, { user, role, ...(silent !== undefined && { muted: silent }) });
}

/**
 * @param {readonly Message[]} messages
 * @param {Message} message
 */
function insertMessage(messages, message) {
  let index = messages.length;
  while (index > 0 && cursorAt(messages, index - 1) > message.cursor) index--;
  const same = messages[index - 1];
  if (same?.cursor === message.cursor) {
    const one = newer(same, message);
    return one === same ? messages : messages.with(index - 1, one);
  }
  return messages.toSpliced(index, 0, message);
}

/**
 * The same message twice: one that is there may have become more than the one that comes, or know less of it, e.g. when
 * it was put there by the answer to `send`.
 * @param {Message} there
 * @param {Message} coming
 */
function newer(there, coming) {
  if (there.deleted) return there;
  if (coming.deleted) return coming;
  if ((coming.edited ?? 0) > (there.edited ?? 0)) return { ...there, ...coming };
  return Object.keys(coming).every((key) => Object.hasOwn(there, key)) ? there : { ...coming, ...there };
}

/**
 * @param {readonly Message[]} messages
 * @param {number} index
 */
function cursorAt(messages, index) {
  return messages[index]?.cursor ?? "";
}

/**
 * @param {readonly Message[]} messages
 * @param {string} cursor
 * @param {(message: Message) => Message} change
 */
function withMessage(messages, cursor, change) {
  const index = messages.findLastIndex((message) => message.cursor === cursor);
  const message = messages[index];
  const changed = message && change(message);
  return changed === undefined || changed === message ? messages : messages.with(index, changed);
}

/**
 * @param {readonly Message[]} messages
 * @param {string} thread
 * @param {number | undefined} count
 * @param {number} [at] of the newest reply; none when one has gone
 */
function countReplies(messages, thread, count, at) {
  if (count === undefined) return messages;
  return withMessage(messages, thread, (message) => {
    const { replies, ...rest } = message;
    if (message.deleted || (replies?.count ?? 0) === count) return message;
    if (count === 0) return rest;
    return { ...rest, replies: { count, at: Math.max(at ?? 0, replies?.at ?? 0) } };
  });
}

/**
 * @param {Message} message
 * @param {import("./events.js").Edit} event
 */
function editMessage(message, { at, text, mentions }) {
  const edited = Math.max(message.edited ?? 0, at);
  // Without a text it was edited again, or deleted: the event that says how comes later.
  if (text === undefined) return message.edited === edited ? message : { ...message, edited };
  const { mentions: before, ...rest } = message;
  if (message.edited === edited && message.text === text && sameIds(before, mentions)) return message;
  return { ...rest, text, edited, ...(mentions !== undefined && { mentions }) };
}

/**
 * @param {readonly string[]} [a]
 * @param {readonly string[]} [b]
 */
function sameIds(a = [], b = []) {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}

/**
 * @param {Message} message
 * @param {boolean} on
 */
function pinMessage(message, on) {
  const { pinned = false, ...rest } = message;
  if (pinned === on) return message;
  return on ? { ...rest, pinned: true } : rest;
}

/**
 * @param {Message} message
 * @param {import("./events.js").React} event
 * @returns {Message}
 */
function reactToMessage(message, { emoji, on, count, user }) {
  const before = message.reactions ?? [];
  const given = before.find((reaction) => reaction.emoji === emoji);
  const named = given?.users ?? [];
  const others = named.filter((id) => id !== user.id);
  // In place where they are named already, so that the same event again changes nothing.
  const users = !on ? others : named.includes(user.id) ? named : [...named, user.id].slice(0, MAX_NAMED);
  if ((given?.count ?? 0) === count && sameIds(named, count === 0 ? [] : users)) return message;
  /** @type {Reaction} */
  const now = { emoji, count, users };
  const after = given === undefined ? [...before, now] : before.map((each) => each === given ? now : each);
  const reactions = after.filter((reaction) => reaction.count > 0);
  const { reactions: _, ...rest } = message;
  return reactions.length === 0 ? rest : { ...rest, reactions };
}

/**
 * @param {never} event
 * @returns {never}
 */
function unreachable(event) {
  throw new TypeError(`Cannot apply the event: ${JSON.stringify(event)}`);
}
