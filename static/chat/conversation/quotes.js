/**
 * The messages that others answer: those of the timeline, and those that had to be asked for. No DOM.
 * @module
 */

import { changeMessages } from "../../client/fold.js";
import { excerptOf } from "./excerpt.js";

/** @import { Message, RoomEvent } from "../../client/events.js" */
/** @import { Quoted } from "./rows.js" */

/** @type {Quoted} */
const GONE = { author: "", text: "", gone: true };

/**
 * Makes it, of one room.
 * @param {object} parts
 * @param {(cursor: string) => Message | undefined} parts.find in the timeline
 * @param {(cursor: string) => Promise<Message | undefined>} parts.ask the server
 * @param {() => void} parts.onChange one has come
 */
export function createQuotes({ find, ask, onChange }) {
  /** @type {readonly Message[]} */
  let fetched = [];
  /** Asked for, or not to be had. @type {Map<string, "asked" | "gone">} */
  const others = new Map();
  /** So that a quote is worked out once for each version of its message. @type {WeakMap<Message, Quoted>} */
  const quotes = new WeakMap();

  /** @param {string} cursor */
  async function fetchMessage(cursor) {
    others.set(cursor, "asked");
    try {
      const message = await ask(cursor);
      if (message === undefined) others.set(cursor, "gone");
      else fetched = [...fetched, message];
    } catch (error) {
      // What was lost on the way is asked for again when it is next shown.
      if (isLost(error)) return void others.delete(cursor);
      others.set(cursor, "gone");
    }
    onChange();
  }

  /** @param {Message} message */
  function quote(message) {
    const known = quotes.get(message);
    if (known !== undefined) return known;
    const made = message.deleted ? GONE : { author: message.user.name, text: excerptOf(message.text), gone: false };
    quotes.set(message, made);
    return made;
  }

  return {
    /**
     * @param {string} cursor
     * @returns {Quoted | undefined} undefined: on its way
     */
    get(cursor) {
      const message = find(cursor) ?? fetched.find((each) => each.cursor === cursor);
      if (message !== undefined) return quote(message);
      const state = others.get(cursor);
      if (state === "gone") return GONE;
      if (state === undefined) fetchMessage(cursor);
      return undefined;
    },

    /** @param {readonly RoomEvent[]} events */
    take(events) {
      fetched = events.reduce(changeMessages, fetched);
    },
  };
}

/** @param {unknown} error */
function isLost(error) {
  return typeof error === "object" && error !== null && "code" in error &&
    (error.code === "lost" || error.code === "rate_limited" || error.code === "unavailable");
}
