/**
 * Who is in a room.
 *
 * @module
 */

import { z } from "zod";
import { membershipDocument, sentence } from "../chat/documents.ts";
import { role, roomInfo, user } from "../protocol/events.ts";
import { parseRoomName } from "../protocol/names.ts";
import { flagField, pageLimitField, personField, roomField } from "./input.ts";
import { command, type Operation, operation } from "./operation.ts";

const becomeMember = operation({
  type: "become_member",
  method: "put",
  path: "/v1/rooms/:room/members/me",
  summary:
    "Become a member of a public room, or of a private one that your token names; `join` on a socket does the same",
  tag: "rooms",
  input: z.strictObject({ room: roomField }),
  output: z.object({ room: roomInfo, isNew: z.boolean().describe("Whether you were not in it before").optional() }),
  errors: ["bad_room", "forbidden"],
  status: 201,
  cost: "write",
  run: ({ members }, { caller }, { room }) => members.become(caller, parseRoomName(room)),
});

const endMembership = command({
  type: "end_membership",
  method: "delete",
  path: "/v1/rooms/:room/members/me",
  summary:
    "Leave a room for good; its only owner cannot while others are in it. A direct room is only hidden until its next message",
  tag: "rooms",
  input: z.strictObject({ room: roomField }),
  errors: ["bad_room", "forbidden", "conflict"],
  cost: "write",
  run: ({ members }, { caller }, { room }) => members.leave(caller, parseRoomName(room)),
});

const listMembers = operation({
  type: "list_members",
  method: "get",
  path: "/v1/rooms/:room/members",
  summary: "List a room's members, by id",
  tag: "rooms",
  input: z.strictObject({
    room: roomField,
    after: personField.describe("The last page's `next`").optional(),
    limit: pageLimitField(),
  }),
  output: z.object({
    items: z.array(z.object({
      user,
      role,
      joinedAt: z.number().describe("Milliseconds since 1970"),
      muted: sentence.describe("Present while they are muted").optional(),
    })),
    next: z.string().describe("The next page's `after`; absent: there is none").optional(),
  }),
  errors: ["bad_room", "forbidden"],
  cost: "read",
  run: ({ members }, { caller }, { room, ...page }) => members.list(caller, parseRoomName(room), page),
});

const setRole = command({
  type: "set_role",
  method: "put",
  path: "/v1/rooms/:room/members/:person/role",
  summary: "Give a member another role; at least one owner stays",
  tag: "rooms",
  input: z.strictObject({ room: roomField, person: personField, role }),
  errors: ["bad_room", "forbidden", "not_found", "conflict"],
  cost: "write",
  run: ({ members }, { caller }, input) => members.setRole(caller, parseRoomName(input.room), input.person, input.role),
});

const updateMembership = operation({
  type: "update_membership",
  method: "patch",
  path: "/v1/me/rooms/:room",
  summary: "Choose what a room of yours tells you; what you leave out stays",
  tag: "rooms",
  input: z.strictObject({
    room: roomField,
    notify: membershipDocument.shape.notify.describe("What you want to be told of").optional(),
    favourite: flagField().describe("Whether it is one of your favourites").optional(),
  }),
  output: membershipDocument,
  errors: ["bad_room", "forbidden"],
  cost: "write",
  run: ({ members }, { caller }, { room, ...choice }) => members.choose(caller, parseRoomName(room), choice),
});

/** See the module. */
export const MEMBER_OPERATIONS: readonly Operation[] = [
  becomeMember,
  endMembership,
  listMembers,
  setRole,
  updateMembership,
];
