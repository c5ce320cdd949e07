/**
 * The cost of one frame: `deno task bench:units`.
 *
 * @module
 */

import { encodeEvent } from "../layers/event.ts";
import { eventsFrame, okFrame, parseRequest } from "../protocol/frames.ts";

const text = "여든 바이트쯤 되는 메시지. ".repeat(3).slice(0, 40);
const send = JSON.stringify({ id: 7, type: "send", room: "lobby", key: crypto.randomUUID(), text });
const event = {
  type: "message",
  at: 1_795_000_000_000,
  user: { id: "g_0123456789abcdef", name: "민지" },
  key: crypto.randomUUID(),
  text,
};
const entry = { cursor: "abcdef0000000000000000002a000", json: encodeEvent(event).json };
const batch = Array.from({ length: 32 }, () => entry);
const deep = "[".repeat(8_000) + "]".repeat(8_000);

Deno.bench("parse a send", { group: "parse", baseline: true }, () => void parseRequest(send));
Deno.bench("parse what is no JSON", { group: "parse" }, () => void parseRequest("{"));
Deno.bench("parse 8,000 nested arrays", { group: "parse" }, () => void parseRequest(deep));

Deno.bench("encode an event", { group: "encode", baseline: true }, () => void encodeEvent(event));
Deno.bench(
  "encode an acknowledgement",
  { group: "encode" },
  () => void okFrame(7, { cursor: entry.cursor, at: event.at }),
);
Deno.bench(
  "put a frame of 1 event together",
  { group: "encode" },
  () => void eventsFrame("lobby", entry.cursor, [entry]),
);
Deno.bench(
  "put a frame of 32 events together",
  { group: "encode" },
  () => void eventsFrame("lobby", entry.cursor, batch),
);
