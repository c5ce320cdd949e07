/**
 * Who may do what in a room, as chat/permissions.ts has it, which a browser does not get: so that nobody is shown what would be refused.
 * tests/static/chat/rights_test.ts holds the two together. No DOM.
 * @module
 */

/** @import { RoomInfo } from "../client/events.js" */

/** @typedef {keyof typeof RULES} Action */

/** From the least to the most. */
const LEVELS = ["banned", "stranger", "muted", "member", "moderator", "owner", "admin"];

/** Action → the least level in a public and a private room, in a direct one, and whether an archived room refuses it. */
const RULES = {
  react: { usual: "member", direct: "member", changes: true },
  changeOwn: { usual: "member", direct: "member", changes: true },
  deleteOthers: { usual: "moderator", direct: "admin", changes: true },
  report: { usual: "muted", direct: "muted", changes: false },
  pin: { usual: "moderator", direct: "member", changes: true },
  moderate: { usual: "moderator", direct: "admin", changes: false },
  invite: { usual: "moderator", direct: undefined, changes: true },
  configure: { usual: "owner", direct: undefined, changes: true },
  archive: { usual: "owner", direct: undefined, changes: false },
  appoint: { usual: "owner", direct: undefined, changes: true },
  export: { usual: "owner", direct: "muted", changes: false },
};

/**
 * Whether somebody of this level may do it.
 * @param {Action} action
 * @param {{info: Pick<RoomInfo, "kind" | "archived"> | undefined, level: string}} standing of a room that is not known yet: nothing
 */
export function may(action, { info, level }) {
  if (info === undefined) return false;
  const { usual, direct, changes } = RULES[action];
  const least = info.kind === "direct" ? direct : usual;
  if (least === undefined || (changes && info.archived)) return false;
  return rankOf(level) >= rankOf(least);
}

/**
 * Whether one may mute, kick and ban somebody: nobody does so to those of the own level or a higher one; who keeps order everywhere does
 * so to anybody.
 * @param {{info: Pick<RoomInfo, "kind" | "archived"> | undefined, level: string}} standing mine
 * @param {string} level theirs
 */
export function mayJudge(standing, level) {
  return may("moderate", standing) && (standing.level === "admin" || rankOf(level) < rankOf(standing.level));
}

/**
 * Whether one may give somebody another role. An owner is only made less by themselves, and by who keeps order everywhere.
 * @param {{info: Pick<RoomInfo, "kind" | "archived"> | undefined, level: string}} standing mine
 * @param {{role: string | undefined, isMe: boolean}} person `role`: undefined for who is not in the room
 */
export function mayAppoint(standing, { role, isMe }) {
  if (role === undefined || !may("appoint", standing)) return false;
  return standing.level === "admin" || role !== "owner" || isMe;
}

/** @param {string} level */
function rankOf(level) {
  return LEVELS.indexOf(level);
}
