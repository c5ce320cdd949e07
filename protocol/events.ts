/**
 * Events: what a room's log holds and what `events` frames carry. Every lasting change of a room is one of them, and says how
 * it is afterwards, not by how much it changed: to apply an event twice is to apply it once.
 *
 * @module
 */

import { z } from "zod";

/** Who said something, as others see it. */
export const user = z.object({
  id: z.string().describe(
    "Unique. `g_…` a guest (also once their name is claimed), `s_…` a host site's `sub`, `b_…` a bot, `h_…` an incoming webhook.",
  ),
  name: z.string().describe("What others see: 1 to 32 visible characters."),
}).describe("Who said something, as others see it.");

/** See {@linkcode user}. */
export type User = z.infer<typeof user>;

/** What every event has. */
const common = {
  at: z.number().describe("Milliseconds since 1970, by the server's clock; never orders anything."),
  user: user.describe("Who did it."),
};

/** How often one emoji was given to a message. */
export const reaction = z.object({
  emoji: z.string().describe("One emoji."),
  count: z.number().describe("People who gave it, at least 1."),
  users: z.array(z.string()).describe("Ids of some of them, at most 20: of all, as long as there were never more."),
}).describe("How often one emoji was given to a message.");

/** See {@linkcode reaction}. */
export type Reaction = z.infer<typeof reaction>;

/** The replies in the thread below a message. */
export const replies = z.object({
  count: z.number().describe("How many."),
  at: z.number().describe("When the last one came, in milliseconds since 1970."),
}).describe("The replies in the thread below a message.");

/**
 * A message; lasting. In history it is as it has become: with its last text, its reactions and replies; of a deleted one `text` and `key` are
 * gone and `deleted` is there.
 */
export const messageEvent = z.object({
  type: z.literal("message"),
  ...common,
  key: z.string().optional().describe("The client's key, where it gave one."),
  text: z.string().optional().describe("1 to 4,000 characters of the Markdown subset of `docs/protocol.md`."),
  reply: z.string().optional().describe("The message that it answers."),
  thread: z.string().optional().describe("The message whose thread it belongs to."),
  count: z.number().optional().describe("With `thread`: how many replies that thread has with this one."),
  mentions: z.array(z.string()).optional().describe("Ids of the people that it mentions; `@room` for everyone."),
  edited: z.number().optional().describe("When it was last edited."),
  reactions: z.array(reaction).optional().describe("In the order in which the emoji were first given."),
  replies: replies.optional().describe("Of the first message of a thread."),
  pinned: z.boolean().optional().describe("Whether it is pinned."),
  deleted: z.literal(true).optional().describe("It was deleted: a tombstone."),
}).describe(
  "A message; lasting. In history it is as it has become: with its last text, its reactions and replies; of a deleted one `text` and `key` are gone and `deleted` is there.",
);

/** See {@linkcode messageEvent}. */
export type MessageEvent = z.infer<typeof messageEvent>;

/** A message in history and in lists: as it has become, and where it is. */
export const storedMessage = messageEvent.extend({
  cursor: z.string().describe("The message's cursor, which is its id."),
}).describe("A message as it has become.");

/** A message has another text; lasting. Without `text` when it was edited again or deleted since. */
export const editEvent = z.object({
  type: z.literal("edit"),
  ...common,
  target: z.string().describe("The message's cursor."),
  text: z.string().optional().describe("Its new text."),
  mentions: z.array(z.string()).optional().describe("Ids of the people that it mentions now; `@room` for everyone."),
}).describe("A message has another text; lasting. Without `text` when it was edited again or deleted since.");

/** See {@linkcode editEvent}. */
export type EditEvent = z.infer<typeof editEvent>;

/** A message was deleted; lasting. It is then pinned no more. */
export const deleteEvent = z.object({
  type: z.literal("delete"),
  ...common,
  target: z.string().describe("The message's cursor."),
  thread: z.string().optional().describe("The thread that it belonged to."),
  count: z.number().optional().describe("With `thread`: how many replies that thread has now."),
}).describe("A message was deleted; lasting. It is then pinned no more.");

/** See {@linkcode deleteEvent}. */
export type DeleteEvent = z.infer<typeof deleteEvent>;

/** Somebody gave a message an emoji, or took it back; lasting. */
export const reactEvent = z.object({
  type: z.literal("react"),
  ...common,
  target: z.string().describe("The message's cursor."),
  emoji: z.string().describe("One emoji."),
  on: z.boolean().describe("Whether `user` gives it now."),
  count: z.number().describe("How many give it now."),
}).describe("Somebody gave a message an emoji, or took it back; lasting.");

/** See {@linkcode reactEvent}. */
export type ReactEvent = z.infer<typeof reactEvent>;

/** A message was pinned or unpinned; lasting. */
export const pinEvent = z.object({
  type: z.literal("pin"),
  ...common,
  target: z.string().describe("The message's cursor."),
  on: z.boolean().describe("Whether it is pinned now."),
}).describe("A message was pinned or unpinned; lasting.");

/** See {@linkcode pinEvent}. */
export type PinEvent = z.infer<typeof pinEvent>;

/** What one is in a room. */
export const role = z.enum(["owner", "moderator", "member"]);

/** See {@linkcode role}. */
export type Role = z.infer<typeof role>;

/** Somebody's standing in a room changed; lasting. `user` is who did it. */
export const memberEvent = z.object({
  type: z.literal("member"),
  ...common,
  member: user.describe("Whose standing."),
  change: z.enum(["joined", "left", "role", "kicked", "banned", "unbanned", "muted", "unmuted"]).describe(
    "What happened.",
  ),
  role: role.optional().describe("Their role now; absent when they are no member now."),
  until: z.number().optional().describe(
    "When a ban or a mute ends, in milliseconds since 1970; absent: when it is lifted.",
  ),
}).describe("Somebody's standing in a room changed; lasting. `user` is who did it.");

/** See {@linkcode memberEvent}. */
export type MemberEvent = z.infer<typeof memberEvent>;

/** What a room is, as those who may see it see it. */
export const roomInfo = z.object({
  name: z.string().describe("Its name, which is its id. A private room's begins with `p-`, a direct one's with `d-`."),
  title: z.string().optional().describe("How it is called, where that is not its name; 1 to 80 characters."),
  topic: z.string().optional().describe("What it is about, at most 500 characters."),
  kind: z.enum(["public", "private", "direct"]).describe(
    "`public`: anyone may find it and come in; `private`: by invitation; `direct`: two people's.",
  ),
  write: z.enum(["members", "moderators"]).describe("Who may write."),
  slowModeS: z.number().describe("Seconds that a member waits between two messages; 0: no wait."),
  retentionDays: z.number().describe("Days that messages are kept; 0: for ever."),
  archived: z.boolean().describe("Whether nothing can be changed in it any more."),
  people: z.array(user).optional().describe("Of a direct room: the two."),
}).describe("What a room is, as those who may see it see it.");

/** See {@linkcode roomInfo}. */
export type RoomInfo = z.infer<typeof roomInfo>;

/** A room was made or its settings changed; lasting. */
export const roomEvent = z.object({
  type: z.literal("room"),
  ...common,
  room: roomInfo.describe("How it is now."),
}).describe("A room was made or its settings changed; lasting.");

/** See {@linkcode roomEvent}. */
export type RoomEvent = z.infer<typeof roomEvent>;

/** Somebody is typing, or stopped (`on: false`); transient. */
export const typingEvent = z.object({
  type: z.literal("typing"),
  ...common,
  on: z.boolean().optional().describe("Absent: true."),
}).describe("Somebody is typing, or stopped (`on: false`); transient.");

/** See {@linkcode typingEvent}. */
export type TypingEvent = z.infer<typeof typingEvent>;

/** Everything that a room's `events` may carry. Clients ignore types that they do not know. */
export const anyRoomEvent = z.discriminatedUnion("type", [
  messageEvent,
  editEvent,
  deleteEvent,
  reactEvent,
  pinEvent,
  memberEvent,
  roomEvent,
  typingEvent,
]);

/** See {@linkcode anyRoomEvent}. */
export type AnyRoomEvent = z.infer<typeof anyRoomEvent>;

/** Somebody came to a room or left it, with their last device; transient, in the room's own group of presence. */
export const presenceEvent = z.object({
  type: z.literal("presence"),
  ...common,
  here: z.boolean().describe("Whether they are here now."),
}).describe(
  "Somebody came to a room or left it, with their last device; transient, in the room's own group of presence.",
);

/** See {@linkcode presenceEvent}. */
export type PresenceEvent = z.infer<typeof presenceEvent>;

/** A person's credential ended; without `credential` all of them. Sockets that came with it close. */
export const endedEvent = z.object({
  type: z.literal("ended"),
  at: z.number().describe("Milliseconds since 1970."),
  credential: z.string().optional().describe("Which; absent: all of them."),
  why: z.enum(["signed_out", "revoked", "banned", "erased"]).describe("Why."),
}).describe("A person's credential ended; without `credential` all of them. Sockets that came with it close.");

/** See {@linkcode endedEvent}. */
export type EndedEvent = z.infer<typeof endedEvent>;

/**
 * What happened to a person, in the person's own group: `mention` is lasting (mentions are counted from it), the others are
 * transient and only wake those who watch.
 */
export const personEvent = z.discriminatedUnion("type", [
  /** Somebody mentioned them in a room. */
  z.object({ type: z.literal("mention"), ...common, room: z.string() }),
  /** They have read a room up to a cursor. */
  z.object({ type: z.literal("read"), at: z.number(), room: z.string(), cursor: z.string() }),
  /** A room became theirs, or is no longer, or what they chose for it changed. */
  z.object({ type: z.literal("membership"), at: z.number(), room: z.string(), change: z.string() }),
  /** Their name changed. */
  z.object({ type: z.literal("renamed"), at: z.number(), user }),
  endedEvent,
]);

/** See {@linkcode personEvent}. */
export type PersonEvent = z.infer<typeof personEvent>;
