/**
 * Who may do what, in other words than `chat/permissions.ts` has it: the requests, and the least that one has to be.
 *
 * @module
 */

import type { Action, Level } from "../../chat/permissions.ts";

/** What requests are made of. */
export interface Place {
  /** The room. */
  readonly room: string;
  /** A message that the one who asks wrote. */
  readonly own: string;
  /** A message that an owner wrote; of a room of two, the other one. */
  readonly others: string;
  /** A member, and somebody who is not in the room. */
  readonly member: string;
  readonly outsider: string;
}

/** One rule. */
export interface Row {
  readonly action: Action;
  /** Requests that all take it. */
  readonly asks: readonly ((place: Place) => readonly [type: string, input: object])[];
  /** Public, private, direct: the least level; `-`: nobody. */
  readonly least: readonly [Level | "-", Level | "-", Level | "-"];
  /** Whether it can be done in an archived room. */
  readonly inArchived: boolean;
  /** Those for whom it is another question. */
  readonly except?: readonly Level[];
}

const NEVER_WRITTEN = "00000000-0000-4000-8000-000000000000";

/** Every rule that requests of rooms, members, messages and moderation rest on. */
export const ROWS: readonly Row[] = [
  {
    action: "read",
    asks: [
      ({ room }) => ["get_room", { room }],
      ({ room }) => ["list_members", { room }],
      ({ room }) => ["history", { room }],
      ({ room }) => ["list_pins", { room }],
      ({ room, others }) => ["get_message", { room, cursor: others }],
      ({ room, others }) => ["list_reactions", { room, cursor: others, emoji: "👍" }],
    ],
    least: ["stranger", "muted", "muted"],
    inArchived: true,
  },
  {
    action: "enter",
    asks: [({ room }) => ["become_member", { room }]],
    least: ["stranger", "-", "-"],
    inArchived: false,
    // They are in already, and that is the answer.
    except: ["muted", "member", "moderator", "owner"],
  },
  {
    action: "leave",
    asks: [({ room }) => ["end_membership", { room }]],
    least: ["stranger", "muted", "muted"],
    inArchived: true,
  },
  {
    action: "belong",
    asks: [({ room }) => ["update_membership", { room, favourite: true }]],
    least: ["muted", "muted", "muted"],
    inArchived: true,
    // Not a member, and has nothing to choose.
    except: ["admin"],
  },
  {
    action: "write",
    asks: [({ room }) => ["send", { room, key: NEVER_WRITTEN, text: "a" }]],
    least: ["member", "member", "member"],
    inArchived: false,
  },
  {
    action: "react",
    asks: [({ room, others }) => ["react", { room, cursor: others, emoji: "👍" }]],
    least: ["member", "member", "member"],
    inArchived: false,
  },
  {
    action: "changeOwn",
    asks: [
      ({ room, own }) => ["edit", { room, cursor: own, text: "b" }],
      ({ room, own }) => ["delete", { room, cursor: own }],
    ],
    least: ["member", "member", "member"],
    inArchived: false,
  },
  {
    action: "deleteOthers",
    asks: [({ room, others }) => ["delete", { room, cursor: others }]],
    least: ["moderator", "moderator", "admin"],
    inArchived: false,
  },
  {
    action: "pin",
    asks: [({ room, others }) => ["pin", { room, cursor: others }]],
    least: ["moderator", "moderator", "member"],
    inArchived: false,
  },
  {
    action: "report",
    asks: [({ room, others }) => ["report_message", { room, cursor: others, reason: "x" }]],
    least: ["muted", "muted", "muted"],
    inArchived: true,
  },
  {
    action: "moderate",
    asks: [
      ({ room }) => ["list_bans", { room }],
      ({ room }) => ["list_reports", { room }],
      ({ room }) => ["list_audit", { room }],
      ({ room, outsider }) => ["ban", { room, person: outsider }],
      ({ room, outsider }) => ["unban", { room, person: outsider }],
      ({ room, member }) => ["mute", { room, person: member }],
      ({ room, member }) => ["unmute", { room, person: member }],
      ({ room, member }) => ["kick", { room, person: member }],
    ],
    least: ["moderator", "moderator", "admin"],
    inArchived: true,
  },
  {
    action: "invite",
    asks: [
      ({ room }) => ["create_invite", { room }],
      ({ room }) => ["list_invites", { room }],
      ({ room }) => ["revoke_invite", { room, invite: "none" }],
    ],
    least: ["moderator", "moderator", "-"],
    inArchived: false,
  },
  {
    action: "configure",
    asks: [({ room }) => ["update_room", { room, title: "Other" }]],
    least: ["owner", "owner", "-"],
    inArchived: false,
  },
  {
    action: "archive",
    asks: [
      ({ room }) => ["update_room", { room, archived: true }],
      ({ room }) => ["update_room", { room, archived: false }],
    ],
    least: ["owner", "owner", "-"],
    inArchived: true,
  },
  {
    action: "appoint",
    asks: [({ room, member }) => ["set_role", { room, person: member, role: "moderator" }]],
    least: ["owner", "owner", "-"],
    inArchived: false,
  },
];
