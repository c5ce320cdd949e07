/**
 * A room in a few lines: what a person may do in it, and what becomes of it. Knows nothing of documents, checks or logs; a place is a
 * cursor, which is only compared.
 *
 * @module
 */

import type { Role } from "../../protocol/events.ts";
import type { Command } from "./model/command.ts";

/** Until when something holds; without `until`: until it is lifted. */
export interface ModelSentence {
  readonly until?: number | undefined;
}

/** What is known of a person. */
export interface ModelPerson {
  name: string;
  role?: Role;
  joinedAt: number;
  banned?: ModelSentence | undefined;
  muted?: ModelSentence | undefined;
  marker?: string;
  /** When they last wrote under slow mode. */
  slowAt?: number;
}

/** A message as it has become. */
export interface ModelMessage {
  readonly cursor: string;
  readonly at: number;
  readonly author: string;
  readonly reply: string | undefined;
  readonly thread: string | undefined;
  text: string | undefined;
  mentions: string[];
  edited: number | undefined;
  /** Emoji → who gave it, both in the order in which they were given. */
  reactions: Map<string, string[]>;
  /** How many replies its thread has. */
  replies: number;
}

/** An invitation. */
export interface ModelInvite {
  readonly by: string;
  readonly uses: number;
  readonly expiresAt: number;
  used: number;
  /** Revoked, or whoever made it could not invite for a while [V30]. */
  ended: boolean;
}

/** A room as it should be. */
export interface ModelRoom {
  readonly kind: "public" | "private" | "direct";
  title: string | undefined;
  write: "members" | "moderators";
  slowModeS: number;
  archived: boolean;
  readonly people: Map<string, ModelPerson>;
  readonly messages: ModelMessage[];
  pins: string[];
  readonly invites: ModelInvite[];
  /** Who was mentioned by name, where in the log, and when. */
  readonly notices: { readonly person: string; readonly cursor: string; readonly at: number }[];
  /** The last event's place. */
  head: string;
}

/** What comes of a command. */
export interface Outcome {
  /** The refusal's code; absent: it is done, or so already. */
  readonly code?: string;
  /** Does it; absent: nothing changes. */
  readonly apply?: (place: Place) => void;
}

/** Where in the log it happens. */
export interface Place {
  readonly cursor: string;
  /** Whom the text mentions, where it is not for the model to say. */
  readonly mentions?: string[] | undefined;
}

const RANKS = { banned: 0, stranger: 1, muted: 2, member: 3, moderator: 4, owner: 5, never: 9 };
type Level = keyof typeof RANKS;

/** Who may: in public, private and direct rooms. Said a second time on purpose. */
const TABLE = {
  enter: ["stranger", "never", "never"],
  leave: ["stranger", "muted", "muted"],
  belong: ["muted", "muted", "muted"],
  write: ["member", "member", "member"],
  writeModerated: ["moderator", "moderator", "moderator"],
  read: ["stranger", "muted", "muted"],
  deleteOthers: ["moderator", "moderator", "never"],
  pin: ["moderator", "moderator", "member"],
  moderate: ["moderator", "moderator", "never"],
  invite: ["moderator", "moderator", "never"],
  mentionRoom: ["moderator", "member", "member"],
  configure: ["owner", "owner", "never"],
  archive: ["owner", "owner", "never"],
} satisfies Record<string, readonly [Level, Level, Level]>;

/** What an archived room allows still. */
const KEPT: ReadonlySet<string> = new Set(["leave", "belong", "read", "moderate", "archive"]);

const FORBIDDEN: Outcome = { code: "forbidden" };
const NOT_FOUND: Outcome = { code: "not_found" };
const CONFLICT: Outcome = { code: "conflict" };
const NOTHING: Outcome = {};

/** Whether a ban or a mute holds. */
export function holds(sentence: ModelSentence | undefined, now: number): boolean {
  return sentence !== undefined && (sentence.until === undefined || sentence.until > now);
}

/** What somebody is. */
export function levelOf(room: ModelRoom, id: string, now: number): Level {
  const { role, banned, muted } = room.people.get(id) ?? {};
  if (holds(banned, now)) return "banned";
  if (role === undefined) return "stranger";
  return role === "member" && holds(muted, now) ? "muted" : role;
}

/** Whether somebody may do something. */
export function may(room: ModelRoom, action: keyof typeof TABLE, id: string, now: number): boolean {
  const least = TABLE[action][["public", "private", "direct"].indexOf(room.kind)] ?? "never";
  return RANKS[levelOf(room, id, now)] >= RANKS[least] && (!room.archived || KEPT.has(action));
}

/** What comes of a command in a room as it is now; changes nothing yet. */
export function decide(room: ModelRoom, command: Command, now: number): Outcome {
  const { who } = command;
  const person = personOf(room, who);
  const can = (action: keyof typeof TABLE) => may(room, action, who, now);
  const write = room.write === "moderators" ? "writeModerated" : "write";
  const others = (role: Role, id: string) =>
    [...room.people].filter(([other, one]) => other !== id && one.role === role);
  switch (command.type) {
    case "become":
    case "enter": {
      if (person.role !== undefined) return NOTHING;
      if (!can("enter")) return command.type === "enter" ? NOTHING : FORBIDDEN;
      return { apply: () => comeIn(person, now) };
    }
    case "leave": {
      if (!can("leave")) return FORBIDDEN;
      if (person.role === undefined) return NOTHING;
      const isAlone = [...room.people].every(([id, { role }]) => id === who || role === undefined);
      if (person.role === "owner" && others("owner", who).length === 0 && !isAlone) return CONFLICT;
      return { apply: () => putOut(room, who) };
    }
    case "kick":
    case "ban":
    case "unban":
    case "mute":
    case "unmute":
      return judge(room, command, now);
    case "role": {
      if (!can("configure")) return FORBIDDEN;
      const whom = personOf(room, command.whom);
      if (whom.role === undefined) return NOT_FOUND;
      if (whom.role === command.role) return NOTHING;
      if (whom.role === "owner" && command.whom !== who) return FORBIDDEN;
      if (whom.role === "owner" && others("owner", command.whom).length === 0) return CONFLICT;
      return {
        apply: () => {
          whom.role = command.role;
          if (command.role === "member") endInvites(room, command.whom);
        },
      };
    }
    case "title":
      if (!can("configure")) return FORBIDDEN;
      return room.title === command.title ? NOTHING : { apply: () => room.title = command.title };
    case "write":
      if (!can("configure")) return FORBIDDEN;
      return room.write === command.write ? NOTHING : { apply: () => room.write = command.write };
    case "slow":
      if (!can("configure")) return FORBIDDEN;
      return room.slowModeS === command.slowModeS ? NOTHING : { apply: () => room.slowModeS = command.slowModeS };
    case "archive":
      if (!can("archive")) return FORBIDDEN;
      return room.archived === command.archived ? NOTHING : { apply: () => room.archived = command.archived };
    case "send":
      return can(write) ? send(room, command, now) : FORBIDDEN;
    case "edit": {
      const message = messageAt(room, command.target);
      if (!can(write)) return FORBIDDEN;
      if (message.text === undefined) return NOT_FOUND;
      if (message.author !== who) return FORBIDDEN;
      if (message.text === command.text) return NOTHING;
      const named = mentionsOf(room, command.text, can("mentionRoom"));
      return {
        apply: ({ cursor, mentions = named }) => {
          notify(room, mentions.filter((id) => !message.mentions.includes(id)), who, { cursor, at: now });
          Object.assign(message, { text: command.text, edited: now, mentions });
        },
      };
    }
    case "delete": {
      const message = messageAt(room, command.target);
      if (!can("read") || !can(message.author === who ? "write" : "deleteOthers")) return FORBIDDEN;
      if (message.text === undefined) return NOTHING;
      return {
        apply: () => {
          Object.assign(message, {
            text: undefined,
            edited: undefined,
            mentions: [],
            reactions: new Map(),
            replies: 0,
          });
          room.pins = room.pins.filter((pin) => pin !== command.target);
          const first = message.thread === undefined ? undefined : messageAt(room, message.thread);
          if (first?.text !== undefined) first.replies--;
        },
      };
    }
    case "react": {
      const message = messageAt(room, command.target);
      if (!can("write")) return FORBIDDEN;
      if (message.text === undefined) return NOT_FOUND;
      const given = message.reactions.get(command.emoji) ?? [];
      if (given.includes(who) === command.on) return NOTHING;
      return {
        apply: () => {
          const then = command.on ? [...given, who] : given.filter((id) => id !== who);
          if (then.length > 0) message.reactions.set(command.emoji, then);
          else message.reactions.delete(command.emoji);
        },
      };
    }
    case "pin": {
      if (!can("pin")) return FORBIDDEN;
      const message = messageAt(room, command.target);
      if (command.on && message.text === undefined) return NOT_FOUND;
      if (room.pins.includes(command.target) === command.on) return NOTHING;
      return {
        apply: () =>
          room.pins = command.on ? [...room.pins, command.target] : room.pins.filter((pin) => pin !== command.target),
      };
    }
    case "mark":
      if (!can("belong")) return FORBIDDEN;
      return command.target <= (person.marker ?? "") ? NOTHING : { apply: () => person.marker = command.target };
    case "rename":
      return person.name === command.name ? NOTHING : { apply: () => person.name = command.name };
    case "invite": {
      if (!can("invite")) return FORBIDDEN;
      const { uses, expiresInS } = command;
      return {
        apply: () => room.invites.push({ by: who, uses, expiresAt: now + expiresInS * 1_000, used: 0, ended: false }),
      };
    }
    case "revoke": {
      if (!can("invite")) return FORBIDDEN;
      const invite = room.invites[command.invite];
      return invite === undefined || invite.ended ? NOTHING : { apply: () => invite.ended = true };
    }
    case "accept": {
      const invite = room.invites[command.invite];
      if (invite === undefined || invite.ended) return FORBIDDEN;
      if (person.role !== undefined) return NOTHING;
      const isGood = invite.expiresAt > now && (invite.uses === 0 || invite.used < invite.uses);
      if (!isGood || room.archived || levelOf(room, who, now) === "banned") return FORBIDDEN;
      return {
        apply: () => {
          comeIn(person, now);
          invite.used++;
        },
      };
    }
    default:
      return command satisfies never;
  }
}

/** What somebody has not read: messages of others, and how often they were mentioned. */
export function countsOf(room: ModelRoom, id: string): { unread: number; mentions: number } {
  const { marker = "", joinedAt } = personOf(room, id);
  const isNew = ({ cursor, at }: { cursor: string; at: number }) => cursor > marker && at >= joinedAt;
  const unread = room.messages.filter((message) =>
    message.text !== undefined && message.author !== id && isNew(message)
  );
  const loud = unread.filter(({ mentions }) => mentions.includes("@room"));
  const named = room.notices.filter((notice) => notice.person === id && isNew(notice));
  return { unread: unread.length, mentions: loud.length + named.length };
}

/** A message by its cursor. */
export function messageAt({ messages }: ModelRoom, cursor: string): ModelMessage {
  const found = messages.find((message) => message.cursor === cursor);
  if (found === undefined) throw new TypeError(`No message at ${cursor}`);
  return found;
}

function personOf({ people }: ModelRoom, id: string): ModelPerson {
  const known = people.get(id);
  if (known === undefined) throw new TypeError(`Nobody is ${id}`);
  return known;
}

function comeIn(person: ModelPerson, now: number): void {
  Object.assign(person, { role: "member", joinedAt: now });
}

function putOut(room: ModelRoom, id: string): void {
  delete personOf(room, id).role;
  endInvites(room, id);
}

/** For good. Those of an archived room only rest: they hold again when it is brought back. */
function endInvites({ invites }: ModelRoom, id: string): void {
  for (const invite of invites) if (invite.by === id) invite.ended = true;
}

function judge(
  room: ModelRoom,
  command: Extract<Command, { type: "kick" | "ban" | "unban" | "mute" | "unmute" }>,
  now: number,
): Outcome {
  const { who, whom: id } = command;
  const whom = personOf(room, id);
  if (!may(room, "moderate", who, now)) return FORBIDDEN;
  if (RANKS[levelOf(room, id, now)] >= RANKS[levelOf(room, who, now)]) return FORBIDDEN;
  switch (command.type) {
    case "kick":
      return whom.role === undefined ? NOTHING : { apply: () => putOut(room, id) };
    case "ban":
    case "mute": {
      const { type, until } = command;
      const before = type === "ban" ? whom.banned : whom.muted;
      if (holds(before, now) && before?.until === until) return NOTHING;
      return {
        apply: () => {
          if (type === "mute") return whom.muted = { until };
          putOut(room, id);
          whom.banned = { until };
        },
      };
    }
    case "unban":
      return holds(whom.banned, now) ? { apply: () => whom.banned = undefined } : NOTHING;
    case "unmute":
      return holds(whom.muted, now) ? { apply: () => whom.muted = undefined } : NOTHING;
    default:
      return command satisfies never;
  }
}

function send(room: ModelRoom, command: Extract<Command, { type: "send" }>, now: number): Outcome {
  const { who, text, reply, thread } = command;
  const person = personOf(room, who);
  if (reply !== undefined && messageAt(room, reply).text === undefined) return NOT_FOUND;
  const first = thread === undefined ? undefined : messageAt(room, thread);
  if (first !== undefined && first.text === undefined) return NOT_FOUND;
  if (first?.thread !== undefined) return { code: "bad_request" };
  const named = mentionsOf(room, text, may(room, "mentionRoom", who, now));
  const isSlow = room.slowModeS > 0 && levelOf(room, who, now) === "member";
  if (isSlow && person.slowAt !== undefined && person.slowAt + room.slowModeS * 1_000 > now) {
    return { code: "rate_limited" };
  }
  return {
    apply: ({ cursor, mentions = named }) => {
      if (isSlow) person.slowAt = now;
      if (first !== undefined) first.replies++;
      const rest = { reply, thread, text, mentions, edited: undefined, reactions: new Map(), replies: 0 };
      room.messages.push({ cursor, at: now, author: who, ...rest });
      notify(room, mentions, who, { cursor, at: now });
    },
  };
}

function notify(room: ModelRoom, ids: readonly string[], author: string, place: { cursor: string; at: number }): void {
  for (const person of ids) if (person !== author && person !== "@room") room.notices.push({ person, ...place });
}

/** Whom a text mentions in which every name is followed by a space or by nothing. */
function mentionsOf(room: ModelRoom, text: string, mayEveryone: boolean): string[] {
  const found: string[] = [];
  for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", at + 1)) {
    const rest = text.slice(at + 1).toLowerCase();
    const isNamed = (name: string) => rest.startsWith(name) && [undefined, " "].includes(rest[name.length]);
    if (mayEveryone && isNamed("room")) {
      found.push("@room");
      continue;
    }
    const named = [...room.people].filter(([, { role, name }]) => role !== undefined && isNamed(name.toLowerCase()));
    const longest = Math.max(...named.map(([, { name }]) => name.length));
    found.push(...named.filter(([, { name }]) => name.length === longest).map(([id]) => id).sort());
  }
  return [...new Set(found)];
}
