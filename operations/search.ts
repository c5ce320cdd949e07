/**
 * Finding messages, and being forgotten.
 *
 * @module
 */

import { z } from "zod";
import { storedMessage } from "../protocol/events.ts";
import { encodeEvents } from "../protocol/frames.ts";
import { parseRoomName } from "../protocol/names.ts";
import { requireAdmin } from "./admin.ts";
import { cursorField, pageLimitField, personField, roomField } from "./input.ts";
import { Encoded, type Operation, operation } from "./operation.ts";

const search = operation({
  type: "search",
  method: "get",
  path: "/v1/search",
  summary: "Find messages in the rooms that you are in, newest first",
  tag: "messages",
  input: z.strictObject({
    q: z.string().max(200).optional().describe(
      "Words with spaces between them; all must be there. A word is found by how it begins; Korean, Chinese and Japanese by any part.",
    ),
    room: roomField.optional().describe("Only this room."),
    from: personField.optional().describe("Only what this person wrote."),
    mentions: personField.optional().describe("Only what mentions this person; `@room`: everyone."),
    next: cursorField.optional().describe("`next` of the page before."),
    limit: pageLimitField(50, 20),
  }),
  output: z.object({
    items: z.array(storedMessage.extend({ room: z.string().describe("Where it was said.") }))
      .describe(
        "Newest first. Several rooms may have messages with one cursor: those of the last one all come, and a page may be longer for it.",
      ),
    next: z.string().optional().describe(
      "Asks for the next page; absent: there is none. A page can be short, even empty, and still have a next one, which over many rooms may be the same.",
    ),
  }),
  errors: ["bad_room", "bad_cursor", "cursor_expired", "forbidden"],
  cost: "costly",
  async run({ finder }, { caller }, { q, room, from, mentions, next, limit }) {
    const where = room === undefined ? undefined : parseRoomName(room);
    const found = await finder.messages(caller, { text: q, room: where, from, mentions }, { next, limit });
    const items = found.items.map((item) =>
      `{"room":${JSON.stringify(item.room)},"cursor":"${item.cursor}",${item.json.slice(1)}`
    );
    return new Encoded(encodePage(`[${items.join(",")}]`, found.next));
  },
});

const thread = operation({
  type: "thread",
  method: "get",
  path: "/v1/rooms/:room/messages/:cursor/thread",
  summary: "Read the replies in a message's thread, oldest first",
  tag: "messages",
  input: z.strictObject({
    room: roomField,
    cursor: cursorField.describe("The thread's first message."),
    after: cursorField.optional().describe("The first ones after this cursor: `next` of the page before."),
    limit: pageLimitField(),
  }),
  output: z.object({
    items: z.array(storedMessage),
    next: z.string().optional().describe(
      "Give it as `after`; absent: there are no more now. A page can be short and have a next one.",
    ),
  }),
  errors: ["bad_room", "bad_cursor", "cursor_expired", "forbidden"],
  cost: "read",
  async run({ finder }, { caller }, { room, cursor, after, limit }) {
    const { items, next } = await finder.thread(caller, parseRoomName(room), cursor, { after, limit });
    return new Encoded(encodePage(encodeEvents(items), next));
  },
});

const erasing = z.object({ state: z.literal("erasing").describe("It has begun, and goes on by itself.") });

const eraseMe = operation({
  type: "erase_me",
  method: "delete",
  path: "/v1/me",
  summary: "Erase yourself: you are signed out now; your messages, your name and what is kept of you go within minutes",
  tag: "people",
  input: z.strictObject({}),
  output: erasing,
  errors: ["not_found"],
  cost: "costly",
  session: "ends",
  async run({ erasures }, { caller }) {
    await erasures.begin(caller.user.id);
    return { state: "erasing" as const };
  },
});

const erasePerson = operation({
  type: "erase_person",
  method: "delete",
  path: "/v1/people/:person",
  summary: "Erase somebody, as `erase_me` does; for the operator",
  tag: "people",
  input: z.strictObject({ person: personField }),
  output: erasing,
  errors: ["forbidden", "not_found"],
  cost: "costly",
  async run({ erasures }, { caller }, { person }) {
    requireAdmin(caller, "erase somebody");
    await erasures.begin(person);
    return { state: "erasing" as const };
  },
});

/** See the module. */
export const SEARCH_OPERATIONS: readonly Operation[] = [search, thread, eraseMe, erasePerson];

function encodePage(items: string, next: string | undefined): string {
  return `{"items":${items}${next === undefined ? "" : `,"next":"${next}"`}}`;
}
