/**
 * The frames of `maru.v1`: what clients ask, and what the server says. The rules are in `docs/protocol.md`.
 *
 * @module
 */

import { z } from "zod";
import { ChatError, quote, type WireError } from "./errors.ts";

/** The subprotocol's name. */
export const SUBPROTOCOL = "maru.v1";

/** Bytes of the largest frame that a client may send. */
export const MAX_FRAME_BYTES = 64 * 1024;

/** Characters of a schema's own words in an error's message. */
const MAX_WHY_LENGTH = 120;

const id = z.int().nonnegative();
// Rooms, names, keys, texts and cursors have parsers of their own, whose errors have codes of their own.
const room = z.string();
// What is no string is no cursor either: `bad_cursor`, as on HTTP, where -1 and 1e999 are strings.
const cursor = z.unknown().transform((value) => typeof value === "string" ? value : quote(value));

/** Every request, told apart by `type`. */
export const request = z.discriminatedUnion("type", [
  z.strictObject({
    id,
    type: z.literal("hello"),
    name: z.string().optional(),
    token: z.string().max(4_096).optional(),
  }),
  z.strictObject({ id, type: z.literal("join"), room, after: cursor.optional() }),
  z.strictObject({ id, type: z.literal("leave"), room }),
  z.strictObject({ id, type: z.literal("send"), room, key: z.string(), text: z.string() }),
  z.strictObject({ id, type: z.literal("typing"), room }),
  z.strictObject({ id, type: z.literal("ping") }),
]);

/** See {@linkcode request}. */
export type Request = z.infer<typeof request>;

/** A frame as it was understood: the request, or why it is none, with its `id` if that could be read. */
export type ParsedRequest =
  | { readonly id: number; readonly request: Request }
  | { readonly id: number | undefined; readonly error: ChatError };

/** Parses a text frame of `maru.v1`; never throws. */
export function parseRequest(text: string): ParsedRequest {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    // parseJson throws nothing else.
    return { id: undefined, error: error as ChatError };
  }
  const parsed = request.safeParse(value);
  if (parsed.success) return { id: parsed.data.id, request: parsed.data };
  return { id: findId(value), error: frameError(value, parsed.error) };
}

/**
 * Parses JSON that somebody sent.
 *
 * @throws {ChatError} `bad_request`.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ChatError("bad_request", `Cannot read the frame: it is not JSON: ${quote(text)}`);
  }
}

/**
 * Checks a value that somebody sent against a schema.
 *
 * @param value What `parseJson` returned.
 * @param schema What it has to be.
 * @throws {ChatError} `bad_request`, naming the first thing that is wrong.
 */
export function parseWith<T>(value: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw frameError(value, parsed.error);
}

/** `{"id", "ok"}`. */
export function okFrame(id: number, ok: object): string {
  return `{"id":${id},"ok":${JSON.stringify(ok)}}`;
}

/** `{"id", "error"}`, or `{"type": "error", "error"}` when nobody knows which request it answers. */
export function errorFrame(id: number | undefined, error: WireError): string {
  return JSON.stringify(id === undefined ? { type: "error", error } : { id, error });
}

/** An event as it stands in a log. */
export interface EncodedEvent {
  /** Its place. */
  readonly cursor: string;
  /** The event as one JSON object, not empty. */
  readonly json: string;
}

/** An event as clients see it: with its cursor. The JSON is only put together, never encoded again. */
export function encodeWithCursor({ cursor, json }: EncodedEvent): string {
  return `{"cursor":"${cursor}",${json.slice(1)}`;
}

/** A JSON array of events. */
export function encodeEvents(events: readonly EncodedEvent[]): string {
  return `[${events.map(encodeWithCursor).join(",")}]`;
}

/** `{"type": "events", "room", "prev", "events"}`. */
export function eventsFrame(room: string, prev: string, events: readonly EncodedEvent[]): string {
  return `{"type":"events","room":${JSON.stringify(room)},"prev":"${prev}","events":${encodeEvents(events)}}`;
}

function findId(value: unknown): number | undefined {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, "id")) return undefined;
  const parsed = id.safeParse(Reflect.get(value, "id"));
  return parsed.success ? parsed.data : undefined;
}

function frameError(value: unknown, error: z.ZodError): ChatError {
  const issue = error.issues[0];
  const path = issue?.path.join(".") ?? "";
  const where = path === "" ? "the frame" : `"${path.slice(0, 40)}"`;
  // It names every unknown key, and those are as long as the frame.
  const why = issue?.message.slice(0, MAX_WHY_LENGTH) ?? "it is not valid";
  return new ChatError("bad_request", `Cannot take ${where}: ${why}: ${quote(value)}`);
}
