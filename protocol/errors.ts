/**
 * Every expected failure has a code, and this table says what the code means on HTTP, on a socket that it ends, and to
 * someone who wonders whether to try again. `docs/protocol.md` shows the same table to people.
 *
 * @module
 */

import { CLOSE } from "./close_codes.ts";

/** What a code means outside the process. */
export interface ErrorMeaning {
  /** HTTP status of the problem document. */
  readonly status: number;
  /** Close code when the failure ends a connection; absent where it never does. */
  readonly close?: number;
  /** Whether the same request can succeed later, unchanged. */
  readonly retryable: boolean;
  /** The problem document's title. */
  readonly title: string;
}

/** The codes that clients see. A code is never renamed; new ones may come. */
export type ErrorCode =
  | "bad_request"
  | "bad_handshake"
  | "bad_room"
  | "bad_name"
  | "name_taken"
  | "bad_cursor"
  | "bad_key"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "method_not_allowed"
  | "conflict"
  | "cursor_expired"
  | "too_long"
  | "upgrade_required"
  | "rate_limited"
  | "internal"
  | "unavailable";

/** Code → meaning. */
export const ERRORS = {
  bad_request: { status: 400, close: CLOSE.policy, retryable: false, title: "Bad request" },
  bad_handshake: { status: 400, retryable: false, title: "Bad WebSocket handshake" },
  bad_room: { status: 400, retryable: false, title: "Not a room name" },
  bad_name: { status: 400, retryable: false, title: "Not a person's name" },
  name_taken: { status: 409, retryable: false, title: "The name is somebody else's, or looks like it" },
  bad_cursor: { status: 400, retryable: false, title: "Not a cursor" },
  bad_key: { status: 400, retryable: false, title: "Not a key" },
  unauthorized: { status: 401, retryable: false, title: "Nobody has said who is asking" },
  forbidden: { status: 403, retryable: false, title: "Not allowed" },
  not_found: { status: 404, retryable: false, title: "Not found" },
  method_not_allowed: { status: 405, retryable: false, title: "Not with this method" },
  conflict: { status: 409, retryable: false, title: "In conflict with what is there" },
  cursor_expired: { status: 410, close: CLOSE.resync, retryable: true, title: "The cursor's past is no longer kept" },
  too_long: { status: 413, close: CLOSE.tooBig, retryable: false, title: "Over a limit of length" },
  upgrade_required: { status: 426, retryable: false, title: "This path speaks WebSocket" },
  rate_limited: { status: 429, close: CLOSE.policy, retryable: true, title: "Slow down" },
  internal: { status: 500, close: CLOSE.internal, retryable: true, title: "A fault of ours" },
  unavailable: { status: 503, close: CLOSE.restart, retryable: true, title: "Not available now" },
} satisfies Record<ErrorCode, ErrorMeaning>;

/** Code → meaning, for a code that is only known at run time. */
export function meaningOf(code: ErrorCode): ErrorMeaning {
  return ERRORS[code];
}

/** Options of {@linkcode ChatError}. */
export interface ChatErrorOptions {
  /** What went wrong underneath; logged, never sent. */
  readonly cause?: unknown;
  /** Milliseconds after which a retry makes sense. */
  readonly retryAfterMs?: number;
}

/** An expected failure. Its message is meant for the one who asked: what, why, and the value met. */
export class ChatError extends Error {
  /** See {@linkcode ERRORS}. */
  readonly code: ErrorCode;
  /** Milliseconds after which a retry makes sense, where that is known. */
  readonly retryAfterMs?: number;

  /**
   * Makes one.
   *
   * @param code One of {@linkcode ErrorCode}.
   * @param message What, why and the value met; goes out to the client.
   * @param options Cause and retry time.
   */
  constructor(code: ErrorCode, message: string, options: ChatErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = "ChatError";
    this.code = code;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
  }

  /** Whether the same request can succeed later, unchanged. */
  get retryable(): boolean {
    return meaningOf(this.code).retryable;
  }
}

/** What an error is on the wire: the `error` of an answer, and part of a problem document. */
export interface WireError {
  /** See {@linkcode ERRORS}. */
  readonly code: ErrorCode;
  /** What, why and the value met. */
  readonly message: string;
  /** Milliseconds after which a retry makes sense. */
  readonly retryAfterMs?: number;
}

/**
 * The wire form of anything thrown. What is not a {@linkcode ChatError} becomes `internal` without details: neither a
 * message nor a stack of ours leaves the server.
 */
export function wireError(error: unknown): WireError {
  if (!(error instanceof ChatError)) return { code: "internal", message: "Something went wrong on our side" };
  const { code, message, retryAfterMs } = error;
  return retryAfterMs === undefined ? { code, message } : { code, message, retryAfterMs };
}

/** A value as it may stand in a message: JSON, cut at 40 characters, never with control characters. */
export function quote(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  // JSON escapes neither DEL and the C1 controls, which terminals obey, nor line separators and bidi overrides.
  const plain = json.slice(0, 41).replace(UNSEEN, (unseen) => {
    return `\\u${(unseen.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  });
  return plain.length <= 40 ? plain : `${plain.slice(0, 39).toWellFormed()}…`;
}

const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;
