/**
 * What can be asked about messages.
 *
 * @module
 */

import { z } from "zod";
import type { HistoryPage } from "../chat/history.ts";
import { storedMessage, user } from "../protocol/events.ts";
import { encodeEvents, encodeWithCursor } from "../protocol/frames.ts";
import { parseRoomName } from "../protocol/names.ts";
import { cursorField, pageLimitField, personField, roomField } from "./input.ts";
import { command, Encoded, type Operation, operation } from "./operation.ts";

const textField = z.string().describe("1 to 4,000 characters of the Markdown subset of docs/markdown.md.");
const emojiField = z.string().describe("One emoji.").meta({ examples: ["👍"] });
const messageField = cursorField.describe("The message's cursor, which is its id.");
const cursorOut = z.string().describe("The message's cursor, which is its id.");
const atOut = z.number().describe("Milliseconds since 1970.");

const target = z.strictObject({ room: roomField, cursor: messageField });
const mine = z.record(z.string(), z.array(z.string())).optional().describe(
  "Cursor → emoji that you gave, of messages that do not name all who gave them.",
);

const send = operation({
  type: "send",
  method: "put",
  path: "/v1/rooms/:room/messages/:key",
  summary: "Send a message; sent again with the same key and text, it is there once",
  tag: "messages",
  input: z.strictObject({
    room: roomField,
    key: z.string().describe("1 to 64 characters of your choice, best a UUID."),
    text: textField,
    reply: cursorField.optional().describe("The message that it answers."),
    thread: cursorField.optional().describe("The message whose thread it belongs to."),
  }),
  output: z.object({ cursor: cursorOut, at: atOut, isNew: z.boolean().describe("Whether the key was new.") }),
  errors: ["bad_room", "bad_key", "bad_cursor", "too_long", "conflict", "forbidden", "not_found"],
  status: 201,
  cost: "send",
  only: "http",
  async run({ messages }, { caller }, { room, ...draft }) {
    const { cursor, at, duplicate } = await messages.send(caller, parseRoomName(room), draft);
    return { cursor, at, isNew: !duplicate };
  },
});

const history = operation({
  type: "history",
  method: "get",
  path: "/v1/rooms/:room/messages",
  summary: "Read a room's messages, oldest first; without a cursor the newest ones",
  tag: "messages",
  input: z.strictObject({
    room: roomField,
    before: cursorField.optional().describe("The last ones before this cursor."),
    after: cursorField.optional().describe("The first ones after this cursor."),
    around: cursorField.optional().describe("Half before this cursor, half from it on."),
    limit: pageLimitField(),
  }),
  output: z.object({
    items: z.array(storedMessage),
    hasBefore: z.boolean().describe("Whether there are older ones."),
    hasAfter: z.boolean().describe("Whether there are newer ones."),
    mine,
    next: z.string().optional().describe(
      "Give it as `before` (or as `after`, if you gave that) to look on: there was more than one request looks at.",
    ),
  }),
  errors: ["bad_room", "bad_cursor", "cursor_expired", "forbidden"],
  cost: "read",
  async run(service, { caller }, { room, ...options }) {
    return new Encoded(encodePage(await service.history.read(caller, parseRoomName(room), options)));
  },
});

const getMessage = operation({
  type: "get_message",
  method: "get",
  path: "/v1/rooms/:room/messages/:cursor",
  summary: "Read one message",
  tag: "messages",
  input: target,
  output: storedMessage,
  errors: ["bad_room", "bad_cursor", "forbidden", "not_found"],
  cost: "read",
  async run(service, { caller }, { room, cursor }) {
    return new Encoded(encodeWithCursor(await service.history.message(caller, parseRoomName(room), cursor)));
  },
});

const edit = operation({
  type: "edit",
  method: "patch",
  path: "/v1/rooms/:room/messages/:cursor",
  summary: "Change the text of your own message",
  tag: "messages",
  input: target.extend({ text: textField }),
  output: z.object({ at: atOut.describe("When it was last edited, in milliseconds since 1970.") }),
  errors: ["bad_room", "bad_cursor", "too_long", "forbidden", "not_found"],
  cost: "write",
  run: ({ messages }, { caller }, { room, cursor, text }) => messages.edit(caller, parseRoomName(room), cursor, text),
});

const deleteMessage = command({
  type: "delete",
  method: "delete",
  path: "/v1/rooms/:room/messages/:cursor",
  summary: "Delete a message: your own, or another's as a moderator; its text is erased, its place stays",
  tag: "messages",
  input: target,
  errors: ["bad_room", "bad_cursor", "forbidden", "not_found"],
  cost: "write",
  run: ({ messages }, { caller }, { room, cursor }) => messages.delete(caller, parseRoomName(room), cursor),
});

const reacting = {
  path: "/v1/rooms/:room/messages/:cursor/reactions/:emoji",
  tag: "messages",
  input: target.extend({ emoji: emojiField }),
  output: z.object({ count: z.number().describe("How many people give it now.") }),
  errors: ["bad_room", "bad_cursor", "forbidden", "not_found"],
  cost: "write",
} as const;

const react = operation({
  ...reacting,
  type: "react",
  method: "put",
  summary: "Add your emoji to a message, which takes 20 different ones",
  run: ({ reactions }, { caller }, { room, cursor, emoji }) =>
    reactions.react(caller, parseRoomName(room), cursor, emoji, true),
});

const unreact = operation({
  ...reacting,
  type: "unreact",
  method: "delete",
  summary: "Take your emoji back",
  run: ({ reactions }, { caller }, { room, cursor, emoji }) =>
    reactions.react(caller, parseRoomName(room), cursor, emoji, false),
});

const listReactions = operation({
  type: "list_reactions",
  method: "get",
  path: "/v1/rooms/:room/messages/:cursor/reactions/:emoji",
  summary: "List who gave a message an emoji, by id",
  tag: "messages",
  input: target.extend({
    emoji: emojiField,
    after: personField.optional().describe("Only ids behind this one."),
    limit: pageLimitField(),
  }),
  output: z.object({
    items: z.array(z.object({ user, at: atOut })),
    next: z.string().optional().describe("`after` of the next page; absent on the last one."),
  }),
  errors: ["bad_room", "bad_cursor", "forbidden", "not_found"],
  cost: "read",
  run: ({ reactions }, { caller }, { room, cursor, emoji, ...page }) =>
    reactions.list(caller, parseRoomName(room), cursor, emoji, page),
});

const pinning = {
  path: "/v1/rooms/:room/pins/:cursor",
  tag: "messages",
  input: target,
  errors: ["bad_room", "bad_cursor", "forbidden", "not_found"],
  cost: "write",
} as const;

const pin = command({
  ...pinning,
  type: "pin",
  method: "put",
  summary: "Pin a message; a room has at most 50 pins",
  run: ({ pins }, { caller }, { room, cursor }) => pins.pin(caller, parseRoomName(room), cursor, true),
});

const unpin = command({
  ...pinning,
  type: "unpin",
  method: "delete",
  // What is not pinned is answered as if the pin had just been taken out.
  errors: ["bad_room", "bad_cursor", "forbidden"],
  summary: "Unpin a message",
  run: ({ pins }, { caller }, { room, cursor }) => pins.pin(caller, parseRoomName(room), cursor, false),
});

const listPins = operation({
  type: "list_pins",
  method: "get",
  path: "/v1/rooms/:room/pins",
  summary: "List the pinned messages, first pinned first",
  tag: "messages",
  input: z.strictObject({ room: roomField }),
  output: z.object({ items: z.array(storedMessage), mine }),
  errors: ["bad_room", "forbidden"],
  cost: "read",
  async run({ pins, reactions }, { caller }, { room: name }) {
    const room = parseRoomName(name);
    const items = await pins.list(caller, room);
    return new Encoded(`{"items":${encodeEvents(items)}${encodeMine(await reactions.mine(caller, room, items))}}`);
  },
});

/** Everything about messages. */
export const MESSAGE_OPERATIONS: readonly Operation[] = [
  send,
  history,
  getMessage,
  edit,
  deleteMessage,
  react,
  unreact,
  listReactions,
  pin,
  unpin,
  listPins,
];

function encodePage({ items, hasBefore, hasAfter, mine, next }: HistoryPage): string {
  const rest = next === undefined ? "" : `,"next":"${next}"`;
  return `{"items":${encodeEvents(items)},"hasBefore":${hasBefore},"hasAfter":${hasAfter}${encodeMine(mine)}${rest}}`;
}

function encodeMine(mine: HistoryPage["mine"]): string {
  return Object.keys(mine).length === 0 ? "" : `,"mine":${JSON.stringify(mine)}`;
}
