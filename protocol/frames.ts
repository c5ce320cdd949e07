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

/** The requests that are about the socket itself, and `send`, told apart by `type`. All others are operations (`operations/table.ts`). */
export const request = z.discriminatedUnion("type", [
  z.strictObject({
    id,
    type: z.literal("hello"),
    name: z.string().optional(),
    token: z.string().max(4_096).optional(),
  }),
  z.strictObject({ id, type: z.literal("refresh"), token: z.string().max(4_096) }),
  z.strictObject({ id, type: z.literal("join"), room, after: cursor.optional(), people: z.boolean().optional() }),
  z.strictObject({ id, type: z.literal("leave"), room }),
  z.strictObject({
    id,
    type: z.literal("send"),
    room,
    key: z.string(),
    text: z.string(),
    reply: cursor.optional(),
    thread: cursor.optional(),
  }),
  z.strictObject({ id, type: z.literal("typing"), room, on: z.boolean().optional() }),
  z.strictObject({ id, type: z.literal("watch") }),
  z.strictObject({ id, type: z.literal("unwatch") }),
  z.strictObject({ id, type: z.literal("ping") }),
]);

/** See {@linkcode request}. */
export type Request = z.infer<typeof request>;

/** A request that is none of {@linkcode request}: perhaps an operation's. */
export interface OtherRequest {
  /** Its type. */
  readonly type: string;
  /** What is left of the frame without `id` and `type`; unchecked. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** A frame as it was understood: the request, or why it is none, with its `id` if that could be read. */
export type ParsedRequest =
  | { readonly id: number; readonly request: Request }
  | { readonly id: number; readonly other: OtherRequest }
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
  return findOther(value) ?? { id: findId(value), error: frameError(value, parsed.error) };
}

const TYPES: ReadonlySet<string> = new Set(request.options.map(({ shape }) => shape.type.value));
const otherRequest = z.looseObject({ id, type: z.string() });

function findOther(value: unknown): { readonly id: number; readonly other: OtherRequest } | undefined {
  const parsed = otherRequest.safeParse(value);
  if (!parsed.success || TYPES.has(parsed.data.type)) return undefined;
  const { id, type } = parsed.data;
  // Of the frame itself: zod leaves a key `__proto__` away, and an operation refuses it as any other that it does not know.
  const { id: _id, type: _type, ...input }: Record<string, unknown> = Object(value);
  return { id, other: { type, input } };
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
export function okFrame(id: number, ok: unknown): string {
  return `{"id":${id},"ok":${JSON.stringify(ok)}}`;
}

/** `{"id", "ok"}` of an answer that is encoded already. */
export function okJsonFrame(id: number, json: string): string {
  return `{"id":${id},"ok":${json}}`;
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
