/**
 * What is known of a room and of its people, as it is kept: a fold of the room's log.
 *
 * @module
 */

import { z } from "zod";
import { role, roomInfo, user } from "../protocol/events.ts";

/** Until when something holds: milliseconds since 1970; absent: until it is lifted. */
export const sentence = z.object({ until: z.number().optional() });

/** See {@linkcode sentence}. */
export type Sentence = z.infer<typeof sentence>;

/** `room <room>`. */
export const roomDocument = z.object({
  info: roomInfo,
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  /** Cursors of the pinned messages, in the order of pinning. */
  pins: z.array(z.string()),
  /** Ids of those who own it, at most 100; none: nobody does. */
  owners: z.array(z.string()),
  /**
   * Counts what decides who may do what: settings, roles, bans, mutes, who left. Each such change sets this document, so a
   * check of its version is a check of all of them.
   */
  rules: z.number(),
  /** Of a direct room: those of its two who do not have it in their list. The next message puts it there. */
  absent: z.array(z.string()).optional(),
  /** Of a direct room: who opened it, until the other one has said something. */
  asker: z.string().optional(),
  /** Whose words it is described in, by their ids, so that they can be erased: who said last how it is, who gave the title and the topic. */
  said: z.object({ by: z.string().optional(), title: z.string().optional(), topic: z.string().optional() }).optional(),
});

/** See {@linkcode roomDocument}. */
export type RoomDocument = z.infer<typeof roomDocument>;

/** `member <room> <person>`: also of those who left or were never in, while something is to be known of them. */
export const memberDocument = z.object({
  user,
  /** Absent: not in the room. */
  role: role.optional(),
  /** When they came, in milliseconds since 1970. */
  joinedAt: z.number().optional(),
  banned: sentence.optional(),
  muted: sentence.optional(),
});

/** See {@linkcode memberDocument}. */
export type MemberDocument = z.infer<typeof memberDocument>;

/** `membership <person> <room>`: as long as they are in. */
export const membershipDocument = z.object({
  /** When they came, in milliseconds since 1970. */
  joinedAt: z.number(),
  /** What they want to be told of. */
  notify: z.enum(["all", "mentions", "none"]),
  /** Whether it is one of their favourites. */
  favourite: z.boolean(),
  /** Present in a direct room that somebody else opened and in which one has not written yet. */
  request: z.literal(true).optional(),
});

/** See {@linkcode membershipDocument}. */
export type MembershipDocument = z.infer<typeof membershipDocument>;

/** `ban_of <room> <person>`: a ban as those who keep order see it. It holds where the member document says so. */
export const banDocument = z.object({
  user,
  /** Who banned them. */
  by: user,
  /** When, in milliseconds since 1970. */
  at: z.number(),
  /** Until when; absent: until it is lifted. */
  until: z.number().optional(),
  reason: z.string().optional(),
});

/** See {@linkcode banDocument}. */
export type BanDocument = z.infer<typeof banDocument>;

/** `invite <hash of code>`. */
export const inviteDocument = z.object({
  /** Its name among the room's; no secret. */
  id: z.string(),
  room: z.string(),
  /** Who made it. */
  by: user,
  /** When, in milliseconds since 1970. */
  at: z.number(),
  /** Milliseconds since 1970 from which on it does not hold. */
  expiresAt: z.number(),
  /** How many people may come in by it; 0: any number. */
  uses: z.number(),
  /** How many did; not counted where any number may. */
  used: z.number(),
  /** Made by somebody who keeps order everywhere: it does not depend on what they are in the room. */
  byAdmin: z.literal(true).optional(),
});

/** See {@linkcode inviteDocument}. */
export type InviteDocument = z.infer<typeof inviteDocument>;

/** `asked <person> <room>`: counts for a week. */
export const askedDocument = z.object({
  /** When they opened it, in milliseconds since 1970. */
  at: z.number(),
});

/** `invite_of <room> <id>`: where the invitation is. */
export const inviteOfDocument = z.object({ hash: z.string() });

/**
 * `message <room> <cursor>`: what is to be known of a message besides its current form, which the log holds as its amendment. Every change of a
 * message sets it, so a check of its version is a check of that form too. Absent: nothing has become of the message.
 */
export const messageDocument = z.object({
  /**
   * A place shortly before the edit event that still holds a text: its own cursor is not known before it is in the log. At most one does,
   * for the next edit erases it.
   */
  editAfter: z.string().optional(),
  deleted: z.literal(true).optional(),
});

/** See {@linkcode messageDocument}. */
export type MessageDocument = z.infer<typeof messageDocument>;
