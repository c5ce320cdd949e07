/**
 * Who may do what in a room: one table. `tests/operations/permissions_test.ts` goes through it, row by row, over both transports.
 *
 * @module
 */

import { ChatError, quote } from "../protocol/errors.ts";
import type { Standing } from "./standings.ts";

/** What somebody is in a room, from the least to the most. */
export const LEVELS = ["banned", "stranger", "muted", "member", "moderator", "owner", "admin"] as const;

/** See {@linkcode LEVELS}. `stranger`: not in the room. `admin`: keeps order everywhere. */
export type Level = (typeof LEVELS)[number];

/** What can be done in a room. */
export type Action = keyof typeof RULES;

/** Kind of room → the least level; `never` where nobody may. */
interface Rule {
  readonly public: Level | "never";
  readonly private: Level | "never";
  readonly direct: Level | "never";
  /** Whether it changes something, and is therefore refused in an archived room. */
  readonly changes: boolean;
}

const same = (level: Level, changes = true): Rule => ({ public: level, private: level, direct: level, changes });

/** Action → who may. */
export const RULES = {
  /** Read its history, search it, hear it live, see who is here and who is in it. */
  read: { public: "stranger", private: "muted", direct: "muted", changes: false },
  /** Become a member without an invitation. */
  enter: { public: "stranger", private: "never", direct: "never", changes: true },
  /** End the membership. What two people wrote to each other stays theirs: a direct room is only taken out of one's list. */
  leave: { public: "stranger", private: "muted", direct: "muted", changes: false },
  /** Mark as read, choose what to be told of. */
  belong: same("muted", false),
  /** Send, reply; where moderators write, see `writeModerated`. */
  write: same("member"),
  /** Send in a room where only moderators write. */
  writeModerated: same("moderator"),
  /** Give a reaction or take it back. */
  react: same("member"),
  /** Edit or delete what is one's own. */
  changeOwn: same("member"),
  /** Delete what is another's. */
  deleteOthers: { public: "moderator", private: "moderator", direct: "admin", changes: true },
  pin: { public: "moderator", private: "moderator", direct: "member", changes: true },
  /** Tell the moderators of a message. */
  report: same("muted", false),
  /** Kick, ban, mute, and lift it, those of a lower level; see reports and the audit trail. */
  moderate: { public: "moderator", private: "moderator", direct: "admin", changes: false },
  invite: { public: "moderator", private: "moderator", direct: "never", changes: true },
  /** Mention everyone with `@room`. */
  mentionRoom: { public: "moderator", private: "member", direct: "member", changes: true },
  /** Change title, topic, who may write, slow mode, retention; webhooks. */
  configure: { public: "owner", private: "owner", direct: "never", changes: true },
  /** Archive it, and bring it back. */
  archive: { public: "owner", private: "owner", direct: "never", changes: false },
  /** Give and take roles below one's own. */
  appoint: { public: "owner", private: "owner", direct: "never", changes: true },
  export: { public: "owner", private: "owner", direct: "muted", changes: false },
} as const satisfies Record<string, Rule>;

/**
 * Whether somebody of this standing may do it.
 *
 * @param action What.
 * @param standing Who, where.
 */
export function may(action: Action, { level, room }: Pick<Standing, "level" | "room">): boolean {
  const rule: Rule = RULES[action];
  const least = rule[room.kind];
  if (least === "never" || (rule.changes && room.archived)) return false;
  return LEVELS.indexOf(level) >= LEVELS.indexOf(least);
}

/**
 * Refuses who may not. To those who may not even see the room it says the same, whatever the reason and whether the room exists or not.
 *
 * @throws {ChatError} `forbidden`.
 */
export function require(action: Action, standing: Standing): void {
  if (may(action, standing)) return;
  throw forbidden(action, standing);
}

/** What is said to who may not use a room that may not exist: word for word the same in all cases. */
export function hidden(room: string): ChatError {
  return new ChatError("forbidden", `Cannot use the room ${quote(room)}: you are not in it`);
}

function forbidden(action: Action, standing: Standing): ChatError {
  const { room, level, member } = standing;
  if (!may("read", standing) && (level !== "banned" || room.kind !== "public")) return hidden(room.name);
  const until = (sentence: { until?: number | undefined } | undefined) =>
    sentence?.until === undefined ? "" : ` until ${new Date(sentence.until).toISOString()}`;
  if (level === "banned") return refusal(`you are banned from ${quote(room.name)}${until(member?.banned)}`);
  if (room.archived && RULES[action].changes) return refusal(`${quote(room.name)} is archived`);
  if (level === "muted" && may(action, { ...standing, level: "member" })) {
    return refusal(`you are muted in ${quote(room.name)}${until(member?.muted)}`);
  }
  if (level === "stranger" && may(action, { ...standing, level: "member" })) return hidden(room.name);
  return refusal(`what you are in ${quote(room.name)} (${level}) is not enough`);

  function refusal(why: string): ChatError {
    return new ChatError("forbidden", `Cannot ${action} here: ${why}`);
  }
}
