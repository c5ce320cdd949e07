/**
 * What is shown of a room: a gapless stretch of its log and the messages that are still on their way. No DOM.
 *
 * The stretch is bounded. At the end of the log the oldest fall off; who reads far up loses the newest instead
 * (`hasAfter`), and both come back page by page.
 * @module
 */

import { changeMessages, foldMessages } from "../../client/fold.js";

/** @import { Message, RoomEvent } from "../../client/events.js" */
/** @import { ProtocolError } from "../../client/frames.js" */
/** @import { MessageStatus } from "../../client/outbox.js" */

/** @typedef {{key: string, text: string, at: number, error?: ProtocolError, reply?: string, thread?: string}} Outgoing */
/** @typedef {ReturnType<typeof createTimeline>} Timeline */

/** Messages kept at the end of the log, and while reading further up. */
const MAX = { atEnd: 300, reading: 600 };
/** Changes that are remembered for pages that are on their way. */
const MAX_CHANGES = 300;

/**
 * Makes an empty timeline.
 * @param {{atEnd: number, reading: number}} [max] how many messages are kept
 */
export function createTimeline(max = MAX) {
  /** Oldest first, each cursor once. @type {readonly Message[]} */
  let messages = [];
  /**
   * What has happened to messages lately, shown or not. A page may have been read before something that we have heard of
   * since: it is applied to the page too. The last word on each message is always among them, so that they take nothing back
   * for longer than it takes the next event to come.
   * @type {RoomEvent[]}
   */
  let changes = [];
  /** In the order in which they were written. @type {Map<string, Outgoing>} */
  const outgoing = new Map();
  let hasBefore = false;
  let hasAfter = false;
  /** The newest message that is known to exist, shown or not. */
  let newest = "";

  /** @param {number} index */
  const cursorAt = (index) => messages[index]?.cursor ?? "";

  /** @param {readonly Message[]} list */
  function note(list) {
    for (const { cursor, key } of list) {
      if (cursor > newest) newest = cursor;
      if (key !== undefined) outgoing.delete(key);
    }
  }

  /** @param {readonly Message[]} page */
  const caughtUp = (page) => changes.reduce(changeMessages, page);

  return {
    /** @returns {readonly Message[]} */
    get messages() {
      return messages;
    },
    /** @returns {Outgoing[]} */
    get outgoing() {
      return [...outgoing.values()];
    },
    /** @param {string} cursor */
    find: (cursor) => messages.find((message) => message.cursor === cursor),
    /** The newest message that is known to exist, shown or not. @returns {string} */
    get newest() {
      return newest;
    },
    /** Whether the log holds older messages, as far as is known. */
    get hasBefore() {
      return hasBefore;
    },
    /** Whether newer messages were left out. */
    get hasAfter() {
      return hasAfter;
    },

    /**
     * Begins anew with the newest page of a join: nothing that was heard before it is newer.
     * @param {readonly Message[]} page
     */
    restart(page) {
      changes = [];
      this.replace(page);
    },

    /**
     * Shows the newest page instead of what was there.
     * @param {readonly Message[]} page
     * @param {boolean} [before] whether there is more before it; unknown counts as yes
     */
    replace(page, before = page.length > 0) {
      messages = caughtUp(page);
      hasBefore = before;
      newest = "";
      note(page);
      hasAfter = false;
    },

    /**
     * Shows a page from the middle of the log instead of what was there.
     * @param {readonly Message[]} page
     * @param {boolean} before whether there is more before it
     * @param {boolean} after whether there is more after it
     */
    open(page, before, after) {
      messages = caughtUp(page);
      hasBefore = before;
      note(page);
      hasAfter = after || cursorAt(messages.length - 1) < newest;
    },

    /**
     * Takes what has just happened.
     * @param {readonly RoomEvent[]} events
     * @param {boolean} atEnd whether the end of the log is being looked at
     */
    append(events, atEnd) {
      const list = events.filter((event) => event.type === "message");
      note(list);
      if (!atEnd && messages.length + list.length > max.reading) hasAfter = true;
      messages = hasAfter ? events.reduce(changeMessages, messages) : foldMessages(messages, events);
      changes.push(...events.filter(isChange));
      changes.splice(0, changes.length - MAX_CHANGES);
    },

    /**
     * Takes a page of older messages.
     * @param {readonly Message[]} page
     * @param {boolean} before whether there is more before it
     */
    prepend(page, before) {
      messages = [...caughtUp(page), ...messages];
      hasBefore = before;
      if (messages.length > max.reading) {
        messages = messages.slice(0, max.reading);
        hasAfter = true;
      }
    },

    /**
     * Takes a page of the newer messages that were left out.
     * @param {readonly Message[]} page
     * @param {boolean} after whether the server knew of more after it
     */
    extend(page, after) {
      messages = foldMessages(messages, caughtUp(page));
      note(page);
      // What came in while the page was on its way was left out as well.
      hasAfter = after || (page.length > 0 && cursorAt(messages.length - 1) < newest);
      this.trim(max.reading);
    },

    /** @param {number} [count] how many stay */
    trim(count = max.atEnd) {
      if (messages.length <= count) return;
      messages = messages.slice(-count);
      hasBefore = true;
    },

    /**
     * Takes what became of an own message.
     * @param {MessageStatus} status
     * @param {{id: string, name: string}} user who sent it
     * @param {number} at when it was written
     */
    report(status, user, at) {
      const { key, text, reply, thread } = status;
      if (status.status === "sent") {
        if (!outgoing.delete(key) || hasAfter) return;
        const { cursor, at } = status;
        /** @type {Message} */
        const sent = {
          cursor,
          at,
          user,
          type: "message",
          text,
          key,
          ...(reply !== undefined && { reply }),
          ...(thread !== undefined && { thread }),
        };
        messages = foldMessages(messages, [sent]);
        return;
      }
      const draft = {
        key,
        text,
        at: outgoing.get(key)?.at ?? at,
        ...(reply !== undefined && { reply }),
        ...(thread !== undefined && { thread }),
      };
      if (status.status === "failed") outgoing.set(key, { ...draft, error: status.error });
      else if (!messages.some((message) => message.key === key)) outgoing.set(key, draft);
    },

    /** @param {string} key */
    discard(key) {
      outgoing.delete(key);
    },
  };
}

/** @param {RoomEvent} event */
function isChange(event) {
  const { type } = event;
  return type === "edit" || type === "delete" || type === "react" || type === "pin" ||
    (type === "message" && event.thread !== undefined);
}
