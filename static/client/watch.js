/**
 * News of all my rooms [V24], over any number of connections.
 * @module
 */

import { backoffMs } from "./backoff.js";
import { isRetryable } from "./frames.js";

/** @import { Clock, Connection } from "./connection.js" */
/** @import { Reply } from "./frames.js" */

/**
 * Makes it; it does not watch yet.
 * @param {object} parts
 * @param {Pick<Connection, "request">} parts.connection
 * @param {Clock} parts.clock
 * @param {() => number} parts.random
 */
export function createWatch({ connection, clock, random }) {
  /** Who watches: settled by the first answer. @type {PromiseWithResolvers<void> | undefined} */
  let watching;
  let isOnline = false;
  let failures = 0;
  /** @type {unknown} */
  let timer;

  function begin() {
    clock.clearTimeout(timer);
    const mine = watching;
    if (mine === undefined || !isOnline) return;
    connection.request({ type: "watch" }, (reply) => {
      if (mine === watching) settle(mine, reply);
    });
  }

  /**
   * @param {PromiseWithResolvers<void>} mine
   * @param {Reply} reply
   */
  function settle(mine, reply) {
    if (reply.kind === "lost") return;
    if (reply.kind === "ok") {
      failures = 0;
      return mine.resolve();
    }
    const { error } = reply;
    if (isRetryable(error)) {
      timer = clock.setTimeout(begin, Math.max(error.retryAfterMs ?? 0, backoffMs(failures++, random)));
      return;
    }
    watching = undefined;
    mine.reject(error);
  }

  return {
    /** @returns {Promise<void>} when the server has begun to tell; rejects with the protocol's error when it will not */
    start() {
      if (watching === undefined) {
        watching = Promise.withResolvers();
        // Who does not care for the answer shall not meet an unhandled rejection.
        watching.promise.catch(() => {});
        begin();
      }
      return watching.promise;
    },

    /** No more news; who waited for the first hears `closed`. */
    stop() {
      clock.clearTimeout(timer);
      if (watching === undefined) return;
      watching.reject({ code: "closed", message: "it was ended before it began" });
      watching = undefined;
      if (isOnline) connection.request({ type: "unwatch" }, () => {});
    },

    /** The connection is there, a new one. */
    resume() {
      isOnline = true;
      begin();
    },

    /** The connection is gone. */
    lost() {
      isOnline = false;
      clock.clearTimeout(timer);
    },
  };
}
