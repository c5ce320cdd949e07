/**
 * What I have just done to messages and the server has not answered yet: shown at once, and taken back when it is refused. No DOM.
 * @module
 */

import { changeMessage } from "../../client/fold.js";

/** @import { Message, MessageChange, RoomEvent, User } from "../../client/events.js" */

/**
 * @typedef {{type: "edit", target: string, text: string} | {type: "react", target: string, emoji: string, on: boolean}
 *   | {type: "pin", target: string, on: boolean} | {type: "delete", target: string}} PendingChange
 */
/** @typedef {ReturnType<typeof createPendingChanges>} PendingChanges */

/** Makes a list of changes, with none. */
export function createPendingChanges() {
  /** In the order in which I made them. @type {PendingChange[]} */
  let changes = [];

  return {
    /**
     * @param {PendingChange} change
     * @returns {() => void} ends it: by now the message has become so, or does not
     */
    add(change) {
      changes.push(change);
      return () => {
        changes = changes.filter((each) => each !== change);
      };
    },

    /**
     * What the room's own events have made so is not pending any more.
     * @param {readonly RoomEvent[]} events
     * @param {string} me
     */
    take(events, me) {
      for (const event of events) {
        if (event.type === "message" || !("target" in event) || event.user.id !== me) continue;
        const done = changes.find((change) => isDoneBy(change, event));
        changes = changes.filter((change) => change !== done);
      }
    },

    /**
     * What messages will have become.
     * @param {readonly Message[]} messages
     * @param {User} me
     * @param {(cursor: string, reaction: {emoji: string, users: readonly string[]}) => boolean} isMine
     * @returns {readonly Message[]} the same list when nothing is pending
     */
    apply(messages, me, isMine) {
      if (changes.length === 0) return messages;
      const targets = new Set(changes.map(({ target }) => target));
      return messages.map((message) => {
        if (!targets.has(message.cursor)) return message;
        return changes.filter(({ target }) => target === message.cursor)
          .reduce((changed, change) => changeMessage(changed, eventOf(change, changed, me, isMine)), message);
      });
    },
  };
}

/**
 * @param {PendingChange} change
 * @param {MessageChange} event mine
 */
function isDoneBy(change, event) {
  if (change.type !== event.type || change.target !== event.target) return false;
  if (change.type === "react" && event.type === "react") return change.emoji === event.emoji && change.on === event.on;
  if (change.type === "pin" && event.type === "pin") return change.on === event.on;
  return change.type !== "edit" || event.type !== "edit" || event.text === undefined || event.text === change.text;
}

/**
 * @param {PendingChange} change
 * @param {Message} message
 * @param {User} user
 * @param {(cursor: string, reaction: {emoji: string, users: string[]}) => boolean} isMine
 * @returns {MessageChange}
 */
function eventOf(change, message, user, isMine) {
  const common = { cursor: "", at: message.at, user };
  // An edit of the past would be older than the one that is there.
  if (change.type === "edit") {
    const { edited = message.at, mentions } = message;
    return { ...common, ...change, at: edited + 1, ...(mentions !== undefined && { mentions }) };
  }
  if (change.type !== "react") return { ...common, ...change };
  const given = message.reactions?.find(({ emoji }) => emoji === change.emoji);
  const had = given !== undefined && isMine(message.cursor, given);
  return { ...common, ...change, count: (given?.count ?? 0) + Number(change.on) - Number(had) };
}
