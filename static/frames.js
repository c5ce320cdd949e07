/**
 * What the server says on `maru.v1` (docs/protocol.md), read with suspicion: the page must survive a server that is
 * newer than itself, so unknown types and keys are let pass and malformed parts are left out [V2].
 * @module
 */

/** @typedef {{id: string, name: string}} User */
/** @typedef {{code: string, message: string, retryAfterMs?: number}} ProtocolError */
/** @typedef {{cursor: string, type: "message", at: number, user: User, key?: string, text: string}} Message */
/** @typedef {{cursor: string, type: "typing", at: number, user: User}} Typing */
/** @typedef {{cursor: string, type: "unknown"}} UnknownEvent Kept for its cursor: it has a place in the log. */
/** @typedef {Message | Typing | UnknownEvent} LogEvent */
/** @typedef {Message | Typing} RoomEvent */
/** @typedef {{text: number, frame: number, rooms: number, rate: number}} Limits */

/**
 * What became of a request. `lost`: the connection went first, so nobody knows.
 * @typedef {{kind: "ok", ok: Record<string, unknown>} | {kind: "error", error: ProtocolError} | {kind: "lost"}} Reply
 */
/**
 * @typedef {{kind: "answer", id: number, reply: Reply}
 *   | {kind: "events", room: string, prev: string, events: LogEvent[]}
 *   | {kind: "other"}} ServerFrame
 */

/** What protocol.md says when `hello` does not. @type {Limits} */
export const DEFAULT_LIMITS = { text: 4000, frame: 65_536, rooms: 100, rate: 10 };

/**
 * Reads one text frame of the server.
 * @param {string} text
 * @returns {ServerFrame} `other` for everything that a client has to ignore
 */
export function parseFrame(text) {
  const frame = parseRecord(text);
  if (frame === undefined) return { kind: "other" };
  const { id, ok, error, type, room, prev } = frame;
  if (typeof id === "number") {
    if (isRecord(error)) return { kind: "answer", id, reply: { kind: "error", error: readError(error) } };
    return isRecord(ok) ? { kind: "answer", id, reply: { kind: "ok", ok } } : { kind: "other" };
  }
  if (type === "events" && typeof room === "string" && typeof prev === "string") {
    return { kind: "events", room, prev, events: readEvents(frame.events) };
  }
  return { kind: "other" };
}

/**
 * Reads a list of log entries, as `events`, the answer to `join` and `GET …/messages` carry them.
 * @param {unknown} list
 * @returns {LogEvent[]} in the list's order, without what has no cursor
 */
export function readEvents(list) {
  if (!Array.isArray(list)) return [];
  return list.map(readEvent).filter((event) => event !== undefined);
}

/**
 * Reads an error object, or a problem (RFC 9457), which carries the same fields.
 * @param {Record<string, unknown>} value
 * @returns {ProtocolError}
 */
export function readError(value) {
  const { code, message, detail, retryAfterMs } = value;
  return {
    code: typeof code === "string" ? code : "internal",
    message: typeof message === "string" ? message : typeof detail === "string" ? detail : "",
    ...(typeof retryAfterMs === "number" && retryAfterMs >= 0 && { retryAfterMs }),
  };
}

/**
 * Whether the same request may succeed later (docs/protocol.md, "Errors").
 * @param {ProtocolError} error
 */
export function isRetryable({ code }) {
  return code === "rate_limited" || code === "unavailable" || code === "internal";
}

/**
 * Reads the answer to `hello`.
 * @param {Record<string, unknown>} ok
 * @returns {{user: User, token: string | undefined, limits: Limits, now: number | undefined}}
 */
export function readHello(ok) {
  const limits = isRecord(ok.limits) ? ok.limits : {};
  return {
    user: readUser(ok.user) ?? { id: "", name: "" },
    token: typeof ok.token === "string" ? ok.token : undefined,
    limits: {
      text: readLimit(limits.text, DEFAULT_LIMITS.text),
      frame: readLimit(limits.frame, DEFAULT_LIMITS.frame),
      rooms: readLimit(limits.rooms, DEFAULT_LIMITS.rooms),
      rate: readLimit(limits.rate, DEFAULT_LIMITS.rate),
    },
    now: typeof ok.now === "number" ? ok.now : undefined,
  };
}

/**
 * Whether a parsed value is an object, and no list.
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
export function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param {string} text */
function parseRecord(text) {
  try {
    const value = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {unknown} value
 * @returns {LogEvent | undefined}
 */
function readEvent(value) {
  if (!isRecord(value) || typeof value.cursor !== "string") return undefined;
  const { cursor, type, at, key, text } = value;
  const user = readUser(value.user);
  if (user !== undefined && typeof at === "number") {
    if (type === "typing") return { cursor, type, at, user };
    if (type === "message" && typeof text === "string") {
      return { cursor, type, at, user, text, ...(typeof key === "string" && { key }) };
    }
  }
  return { cursor, type: "unknown" };
}

/**
 * @param {unknown} value
 * @returns {User | undefined}
 */
function readUser(value) {
  if (!isRecord(value) || typeof value.id !== "string" || typeof value.name !== "string") return undefined;
  return { id: value.id, name: value.name };
}

/**
 * @param {unknown} value
 * @param {number} fallback
 */
function readLimit(value, fallback) {
  return typeof value === "number" && value >= 0 ? value : fallback;
}
