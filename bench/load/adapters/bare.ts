/**
 * The bare broadcast of `bench/peers/bare.ts`: a text frame in, the same text to everyone.
 *
 * @module
 */

import { messageNumber, messageText } from "../message_text.ts";
import type { Adapter } from "./adapter.ts";

/** The adapter; it has no state. */
export const bare: Adapter = {
  path: () => "/",
  protocol: undefined,
  acknowledges: false,
  enter: () => "",
  say: messageText,
  read(text) {
    const number = messageNumber(text);
    return number < 0 ? { kind: "foreign" } : { kind: "messages", numbers: [number], key: String(number) };
  },
};
