/**
 * Socket.IO's protocol 5 on Engine.IO's protocol 4, WebSocket transport only, spoken directly: `0` opens, `2` pings,
 * `3` pongs, `40` connects to the main namespace, `42` is an event.
 *
 * @module
 */

import { messageNumber, messageText } from "../message_text.ts";
import type { Adapter } from "./adapter.ts";

/** The adapter; it has no state. */
export const socketIo: Adapter = {
  path: () => "/socket.io/?EIO=4&transport=websocket",
  protocol: undefined,
  acknowledges: false,
  enter(socket) {
    for (;;) {
      const text = socket.readText();
      if (text.startsWith("0")) socket.send("40");
      else if (text.startsWith("40")) return "";
      else if (text.startsWith("44")) throw new Error(`Cannot enter: the server answered ${text}`);
    }
  },
  say: (message) => `42["m","${messageText(message)}"]`,
  read(text) {
    if (text === "2") return { kind: "reply", text: "3" };
    if (!text.startsWith("42")) return { kind: "foreign" };
    const event: unknown = JSON.parse(text.slice(2));
    if (!Array.isArray(event)) return { kind: "foreign" };
    const number = messageNumber(event[1]);
    return { kind: "messages", numbers: [number], key: String(number) };
  },
};
