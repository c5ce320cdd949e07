import { Hono } from "hono";
import { z } from "zod";
import { newGuestId } from "../auth/guests.ts";
import type { RateLimit } from "../chat/rate_limit.ts";
import type { Rooms } from "../chat/rooms.ts";
import { ChatError } from "../protocol/errors.ts";
import { encodeEvents, MAX_FRAME_BYTES, parseJson, parseWith } from "../protocol/frames.ts";
import { parsePersonName, parseRoomName } from "../protocol/names.ts";
import type { Env } from "./websocket.ts";

/** What {@linkcode messages} needs. */
export interface MessagesParts {
  /** What may be done in rooms. */
  readonly rooms: Rooms;
  /** How fast one address may send. */
  readonly sendLimit: RateLimit;
}

const body = z.strictObject({ text: z.string(), name: z.string().optional() });
const query = z.strictObject({
  before: z.string().optional(),
  after: z.string().optional(),
  around: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** `/v1/rooms/:room/messages`: a room's history, and sending without a socket. */
export function messages({ rooms, sendLimit }: MessagesParts): Hono<Env> {
  const app = new Hono<Env>();

  app.get("/", async (c) => {
    const room = parseRoomName(c.req.param("room") ?? "");
    const { items, hasBefore, hasAfter } = await rooms.history(room, parseWith(c.req.query(), query));
    const json = `{"items":${encodeEvents(items)},"hasBefore":${hasBefore},"hasAfter":${hasAfter}}`;
    return c.body(json, 200, { "content-type": "application/json", "cache-control": "no-store" });
  });

  app.put("/:key", async (c) => {
    const room = parseRoomName(c.req.param("room") ?? "");
    const { text, name } = parseWith(parseJson(await readBody(c.req.raw)), body);
    const addr = c.env?.remoteAddr;
    sendLimit.take(`address ${addr?.transport === "tcp" ? addr.hostname : ""}`);
    const user = { id: newGuestId(), name: name === undefined ? "guest" : parsePersonName(name) };
    const { cursor, at, duplicate } = await rooms.send(room, user, { text, key: c.req.param("key") });
    return c.json({ cursor, at }, duplicate ? 200 : 201);
  });

  return app;
}

/** Reads a body as text, up to the limit and no further. */
async function readBody(request: Request): Promise<string> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  try {
    // To leave this loop cancels the body: nobody waits for the rest of it. (Hono's bodyLimit does not, and leaks it.)
    for await (const chunk of request.body ?? []) {
      bytes += chunk.length;
      if (bytes > MAX_FRAME_BYTES) {
        throw new ChatError("too_long", `Cannot take a body over ${MAX_FRAME_BYTES} bytes: it is longer`);
      }
      chunks.push(chunk);
    }
  } catch (cause) {
    throw cause instanceof ChatError
      ? cause
      : new ChatError("bad_request", "Cannot read the body: it ended early", { cause });
  }
  return decodeBody(await new Blob(chunks).arrayBuffer());
}

function decodeBody(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ChatError("bad_request", "Cannot read the body: it is not UTF-8", { cause });
  }
}
