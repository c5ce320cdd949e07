/**
 * The messages that others answer: those of the timeline, and those that had to be asked for. No DOM.
 * @module
 */

import { changeMessages } from "../../client/fold.js";
import { excerptOf } from "../../ui/excerpt.js";

/** @import { Message, RoomEvent } from "../../client/events.js" */
/** @import { Quoted } from "./rows.js" */

/** Messages that are kept beside those of the timeline; a window of rows holds fewer. */
const MAX_FETCHED = 300;
/** So long after a question was lost, or one too many, it is asked again. */
const AGAIN_MS = 3_000;

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
      else keep(message);
    } catch (error) {
      if (isPassing(error)) await new Promise((done) => setTimeout(done, AGAIN_MS));
      if (isPassing(error)) others.delete(cursor);
      else others.set(cursor, "gone");
    }
    onChange();
  }

  /** @param {Message} message */
  function keep(message) {
    fetched = [...fetched, message];
    // Who reads through years of answers keeps the last ones; others are asked for when they come into sight again.
    for (const { cursor } of fetched.slice(0, -MAX_FETCHED)) others.delete(cursor);
    fetched = fetched.slice(-MAX_FETCHED);
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
function isPassing(error) {
  return typeof error === "object" && error !== null && "code" in error &&
    (error.code === "lost" || error.code === "rate_limited" || error.code === "unavailable");
}
