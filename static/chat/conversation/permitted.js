/**
 * What can be done with a message, in the order of a menu. No DOM.
 * @module
 */

import { may } from "../rights.js";

/** @import { Standing } from "../standing.js" */
/** @import { MessageRow } from "./rows.js" */

/** @typedef {"react" | "reply" | "thread" | "edit" | "pin" | "unpin" | "copyText" | "copyLink" | "report" | "delete"} MessageAction */

/**
 * Lists what somebody may do with a message.
 * @param {Pick<MessageRow, "own" | "deleted" | "status" | "pinned" | "thread">} row
 * @param {Pick<Standing, "info" | "level" | "mayWrite">} standing
 * @param {boolean} [isInThread] whether the thread is what is shown: one does not go where one is
 * @returns {MessageAction[]} none while a message is on its way, or gone
 */
export function permittedActions({ own, deleted, status, pinned, thread }, standing, isInThread = false) {
  if (status !== "sent" || deleted) return [];
  /** @type {[MessageAction, boolean][]} */
  const actions = [
    ["react", may("react", standing)],
    // What is said in a thread is answered there.
    ["reply", standing.mayWrite && thread === undefined && !isInThread],
    ["thread", !isInThread],
    ["edit", own && may("changeOwn", standing)],
    ["copyText", true],
    ["copyLink", true],
    [pinned ? "unpin" : "pin", may("pin", standing)],
    ["report", !own && may("report", standing)],
    ["delete", may(own ? "changeOwn" : "deleteOthers", standing)],
  ];
  return actions.filter(([, isPermitted]) => isPermitted).map(([action]) => action);
}
