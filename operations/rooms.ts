/**
 * Rooms, invitations to them, and those of two people.
 *
 * @module
 */

import { z } from "zod";
import { sentence } from "../chat/documents.ts";
import { LEVELS } from "../chat/permissions.ts";
import type { Standing } from "../chat/standings.ts";
import { role, roomInfo, user } from "../protocol/events.ts";
import { parseRoomName } from "../protocol/names.ts";
import { flagField, idField, pageLimitField, personField, roomField, wholeField } from "./input.ts";
import { command, openOperation, type Operation, operation } from "./operation.ts";

const settings = {
  title: z.string().max(2_000).describe("How it is called: at most 80 characters; empty: as its name").optional(),
  topic: z.string().max(8_000).describe("What it is about: at most 500 characters; empty: nothing is said").optional(),
  write: roomInfo.shape.write.describe("Who may write").optional(),
  slowModeS: wholeField(0, 21_600).describe("Seconds that a member waits between two messages; 0: no wait").optional(),
  retentionDays: wholeField(0, 3_650).describe("Days that messages are kept; 0: for ever").optional(),
};

const standing = z.object({
  level: z.enum(LEVELS).describe("What you are; `stranger`: not in it"),
  role: role.describe("Absent: you are not in it").optional(),
  muted: sentence.describe("Present while you are muted; without `until`: until it is lifted").optional(),
});

const roomOutput = z.object({ room: roomInfo, you: standing });

const code = z.string().min(1).max(100).describe("An invitation's code: a secret");

const invite = z.object({
  id: z.string().describe("To revoke it; no secret"),
  by: user.describe("Who made it"),
  at: z.number().describe("When, in milliseconds since 1970"),
  expiresAt: z.number().describe("Milliseconds since 1970"),
  uses: z.number().describe("How many people may come in by it; 0: any number"),
  used: z.number().describe("How many did; not counted where any number may"),
});

const createRoom = operation({
  type: "create_room",
  method: "post",
  path: "/v1/rooms",
  summary: "Make a room, which you own",
  tag: "rooms",
  input: z.strictObject({
    kind: z.enum(["public", "private"]).describe("`public`: anyone may find it and come in; `private`: by invitation"),
    name: roomField.describe("A public room's: 1 to 64 letters, digits, `_`, `-`. A private room is given one")
      .optional(),
    ...settings,
  }),
  output: z.object({ room: roomInfo }),
  errors: ["bad_room", "too_long", "forbidden", "conflict"],
  status: 201,
  cost: "write",
  async run({ rooms }, { caller }, input) {
    return { room: await rooms.create(caller, input) };
  },
});

const listRooms = operation({
  type: "list_rooms",
  method: "get",
  path: "/v1/rooms",
  summary: "List public rooms by name, without archived ones",
  tag: "rooms",
  input: z.strictObject({
    find: z.string().max(100).describe("A part of the name or the title, in any case").optional(),
    after: idField(256).describe("The last page's `next`").optional(),
    limit: pageLimitField(),
  }),
  output: z.object({
    items: z.array(roomInfo),
    next: z.string().describe(
      "The next page's `after`; absent: there is none. A page may be short, or empty, and not the last",
    )
      .optional(),
  }),
  errors: [],
  cost: "read",
  run: ({ rooms }, { caller }, input) => rooms.list(caller, input),
});

const getRoom = operation({
  type: "get_room",
  method: "get",
  path: "/v1/rooms/:room",
  summary: "Look at a room, and at what you are in it; a name that nobody has used is an empty public room",
  tag: "rooms",
  input: z.strictObject({ room: roomField }),
  output: roomOutput,
  errors: ["bad_room", "forbidden"],
  cost: "read",
  async run({ rooms }, { caller }, input) {
    return described(await rooms.get(caller, parseRoomName(input.room)));
  },
});

const updateRoom = operation({
  type: "update_room",
  method: "patch",
  path: "/v1/rooms/:room",
  summary: "Change a room's settings; what you leave out stays",
  tag: "rooms",
  input: z.strictObject({
    room: roomField,
    ...settings,
    archived: flagField().describe("Whether nothing can be changed in it any more").optional(),
  }),
  output: z.object({ room: roomInfo }),
  errors: ["bad_room", "too_long", "forbidden", "not_found"],
  cost: "write",
  async run({ rooms }, { caller }, { room, ...change }) {
    return { room: await rooms.update(caller, parseRoomName(room), change) };
  },
});

const openDirect = operation({
  type: "open_direct",
  method: "post",
  path: "/v1/direct",
  summary:
    "Open the room of you and one other person, always the same one; the other one sees it with its first message",
  tag: "rooms",
  input: z.strictObject({ person: personField }),
  output: z.object({
    room: roomInfo,
    isNew: z.boolean().describe("Whether it was opened for the first time").optional(),
  }),
  errors: ["forbidden"],
  status: 201,
  cost: "write",
  run: ({ direct }, { caller }, { person }) => direct.open(caller, person),
});

const createInvite = operation({
  type: "create_invite",
  method: "post",
  path: "/v1/rooms/:room/invites",
  summary: "Make an invitation; put its code behind the page's address as `/#invite=<code>`",
  tag: "rooms",
  input: z.strictObject({
    room: roomField,
    expiresInS: wholeField(60, 2_592_000).describe("Seconds until it ends; default a week, at most 30 days").optional(),
    uses: wholeField(0, 1_000).describe("How many people may come in by it; default 1; 0: any number").optional(),
  }),
  output: invite.extend({ code: code.describe("Told only now") }),
  errors: ["bad_room", "forbidden", "conflict"],
  status: 201,
  cost: "write",
  run: ({ invites }, { caller }, { room, ...options }) => invites.create(caller, parseRoomName(room), options),
});

const listInvites = operation({
  type: "list_invites",
  method: "get",
  path: "/v1/rooms/:room/invites",
  summary: "List a room's invitations that can be used, at most 100",
  tag: "rooms",
  input: z.strictObject({ room: roomField }),
  output: z.object({ items: z.array(invite) }),
  errors: ["bad_room", "forbidden"],
  cost: "read",
  async run({ invites }, { caller }, { room }) {
    return { items: await invites.list(caller, parseRoomName(room)) };
  },
});

const revokeInvite = command({
  type: "revoke_invite",
  method: "delete",
  path: "/v1/rooms/:room/invites/:invite",
  summary: "End an invitation; whoever came in by it stays",
  tag: "rooms",
  input: z.strictObject({ room: roomField, invite: idField(64).describe("The invitation's id") }),
  errors: ["bad_room", "forbidden"],
  cost: "write",
  run: ({ invites }, { caller }, input) => invites.revoke(caller, parseRoomName(input.room), input.invite),
});

const peekInvite = openOperation({
  type: "peek_invite",
  method: "post",
  path: "/v1/invites/peek",
  summary: "See what an invitation is to, without coming in",
  tag: "rooms",
  input: z.strictObject({ code }),
  output: z.object({
    title: z.string().describe("May be empty"),
    kind: roomInfo.shape.kind,
    by: user.describe("Who made it"),
  }),
  errors: ["forbidden"],
  cost: "costly",
  run: ({ invites }, _call, input) => invites.peek(input.code),
});

const acceptInvite = operation({
  type: "accept_invite",
  method: "post",
  path: "/v1/invites/accept",
  summary: "Come in by an invitation; if that fails, why is not said",
  tag: "rooms",
  input: z.strictObject({ code }),
  output: z.object({ room: roomInfo, isNew: z.boolean().describe("Whether you were not in it before").optional() }),
  errors: ["forbidden"],
  status: 201,
  cost: "costly",
  run: ({ invites }, { caller }, input) => invites.accept(caller, input.code),
});

/** See the module. */
export const ROOM_OPERATIONS: readonly Operation[] = [
  createRoom,
  listRooms,
  getRoom,
  updateRoom,
  openDirect,
  createInvite,
  listInvites,
  revokeInvite,
  peekInvite,
  acceptInvite,
];

/** A room as clients see it, and what they are in it. */
export function described({ room, level, member }: Standing): z.infer<typeof roomOutput> {
  return {
    room,
    you: {
      level,
      ...(member?.role !== undefined && { role: member.role }),
      ...(level === "muted" && member?.muted !== undefined && { muted: member.muted }),
    },
  };
}
