/**
 * Order in a room: kick, ban, mute, reports, the audit trail.
 *
 * @module
 */

import { z } from "zod";
import { auditEvent } from "../chat/audit.ts";
import { banDocument } from "../chat/documents.ts";
import { reportEvent } from "../chat/reports.ts";
import { parseRoomName } from "../protocol/names.ts";
import { cursorField, flagField, pageLimitField, personField, roomField, wholeField } from "./input.ts";
import { command, type Operation, operation } from "./operation.ts";

const room = roomField;
const someone = { room, person: personField };
const reason = z.string().max(8_000).describe("At most 500 characters; only those who keep order see it").optional();
const lasting = {
  ...someone,
  // Year 9999: a Date holds no more than that many digits.
  until: wholeField(1, 253_402_300_799_999).describe(
    "When it ends, in milliseconds since 1970; absent: when it is lifted",
  )
    .optional(),
  reason,
};
const cursor = z.string().describe("Its place in the trail, which is its id");
const newestFirst = {
  before: cursorField.describe("The last page's `next`").optional(),
  limit: pageLimitField(),
};
const next = z.string().describe(
  "The next page's `before`; absent: there is none. A page may be short, or empty, and not the last",
)
  .optional();

const kick = command({
  type: "kick",
  method: "delete",
  path: "/v1/rooms/:room/members/:person",
  summary: "Put somebody out of a room; they may come back",
  tag: "moderation",
  input: z.strictObject({ ...someone, reason }),
  errors: ["bad_room", "too_long", "forbidden"],
  cost: "write",
  run: ({ moderation }, { caller }, input) => moderation.kick(caller, parseRoomName(input.room), input.person, input),
});

const ban = command({
  type: "ban",
  method: "put",
  path: "/v1/rooms/:room/bans/:person",
  summary: "Put somebody out of a room and keep them out, also before they come",
  tag: "moderation",
  input: z.strictObject(lasting),
  errors: ["bad_room", "too_long", "forbidden", "not_found"],
  cost: "write",
  run: ({ moderation }, { caller }, input) => moderation.ban(caller, parseRoomName(input.room), input.person, input),
});

const unban = command({
  type: "unban",
  method: "delete",
  path: "/v1/rooms/:room/bans/:person",
  summary: "Let somebody come into a room again",
  tag: "moderation",
  input: z.strictObject(someone),
  errors: ["bad_room", "forbidden"],
  cost: "write",
  run: ({ moderation }, { caller }, input) => moderation.unban(caller, parseRoomName(input.room), input.person),
});

const listBans = operation({
  type: "list_bans",
  method: "get",
  path: "/v1/rooms/:room/bans",
  summary: "List who is banned from a room, by id",
  tag: "moderation",
  input: z.strictObject({
    room,
    after: personField.describe("The last page's `next`").optional(),
    limit: pageLimitField(),
  }),
  output: z.object({
    items: z.array(banDocument),
    next: z.string().describe("The next page's `after`; absent: there is none").optional(),
  }),
  errors: ["bad_room", "forbidden"],
  cost: "read",
  run: ({ moderation }, { caller }, input) => moderation.listBans(caller, parseRoomName(input.room), input),
});

const mute = command({
  type: "mute",
  method: "put",
  path: "/v1/rooms/:room/mutes/:person",
  summary: "Keep somebody from writing in a room, also after they leave and come back",
  tag: "moderation",
  input: z.strictObject(lasting),
  errors: ["bad_room", "too_long", "forbidden", "not_found"],
  cost: "write",
  run: ({ moderation }, { caller }, input) => moderation.mute(caller, parseRoomName(input.room), input.person, input),
});

const unmute = command({
  type: "unmute",
  method: "delete",
  path: "/v1/rooms/:room/mutes/:person",
  summary: "Let somebody write again",
  tag: "moderation",
  input: z.strictObject(someone),
  errors: ["bad_room", "forbidden"],
  cost: "write",
  run: ({ moderation }, { caller }, input) => moderation.unmute(caller, parseRoomName(input.room), input.person),
});

const reportMessage = command({
  type: "report_message",
  method: "post",
  path: "/v1/rooms/:room/messages/:cursor/reports",
  summary: "Report a message to the moderators; reporting it again changes nothing",
  tag: "moderation",
  input: z.strictObject({
    room,
    cursor: cursorField.describe("The message"),
    reason: z.string().min(1).max(8_000).describe("What is wrong with it: 1 to 500 characters"),
  }),
  errors: ["bad_room", "bad_cursor", "cursor_expired", "too_long", "forbidden", "not_found"],
  cost: "write",
  run: ({ reports }, { caller }, input) =>
    reports.report(caller, parseRoomName(input.room), input.cursor, input.reason),
});

const listReports = operation({
  type: "list_reports",
  method: "get",
  path: "/v1/rooms/:room/reports",
  summary: "List a room's reports, newest first",
  tag: "moderation",
  input: z.strictObject({
    room,
    isOpen: flagField().describe("Only what nobody has dealt with").optional(),
    ...newestFirst,
  }),
  output: z.object({ items: z.array(reportEvent.extend({ cursor })), next }),
  errors: ["bad_room", "bad_cursor", "cursor_expired", "forbidden"],
  cost: "read",
  run: ({ reports }, { caller }, input) => reports.list(caller, parseRoomName(input.room), input),
});

const resolveReport = command({
  type: "resolve_report",
  method: "put",
  path: "/v1/rooms/:room/reports/:report/resolved",
  summary: "Mark a report as dealt with",
  tag: "moderation",
  input: z.strictObject({ room, report: cursorField.describe("The report's cursor") }),
  errors: ["bad_room", "bad_cursor", "cursor_expired", "forbidden", "not_found"],
  cost: "write",
  run: ({ reports }, { caller }, input) => reports.resolve(caller, parseRoomName(input.room), input.report),
});

const listAudit = operation({
  type: "list_audit",
  method: "get",
  path: "/v1/rooms/:room/audit",
  summary: "List what moderators did in a room, newest first",
  tag: "moderation",
  input: z.strictObject({ room, ...newestFirst }),
  output: z.object({ items: z.array(auditEvent.extend({ cursor })), next }),
  errors: ["bad_room", "bad_cursor", "cursor_expired", "forbidden"],
  cost: "read",
  run: ({ audit }, { caller }, input) => audit.list(caller, parseRoomName(input.room), input),
});

const listServiceAudit = operation({
  type: "list_service_audit",
  method: "get",
  path: "/v1/audit",
  summary: "List what admins did in the whole service, newest first",
  tag: "service",
  input: z.strictObject({ ...newestFirst }),
  output: z.object({ items: z.array(auditEvent.extend({ cursor })), next }),
  errors: ["bad_cursor", "cursor_expired", "forbidden"],
  cost: "read",
  run: ({ audit }, { caller }, input) => audit.listService(caller, input),
});

/** See the module. */
export const MODERATION_OPERATIONS: readonly Operation[] = [
  kick,
  ban,
  unban,
  listBans,
  mute,
  unmute,
  reportMessage,
  listReports,
  resolveReport,
  listAudit,
  listServiceAudit,
];
