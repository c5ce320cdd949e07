/**
 * Messages on their way: kept until the server has answered, sent again with the same key after every loss, so that
 * each arrives once and in its order.
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
 * @typedef {{room: string, key: string, text: string, status: "pending"}
 *   | {room: string, key: string, text: string, status: "sent", cursor: string, at: number}
 *   | {room: string, key: string, text: string, status: "failed", error: ProtocolError}} MessageStatus
 */
/** @typedef {{key: string, text: string, tries: number, done: PromiseWithResolvers<Sent>}} Entry */

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
    const { key, text } = entry;
    connection.request({ type: "send", room, key, text }, (reply) => {
      if (inFlight.get(room) !== entry) return;
      inFlight.delete(room);
      if (reply.kind === "lost") return;
      if (reply.kind === "error" && isRetryable(reply.error)) {
        if (reply.error.code === "rate_limited") paced.add(room);
        return pause(room, reply.error.retryAfterMs ?? backoffMs(entry.tries++, random));
      }
      queues.get(room)?.shift();
      if (reply.kind === "error") {
        onStatus({ room, key, text, status: "failed", error: reply.error });
        entry.done.reject(reply.error);
      } else {
        const cursor = String(reply.ok.cursor);
        const at = Number(reply.ok.at);
        onStatus({ room, key, text, status: "sent", cursor, at });
        entry.done.resolve({ room, key, cursor, at });
      }
      advance(room);
    });
  }

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
     * @param {string} key
     * @param {string} text
     * @returns {Promise<Sent>} rejects with the protocol's error when the server refuses it for good
     */
    add(room, key, text) {
      const queue = queues.get(room) ?? [];
      const same = queue.find((entry) => entry.key === key);
      if (same?.text === text) return same.done.promise;
      const refusal = same === undefined
        ? tooLong(text)
        : { code: "conflict", message: `The key ${key} waits with another text` };
      if (refusal !== undefined) {
        if (same === undefined) onStatus({ room, key, text, status: "failed", error: refusal });
        const refused = Promise.reject(refusal);
        refused.catch(() => {});
        return refused;
      }
      /** @type {Entry} */
      const entry = { key, text, tries: 0, done: Promise.withResolvers() };
      // The status event tells as well: who listens there need not catch here.
      entry.done.promise.catch(() => {});
      queue.push(entry);
      queues.set(room, queue);
      onStatus({ room, key, text, status: "pending" });
      flush(room);
      return entry.done.promise;
    },

    /**
     * @param {string} room
     * @returns {boolean}
     */
    hasUnsent: (room) => queues.has(room),

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
      for (const { key, text, done } of queue) {
        onStatus({ room, key, text, status: "failed", error });
        done.reject(error);
      }
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
