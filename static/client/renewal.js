/**
 * Gives the server a new token before the old one ends [V21], so that who is signed in stays on one connection.
 * @module
 */

import { backoffMs } from "./backoff.js";
import { isTime, readUser } from "./records.js";

/** @import { Clock, Connection } from "./connection.js" */
/** @import { User } from "./events.js" */
/** @import { Hello } from "./frames.js" */
/** @import { Identity } from "./identity.js" */
/** @import { Ask } from "./questions.js" */

/** `expiresAt`: when the token ends, in milliseconds since 1970 by the server's clock. @typedef {{user: User | undefined, expiresAt: number | undefined}} Refreshed */

/** This long before the end, or a fifth of what is left when that is less. */
const AHEAD_MS = 60_000;
/** Not more often than that, whatever the server says. */
const MIN_MS = 5_000;
/** `setTimeout` takes no more. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Makes it, with nothing to renew.
 * @param {object} parts
 * @param {Ask} parts.ask
 * @param {Pick<Connection, "reconnect" | "renamed">} parts.connection
 * @param {Identity} parts.identity
 * @param {Clock} parts.clock
 * @param {() => number} parts.random
 */
export function createRenewal({ ask, connection, identity, clock, random }) {
  /** @type {unknown} */
  let timer;
  /** Counts connections: what an earlier one's renewal brings is of no use. */
  let turn = 0;
  let failures = 0;
  /** The server's clock minus ours. */
  let aheadMs = 0;

  /** @param {number | undefined} expiresAt by the server's clock */
  function plan(expiresAt) {
    clock.clearTimeout(timer);
    if (expiresAt === undefined || !identity.canFetch) return;
    const leftMs = expiresAt - clock.now() - aheadMs;
    const waitMs = Math.max(MIN_MS, leftMs - Math.min(AHEAD_MS, leftMs / 5));
    timer = waitMs > MAX_TIMER_MS
      ? clock.setTimeout(() => plan(expiresAt), MAX_TIMER_MS)
      : clock.setTimeout(renew, waitMs);
  }

  async function renew() {
    const mine = turn;
    try {
      const token = await identity.fetch();
      if (mine === turn) await give(token);
    } catch {
      // Until the end of the old one: then the server closes, and the way back begins with a new one.
      if (mine === turn) timer = clock.setTimeout(renew, MIN_MS + backoffMs(failures++, random));
    }
  }

  /**
   * @param {string} token
   * @returns {Promise<Refreshed>}
   */
  async function give(token) {
    const { user, expiresAt } = await ask("refresh", { token });
    const end = isTime(expiresAt) ? expiresAt : undefined;
    const owner = readUser(user);
    failures = 0;
    plan(end);
    // Host sites rename their users by signing another name.
    if (owner !== undefined) connection.renamed(owner);
    return { user: owner, expiresAt: end };
  }

  function stop() {
    turn += 1;
    failures = 0;
    clock.clearTimeout(timer);
  }

  return {
    /** A new connection. @param {Hello} hello */
    begin({ now, expiresAt }) {
      stop();
      aheadMs = now === undefined ? 0 : now - clock.now();
      plan(expiresAt);
    },

    /** The connection is gone. */
    stop,

    /**
     * @param {string} token
     * @returns {Promise<Refreshed>} rejects with the protocol's error; then the token of before stays
     */
    refresh(token) {
      const before = identity.token;
      identity.token = token;
      connection.reconnect();
      const given = give(token);
      given.catch((error) => {
        if (error.code !== "lost" && identity.token === token) identity.token = before;
      });
      return given;
    },
  };
}
