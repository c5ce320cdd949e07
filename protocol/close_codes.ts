/**
 * Close codes (RFC 6455 §7.4). 4000–4499 say "come back", 4500–4999 "stay away".
 *
 * @module
 */

/** The codes that Maru closes with. */
export const CLOSE = {
  /** Done; nothing went wrong. */
  normal: 1000,
  /** A binary frame: the protocol is text. */
  unsupported: 1003,
  /** Three bad frames, or a rate limit ignored. */
  policy: 1008,
  /** A frame over the limit. */
  tooBig: 1009,
  /** A fault in the server. */
  internal: 1011,
  /** The server drains or restarts: come back at once, with jitter. */
  restart: 1012,
  /** The socket's place in a log is no longer kept: come back and join again. */
  resync: 4000,
  /** The token's time is over: come back with a new one. */
  expired: 4001,
  /** The session was ended or the key revoked: stay away until somebody signs in again. */
  ended: 4500,
  /** Banned from the whole service: stay away. */
  banned: 4501,
} as const;
