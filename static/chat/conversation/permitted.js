/**
 * What somebody may do with a message, as chat/permissions.ts has it, which a browser does not get; tests/static/chat/conversation/permitted_test.ts
 * holds the two together. No DOM.
 * @module
 */

/** @import { RoomInfo } from "../../client/events.js" */
/** @import { MessageRow } from "./rows.js" */

/** @typedef {"react" | "reply" | "thread" | "edit" | "pin" | "unpin" | "copyText" | "copyLink" | "report" | "delete"} MessageAction */

/** From the least to the most. */
const LEVELS = ["muted", "member", "moderator", "owner", "admin"];

/**
 * Lists what may be done, in the order of a menu.
 * @param {Pick<MessageRow, "own" | "deleted" | "status" | "pinned" | "thread">} row
 * @param {string} level what I am in the room
 * @param {Pick<RoomInfo, "kind" | "archived" | "write"> | undefined} room undefined: not known yet
 * @returns {MessageAction[]}
 */
export function permittedActions({ own, deleted, status, pinned, thread }, level, room) {
  if (status !== "sent" || deleted) return [];
  const { kind = "public", archived = false, write = "members" } = room ?? {};
  /** @param {string} least */
  const is = (least) => LEVELS.indexOf(level) >= LEVELS.indexOf(least);
  const isDirect = kind === "direct";
  const mayChange = !archived && is("member");
  const mayWrite = !archived && is(write === "moderators" ? "moderator" : "member");
  const mayPin = !archived && is(isDirect ? "member" : "moderator");
  const mayDelete = own ? mayChange : !archived && is(isDirect ? "admin" : "moderator");
  /** @type {[MessageAction, boolean][]} */
  const actions = [
    ["react", mayChange],
    ["reply", mayWrite && thread === undefined],
    ["thread", true],
    ["edit", own && mayChange],
    ["copyText", true],
    ["copyLink", true],
    [pinned ? "unpin" : "pin", mayPin],
    ["report", !own],
    ["delete", mayDelete],
  ];
  return actions.filter(([, may]) => may).map(([action]) => action);
}
