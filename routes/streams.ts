/**
 * What is read as one long answer: a room's events as server-sent events, and exports.
 *
 * @module
 */

import { type Context, Hono } from "hono";
import type { Connections } from "../consumers/connections.ts";
import type { ChannelLayer } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import { ChatError } from "../protocol/errors.ts";
import { parseRoomName } from "../protocol/names.ts";
import { openEventStream } from "./event_stream.ts";
import type { Env } from "./websocket.ts";

/** What {@linkcode streams} needs. */
export interface StreamsParts {
  /** Groups. */
  readonly layer: ChannelLayer;
  /** Counts the open ones, and ends them in a drain. */
  readonly connections: Connections;
  /** Who asks. @throws {ChatError} `unauthorized`. */
  readonly callerOf: (c: Context<Env>) => Promise<Caller>;
  /** From where; `""` where it is not known, as by default. */
  readonly addressOf?: (c: Context<Env>) => string;
  /** Whether they may read a room, as it is now. @throws {ChatError} `forbidden`. */
  readonly mayRead: (caller: Caller, room: string) => Promise<void>;
  /** A room as NDJSON, a line each, without its end. Refuses with its first `next`. */
  readonly exportRoom: (caller: Caller, room: string) => AsyncIterable<string>;
  /** Everything of one's own, as {@linkcode exportRoom}. */
  readonly exportPerson: (caller: Caller) => AsyncIterable<string>;
  /** Told of faults. */
  readonly report: (what: string, error: unknown) => void;
  /** Milliseconds between two comments that keep a quiet stream open. Default 15 s. */
  readonly pingMs?: number;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

const NOT_CACHED = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

const STREAM_HEADERS = {
  ...NOT_CACHED,
  "content-type": "text/event-stream; charset=utf-8",
  "x-accel-buffering": "no",
};

/** `/v1/rooms/:room/stream`, `/v1/rooms/:room/export`, `/v1/me/export`. */
export function streams(parts: StreamsParts): Hono<Env> {
  const app = new Hono<Env>();

  app.get("/v1/rooms/:room/stream", async (c) => {
    if (parts.connections.isDraining) {
      throw new ChatError("unavailable", "The server restarts", { retryAfterMs: 1_000 });
    }
    const caller = await parts.callerOf(c);
    const room = parseRoomName(c.req.param("room"));
    // What the browser remembers is newer than what the page was written with.
    const after = c.req.header("last-event-id") || c.req.query("after") || undefined;
    // Before the log is read: how long that takes would tell whether there is such a room.
    await parts.mayRead(caller, room);
    // Nobody would read what a stream says, nor end it.
    if (c.req.method === "HEAD") return new Response(null, { headers: STREAM_HEADERS });
    const body = await openEventStream({
      ...parts,
      caller,
      address: parts.addressOf?.(c) ?? "",
      room,
      after,
      // Asked again when we already listen: what ended meanwhile has not been missed.
      permit: async () => {
        await parts.callerOf(c);
        await parts.mayRead(caller, room);
      },
    });
    return new Response(body, { headers: STREAM_HEADERS });
  });

  app.get("/v1/rooms/:room/export", async (c) => {
    const caller = await parts.callerOf(c);
    const room = parseRoomName(c.req.param("room"));
    return await ndjson(parts.exportRoom(caller, room), room, parts.report);
  });

  app.get("/v1/me/export", async (c) => {
    return await ndjson(parts.exportPerson(await parts.callerOf(c)), "me", parts.report);
  });

  return app;
}

/** Bytes of lines that are put together before they are handed on. */
const CHUNK_BYTES = 16 * 1024;

/** One line is asked for when the reader wants it, so a slow one holds the export where it is. */
async function ndjson(lines: AsyncIterable<string>, name: string, report: StreamsParts["report"]): Promise<Response> {
  const iterator = lines[Symbol.asyncIterator]();
  // Before there is a status: who may not is told so.
  let next = await iterator.next();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        let text = "";
        while (!next.done && text.length < CHUNK_BYTES) {
          text += `${next.value}\n`;
          next = await iterator.next();
        }
        if (text !== "") controller.enqueue(encoder.encode(text));
        if (next.done) controller.close();
      } catch (error) {
        // The answer breaks off without its end, which every client notices.
        if (!(error instanceof ChatError)) report("an export", error);
        controller.error(error);
      }
    },
    async cancel() {
      await iterator.return?.();
    },
  }, { highWaterMark: 0 });
  return new Response(body, {
    headers: {
      ...NOT_CACHED,
      "content-type": "application/x-ndjson; charset=utf-8",
      "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name)}.ndjson`,
    },
  });
}
