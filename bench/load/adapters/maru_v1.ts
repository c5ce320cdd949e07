/**
 * `maru.v1` (docs/protocol.md): hello, join, send with a key of its own for each message.
 *
 * @module
 */

import { messageNumber, messageText } from "../message_text.ts";
import type { RawSocket } from "../raw_socket.ts";
import type { Adapter, Received } from "./adapter.ts";

const ROOM = "bench";
/** Request ids below this one belong to hello and join. */
const FIRST_SEND_ID = 10;

/** @param run Eight hexadecimal digits that no other run on the same database uses: keys begin with them. */
export function createMaruV1(run: string): Adapter {
  return {
    path: () => "/ws",
    protocol: "maru.v1",
    acknowledges: true,
    enter(socket, client, rooms) {
      ask(socket, { id: 1, type: "hello", name: `bench-${client}` });
      const ok = ask(socket, { id: 2, type: "join", room: rooms === 1 ? ROOM : `${ROOM}-${client % rooms}` });
      return isObject(ok) && typeof ok.head === "string" ? ok.head : "";
    },
    say(message) {
      // As long as the UUID that a real client would choose.
      const key = `${run}-0000-4000-8000-${String(message).padStart(12, "0")}`;
      return JSON.stringify({ id: FIRST_SEND_ID + message, type: "send", room: ROOM, key, text: messageText(message) });
    },
    read,
  };
}

/** Sends a request and waits for its `ok`; throws with the whole frame when it is refused. */
function ask(socket: RawSocket, request: { readonly id: number; readonly [key: string]: unknown }) {
  socket.send(JSON.stringify(request));
  for (;;) {
    const text = socket.readText();
    const frame: unknown = JSON.parse(text);
    if (!isObject(frame) || frame.id !== request.id) continue;
    if (frame.ok === undefined) throw new Error(`Cannot enter: the server answered ${text}`);
    return frame.ok;
  }
}

function read(text: string): Received {
  const frame: unknown = JSON.parse(text);
  if (!isObject(frame)) return { kind: "foreign" };
  if (typeof frame.id === "number" && frame.ok !== undefined) return { kind: "ack", message: frame.id - FIRST_SEND_ID };
  if (frame.error !== undefined) return { kind: "refused", reason: text };
  if (frame.type !== "events" || !Array.isArray(frame.events)) return { kind: "foreign" };
  const events: readonly unknown[] = frame.events;
  const numbers: number[] = [];
  let key = "";
  for (const event of events) {
    if (!isObject(event)) return { kind: "foreign" };
    if (typeof event.cursor === "string") key = event.cursor;
    if (event.type === "message") numbers.push(messageNumber(event.text));
  }
  return { kind: "messages", numbers, key, prev: String(frame.prev) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
