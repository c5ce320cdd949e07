/**
 * Messages on their way: kept until the server has answered, sent again with the same key after every loss, so that
 * each arrives once and in its order.
 *
 * A key is its author's own [V12]: who comes back as somebody else cannot find out what became of a message that was
 * under way, and would say it twice by saying it again. Such a message fails with `unknown_outcome`, and a person decides.
 *
 * A room has one message in flight at a time. With more, a refusal that passes (`rate_limited`, `unavailable`) would let
 * the second overtake the first. A person does not notice; who needs more a second takes HTTP or several rooms.
 * @module
 */

import { backoffMs } from "./backoff.js";
import { DEFAULT_LIMITS, isRetryable } from "./frames.js";

/** @import { Clock, Connection } from "./connection.js" */
/** @import { ProtocolError } from "./frames.js" */

/** @typedef {{room: string, key: string, cursor: string, at: number}} Sent */
/**
 * `reply`: the cursor of the message that it answers. `thread`: of the message whose thread it belongs to.
 * @typedef {{key: string, text: string, reply?: string, thread?: string}} Draft
 */
/**
 * @typedef {Draft & {room: string} & ({status: "pending"} | {status: "sent", cursor: string, at: number}
 *   | {status: "failed", error: ProtocolError})} MessageStatus
 */
/**
 * `triedAs`: as whom it was sent without learning what became of it.
 * @typedef {{draft: Draft, tries: number, triedAs: string | undefined, done: PromiseWithResolvers<Sent>}} Entry
 */

/** @type {ProtocolError} */
const UNKNOWN_OUTCOME = {
  code: "unknown_outcome",
  message: "It was sent as somebody else, and whether it arrived is not known",
};

/**
 * @typedef {object} OutboxParts
 * @property {Pick<Connection, "request">} connection
 * @property {Clock} clock
 * @property {() => number} random
 * @property {(room: string) => boolean} isJoined
 * @property {(status: MessageStatus) => void} onStatus
 * @property {(room: string) => void} onEmpty
 */

/**
 * Makes an empty outbox.
 * @param {OutboxParts} parts
 */
export function createOutbox({ connection, clock, random, isJoined, onStatus, onEmpty }) {
  /** @type {Map<string, Entry[]>} */
  const queues = new Map();
  /** @type {Map<string, Entry>} */
  const inFlight = new Map();
  /** Rooms that pause, each with its timer. @type {Map<string, unknown>} */
  const pauses = new Map();
  /**
   * Rooms whose queue met the rate limit: the rest of it goes out no faster than the limit, because a hundred refusals
   * in a row would close the connection [V14].
   * @type {Set<string>}
   */
  const paced = new Set();
  let paceMs = 0;
  /** Who sends: a user's id, once it is known. */
  let author = "";
  let maxLength = DEFAULT_LIMITS.text;

  /**
   * A text that the server would close the connection for: tried again after each reconnect, it would keep everybody's rooms away.
   * @param {string} text
   * @returns {ProtocolError | undefined}
   */
  function tooLong(text) {
    if (text.length <= maxLength || [...text].length <= maxLength) return undefined;
    return { code: "too_long", message: `A text has at most ${maxLength} characters` };
  }

  /** @param {string} room */
  function flush(room) {
    const entry = queues.get(room)?.[0];
    if (entry === undefined || inFlight.has(room) || pauses.has(room) || !isJoined(room)) return;
    inFlight.set(room, entry);
    const { draft } = entry;
    connection.request({ type: "send", room, ...draft }, (reply) => {
      if (inFlight.get(room) !== entry) return;
      inFlight.delete(room);
      if (reply.kind === "lost") {
        if (!reply.unsent) entry.triedAs = author;
        return;
      }
      if (reply.kind === "error" && isRetryable(reply.error)) {
        // Who is refused for haste has said nothing. A fault of the server's may come after it was stored.
        if (reply.error.code !== "rate_limited") entry.triedAs = author;
        if (reply.error.code === "rate_limited") paced.add(room);
        return pause(room, reply.error.retryAfterMs ?? backoffMs(entry.tries++, random));
      }
      queues.get(room)?.shift();
      if (reply.kind === "error") {
        fail(room, entry, reply.error);
      } else {
        const cursor = String(reply.ok.cursor);
        const at = Number(reply.ok.at);
        onStatus({ room, ...draft, status: "sent", cursor, at });
        entry.done.resolve({ room, key: draft.key, cursor, at });
      }
      advance(room);
    });
  }

  /**
   * @param {string} room
   * @param {Entry} entry
   * @param {ProtocolError} error
   */
  function fail(room, { draft, done }, error) {
    onStatus({ room, ...draft, status: "failed", error });
    done.reject(error);
  }

  /** @param {Entry} entry */
  const isSomebodyElses = ({ triedAs }) => author !== "" && triedAs !== undefined && triedAs !== author;

  /** @param {string} room */
  function advance(room) {
    if (queues.get(room)?.length !== 0) return paced.has(room) ? pause(room, paceMs) : flush(room);
    queues.delete(room);
    paced.delete(room);
    onEmpty(room);
  }

  /**
   * @param {string} room
   * @param {number} ms
   */
  function pause(room, ms) {
    const resume = () => {
      pauses.delete(room);
      flush(room);
    };
    pauses.set(room, clock.setTimeout(resume, ms));
  }

  return {
    flush,

    /**
     * Puts a message at the end of its room's queue.
     * @param {string} room
     * @param {Draft} draft
     * @param {string} [triedAs] the id of the user as whom it may have been sent before, by an earlier client
     * @returns {Promise<Sent>} rejects with the protocol's error when the server refuses it for good
     */
    add(room, draft, triedAs) {
      const queue = queues.get(room) ?? [];
      const same = queue.find((entry) => entry.draft.key === draft.key);
      if (same !== undefined && isSame(same.draft, draft)) return same.done.promise;
      /** @type {Entry} */
      const entry = { draft, tries: 0, triedAs, done: Promise.withResolvers() };
      // The status event tells as well: who listens there need not catch here.
      entry.done.promise.catch(() => {});
      const refusal = tooLong(draft.text) ?? (isSomebodyElses(entry) ? UNKNOWN_OUTCOME : undefined);
      if (same !== undefined) {
        entry.done.reject({ code: "conflict", message: `The key ${draft.key} waits with another text` });
        return entry.done.promise;
      }
      if (refusal !== undefined) {
        fail(room, entry, refusal);
        return entry.done.promise;
      }
      queue.push(entry);
      queues.set(room, queue);
      onStatus({ room, ...draft, status: "pending" });
      flush(room);
      return entry.done.promise;
    },

    /**
     * @param {string} room
     * @returns {boolean}
     */
    hasUnsent: (room) => queues.has(room),

    /**
     * A new connection knows who we are. Messages that may have been said by somebody else are not said again.
     * @param {string} id the user's
     */
    setAuthor(id) {
      author = id;
      for (const [room, queue] of [...queues]) {
        const lost = queue.filter(isSomebodyElses);
        if (lost.length === 0) continue;
        queues.set(room, queue.filter((entry) => !isSomebodyElses(entry)));
        for (const entry of lost) fail(room, entry, UNKNOWN_OUTCOME);
        if (queues.get(room)?.length === 0) advance(room);
      }
    },

    /** @param {number} rate messages a second that the server takes; 0: no limit */
    setRate(rate) {
      // A tenth slower than allowed: the two clocks and the network are not exact.
      paceMs = rate > 0 ? 1_100 / rate : 0;
    },

    /** @param {number} length characters that a text may have */
    setMaxLength(length) {
      maxLength = length;
    },

    /** The connection is gone: what was in flight is unknown, and goes out again first. */
    lost() {
      for (const entry of inFlight.values()) entry.triedAs = author;
      inFlight.clear();
    },

    /**
     * Fails what waits for a room that will not take it.
     * @param {string} room
     * @param {ProtocolError} error
     */
    refuse(room, error) {
      const queue = queues.get(room) ?? [];
      queues.delete(room);
      inFlight.delete(room);
      for (const entry of queue) fail(room, entry, error);
    },

    /** @param {unknown} reason what promises that still wait are rejected with */
    close(reason) {
      for (const timer of pauses.values()) clock.clearTimeout(timer);
      for (const queue of queues.values()) queue.forEach(({ done }) => done.reject(reason));
      pauses.clear();
      queues.clear();
      inFlight.clear();
    },
  };
}

/**
 * Whether two drafts say the same.
 * @param {Draft} a
 * @param {Draft} b
 */
function isSame(a, b) {
  return a.text === b.text && a.reply === b.reply && a.thread === b.thread;
}
