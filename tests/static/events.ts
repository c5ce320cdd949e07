import type { Message, Typing } from "../../static/client/events.js";

/** A message of a log whose cursors are its texts' own places: `message("b")` stands between "a" and "c". */
export function message(cursor: string, more: Partial<Omit<Message, "cursor" | "type">> = {}): Message {
  return { cursor, type: "message", at: 1_000, user: { id: "g_2", name: "지훈" }, text: cursor, ...more };
}

/** Somebody types. */
export function typing(cursor: string): Typing {
  return { cursor, type: "typing", at: 1_000, user: { id: "g_2", name: "지훈" }, on: true };
}
