/**
 * What those who keep order did, for all of them to see.
 * @module
 */

import { findWord, isTime, readUser } from "../../client/records.js";
import { make } from "../../ui/dom.js";
import { makePagedList } from "./paged_list.js";

/** @import { User } from "../../client/events.js" */
/** @import { Word } from "../../ui/i18n.js" */
/** @import { Page } from "../app.js" */

/** @typedef {{at: number, user: User, action: string, member: User | undefined, role: "owner" | "moderator" | "member" | undefined, until: number | undefined, reason: string | undefined}} Deed */

/** @type {Readonly<Record<string, Word>>} */
const WORDS = {
  kick: "didKick",
  ban: "didBan",
  unban: "didUnban",
  mute: "didMute",
  unmute: "didUnmute",
  role: "didRole",
  settings: "didSettings",
  archive: "didArchive",
  unarchive: "didUnarchive",
  invite: "didInvite",
  revoke_invite: "didRevoke",
  delete: "didDelete",
  resolve_report: "didResolve",
  webhook: "didWebhook",
};

/**
 * The trail of what was done to keep order, newest first.
 * @param {Page} page
 */
export function makeAudit({ i18n, client, room }) {
  const { element, load } = makePagedList({
    i18n,
    ask: (of) => client.ask("list_audit", { room, ...of }),
    read: readDeed,
    make: makeDeed,
    nothing: i18n.t("auditNone"),
  });

  /** @param {Deed} deed */
  function makeDeed({ at, user, action, member, role, until, reason }) {
    const row = make("li", "entry-row");
    const what = make("p");
    i18n.fill(what, WORDS[action] ?? "didOther", {
      name: user.name,
      member: member?.name ?? "",
      role: role === undefined ? "" : i18n.t(`role_${role}`),
      action,
    });
    const when = until === undefined ? "" : ` · ${i18n.t("untilWhen", { when: i18n.stamp(until) })}`;
    row.append(what, make("p", "hint", `${i18n.stamp(at)}${when}`));
    if (reason !== undefined) {
      const why = make("p", "quoted", reason);
      why.dir = "auto";
      row.append(why);
    }
    return row;
  }

  return { element, opened: load };
}

/**
 * @param {Record<string, unknown>} item
 * @returns {Deed | undefined}
 */
function readDeed({ at, user: given, action, member, role, until, reason }) {
  const user = readUser(given);
  if (user === undefined || !isTime(at) || typeof action !== "string") return undefined;
  return {
    at,
    user,
    action,
    member: readUser(member),
    role: findWord(role, ["owner", "moderator", "member"]),
    until: isTime(until) ? until : undefined,
    reason: typeof reason === "string" ? reason : undefined,
  };
}
