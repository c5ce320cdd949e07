/**
 * Maru's plain mode (docs/protocol.md): `{"message"}` in, `{"message", "user"}` out. Nothing is acknowledged.
 *
 * @module
 */

import { messageNumber, messageText } from "../message_text.ts";
import type { Adapter } from "./adapter.ts";

/** The adapter; it has no state. */
export const maruPlain: Adapter = {
  path: (client) => `/ws/chat/bench/?name=bench-${client}`,
  protocol: undefined,
  acknowledges: false,
  enter: () => "",
  say: (message) => JSON.stringify({ message: messageText(message) }),
  read(text) {
    // Safe: every member is optional and of unknown type, and JSON of another shape than an object has none.
    const frame = JSON.parse(text) as { readonly type?: unknown; readonly message?: unknown };
    if (frame.type === "error") return { kind: "refused", reason: text };
    if (typeof frame.message !== "string") return { kind: "foreign" };
    const number = messageNumber(frame.message);
    return { kind: "messages", numbers: [number], key: String(number) };
  },
};
