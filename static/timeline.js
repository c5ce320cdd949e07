/**
 * What is shown of a room: a gapless stretch of its log and the messages that are still on their way. No DOM.
 *
 * The stretch is bounded. At the end of the log the oldest fall off; who reads far up loses the newest instead
 * (`hasAfter`), and both come back page by page.
 * @module
 */

/** @import { Message, ProtocolError } from "./frames.js" */
/** @import { MessageStatus } from "./outbox.js" */

/** @typedef {{key: string, text: string, at: number, error?: ProtocolError}} Outgoing */
/** @typedef {ReturnType<typeof createTimeline>} Timeline */

/** Messages kept at the end of the log, and while reading further up. */
const MAX_AT_END = 300;
const MAX_READING = 600;

/** Makes an empty timeline. */
export function createTimeline() {
  /** Oldest first, each cursor once. @type {Message[]} */
  let messages = [];
  /** In the order in which they were written. @type {Map<string, Outgoing>} */
  const outgoing = new Map();
  let hasBefore = false;
  let hasAfter = false;
  /** The newest message that is known to exist, shown or not. */
  let newest = "";

  /** @param {Message} message */
  function insert(message) {
    let index = messages.length;
    while (index > 0 && cursorAt(index - 1) > message.cursor) index--;
    if (index === 0 || cursorAt(index - 1) !== message.cursor) messages.splice(index, 0, message);
  }

  /** @param {number} index */
  const cursorAt = (index) => messages[index]?.cursor ?? "";

  /** @param {readonly Message[]} list */
  function note(list) {
    for (const { cursor, key } of list) {
      if (cursor > newest) newest = cursor;
      if (key !== undefined) outgoing.delete(key);
    }
  }

  return {
    /** @returns {readonly Message[]} */
    get messages() {
      return messages;
    },
    /** @returns {Outgoing[]} */
    get outgoing() {
      return [...outgoing.values()];
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
     * Begins anew with the newest page.
     * @param {readonly Message[]} page
     * @param {boolean} [before] whether there is more before it; unknown counts as yes
     */
    replace(page, before = page.length > 0) {
      messages = [...page];
      hasBefore = before;
      newest = "";
      note(page);
      hasAfter = false;
    },

    /**
     * Takes what has just happened.
     * @param {readonly Message[]} list
     * @param {boolean} atEnd whether the end of the log is being looked at
     */
    append(list, atEnd) {
      note(list);
      if (!atEnd && messages.length + list.length > MAX_READING) hasAfter = true;
      if (!hasAfter) list.forEach(insert);
    },

    /**
     * Takes a page of older messages.
     * @param {readonly Message[]} page
     * @param {boolean} before whether there is more before it
     */
    prepend(page, before) {
      messages = [...page, ...messages];
      hasBefore = before;
      if (messages.length > MAX_READING) {
        messages.length = MAX_READING;
        hasAfter = true;
      }
    },

    /**
     * Takes a page of the newer messages that were left out.
     * @param {readonly Message[]} page
     * @param {boolean} after whether the server knew of more after it
     */
    extend(page, after) {
      page.forEach(insert);
      note(page);
      // What came in while the page was on its way was left out as well.
      hasAfter = after || (page.length > 0 && cursorAt(messages.length - 1) < newest);
      this.trim(MAX_READING);
    },

    /** @param {number} [max] */
    trim(max = MAX_AT_END) {
      if (messages.length <= max) return;
      messages.splice(0, messages.length - max);
      hasBefore = true;
    },

    /**
     * Takes what became of an own message.
     * @param {MessageStatus} status
     * @param {{id: string, name: string}} user who sent it
     * @param {number} at when it was written
     */
    report(status, user, at) {
      const { key, text } = status;
      if (status.status === "sent") {
        if (outgoing.delete(key) && !hasAfter) {
          insert({ type: "message", key, text, user, cursor: status.cursor, at: status.at });
        }
      } else if (status.status === "failed") {
        outgoing.set(key, { key, text, at: outgoing.get(key)?.at ?? at, error: status.error });
      } else if (!messages.some((message) => message.key === key)) {
        outgoing.set(key, { key, text, at: outgoing.get(key)?.at ?? at });
      }
    },

    /** @param {string} key */
    discard(key) {
      outgoing.delete(key);
    },
  };
}
