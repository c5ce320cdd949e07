/**
 * What the server says on `maru.v1` (docs/protocol.md), read with suspicion: the page must survive a server that is
 * newer than itself, so unknown types and keys are let pass and malformed parts are left out [V2].
 * @module
 */

import { readEvents } from "./events.js";
import { findWord, isCount, isRecord, isTime, parseRecord, readUser } from "./records.js";

/** @import { LogEvent, User } from "./events.js" */

/** @typedef {{code: string, message: string, retryAfterMs?: number}} ProtocolError */
/** @typedef {{text: number, frame: number, rooms: number, rate: number}} Limits */
/** @typedef {{user: User, token: string | undefined, limits: Limits, now: number | undefined, expiresAt: number | undefined}} Hello */

/**
 * What became of a request. `lost`: the connection went first, so nobody knows; unless it is `unsent`: it never left.
 * @typedef {{kind: "ok", ok: Record<string, unknown>} | {kind: "error", error: ProtocolError}
 *   | {kind: "lost", unsent?: true}} Reply
 */
/** @typedef {{at: number, user: User, here: boolean}} PresenceChange somebody came to a room, or went with their last device */
/** @typedef {"left" | "kicked" | "banned"} RemovedWhy */
/**
 * News of one of my rooms [V24]; counts as `my_rooms` tells them. `at`: when the last message came.
 * @typedef {{room: string, head: string, at?: number, marker?: string, unread: number, more?: true, mentions: number}} Activity
 */
/**
 * What happened to the person [V24].
 * @typedef {{type: "mention", at: number, user: User, room: string} | {type: "read", at: number, room: string, cursor: string}
 *   | {type: "membership", at: number, room: string, change: string} | {type: "renamed", at: number, user: User}} PersonEvent
 */
/**
 * @typedef {{kind: "answer", id: number, reply: Reply}
 *   | {kind: "events", room: string, prev: string, events: LogEvent[]}
 *   | {kind: "people", room: string, changes: PresenceChange[]}
 *   | {kind: "activity", activity: Activity}
 *   | {kind: "person", events: PersonEvent[]}
 *   | {kind: "removed", room: string, why: RemovedWhy}
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
  const { id, ok, error } = frame;
  if (typeof id !== "number") return readUnasked(frame);
  if (isRecord(error)) return { kind: "answer", id, reply: { kind: "error", error: readError(error) } };
  return isRecord(ok) ? { kind: "answer", id, reply: { kind: "ok", ok } } : { kind: "other" };
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
    ...(isCount(retryAfterMs) && { retryAfterMs }),
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
 * @returns {Hello}
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
    now: isTime(ok.now) ? ok.now : undefined,
    expiresAt: isTime(ok.expiresAt) ? ok.expiresAt : undefined,
  };
}

/**
 * @param {Record<string, unknown>} frame
 * @returns {ServerFrame}
 */
function readUnasked(frame) {
  const { type, room, prev } = frame;
  if (type === "person" && Array.isArray(frame.events)) {
    return { kind: "person", events: frame.events.map(readPersonEvent).filter((event) => event !== undefined) };
  }
  if (typeof room !== "string") return { kind: "other" };
  if (type === "events" && typeof prev === "string") {
    return { kind: "events", room, prev, events: readEvents(frame.events) };
  }
  if (type === "people" && Array.isArray(frame.changes)) {
    return { kind: "people", room, changes: frame.changes.map(readPresence).filter((change) => change !== undefined) };
  }
  if (type === "activity" && typeof frame.head === "string") {
    return { kind: "activity", activity: readActivity(frame, room, frame.head) };
  }
  // Whatever the word is, we are out of it.
  if (type === "removed") return { kind: "removed", room, why: findWord(frame.why, ["kicked", "banned"]) ?? "left" };
  return { kind: "other" };
}

/**
 * @param {unknown} value
 * @returns {PresenceChange | undefined}
 */
function readPresence(value) {
  if (!isRecord(value)) return undefined;
  const user = readUser(value.user);
  const { at, here } = value;
  return user && isTime(at) && typeof here === "boolean" ? { at, user, here } : undefined;
}

/**
 * @param {Record<string, unknown>} frame
 * @param {string} room
 * @param {string} head
 * @returns {Activity}
 */
function readActivity({ at, marker, unread, more, mentions }, room, head) {
  return {
    room,
    head,
    ...(isTime(at) && { at }),
    ...(typeof marker === "string" && { marker }),
    unread: isCount(unread) ? unread : 0,
    ...(more === true && { more }),
    mentions: isCount(mentions) ? mentions : 0,
  };
}

/**
 * @param {unknown} value
 * @returns {PersonEvent | undefined}
 */
function readPersonEvent(value) {
  if (!isRecord(value) || !isTime(value.at)) return undefined;
  const { type, at, room, cursor, change } = value;
  const user = readUser(value.user);
  if (type === "renamed") return user && { type, at, user };
  if (typeof room !== "string") return undefined;
  if (type === "mention") return user && { type, at, user, room };
  if (type === "read" && typeof cursor === "string") return { type, at, room, cursor };
  if (type === "membership" && typeof change === "string") return { type, at, room, change };
  return undefined;
}

/**
 * @param {unknown} value
 * @param {number} fallback
 */
function readLimit(value, fallback) {
  return isCount(value) ? value : fallback;
}
