/**
 * Invitations to a room: making one, and ending those that hold.
 * @module
 */

import { isCount, isRecord, isTime, readUser } from "../../client/records.js";
import { loadStyle, make, makeButton } from "../../ui/dom.js";
import { createKeyedList } from "../../ui/keyed_list.js";
import { makeInvitation } from "../dialogs/invitation.js";
import { problemText } from "../dialogs/problem.js";
import { attempt, makeProblem } from "../side/attempt.js";

/** @import { User } from "../../client/events.js" */
/** @import { Page } from "../app.js" */

/** `uses`: 0 for any number. @typedef {{id: string, by: User | undefined, at: number, expiresAt: number, uses: number, used: number}} Invite */

/**
 * The room’s invitations: making, copying and revoking them.
 * @param {Page} page
 */
export function makeInvitations(page) {
  const { i18n, client, room } = page;
  loadStyle(import.meta.resolve("../dialogs/dialogs.css"));
  const element = make("div");
  const list = make("ul", "rows");
  const problem = makeProblem();
  const heading = make("h3", undefined, i18n.t("invitesOpen"));
  const form = makeInvitation(page, room);
  // What was made is in the list as soon as its link is shown.
  new MutationObserver(() => void load()).observe(form.querySelector(".invite-link") ?? form, { childList: true });
  element.append(form, heading, list, problem);
  /** @type {ReturnType<typeof createKeyedList<Invite>>} */
  const rows = createKeyedList(list, { keyOf: ({ id }) => id, make: makeRow });
  let turn = 0;

  /** @param {Invite} invite */
  function makeRow({ id, by, expiresAt, uses, used }) {
    const row = make("li", "row");
    const about = make("div", "row-about");
    const who = make("p");
    i18n.fill(who, "inviteBy", { name: by?.name ?? "" });
    const count = uses === 0 ? i18n.t("inviteAny") : i18n.t("inviteUsed", { used, uses });
    about.append(who, make("p", "hint", `${count} · ${i18n.t("untilWhen", { when: i18n.stamp(expiresAt) })}`));
    const revoke = makeButton(i18n.t("inviteRevoke"), "quiet", async () => {
      const isDone = await attempt(
        { i18n, control: revoke, problem },
        () => client.ask("revoke_invite", { room, invite: id }),
      );
      if (!isDone) return;
      await load();
      heading.tabIndex = -1;
      heading.focus();
    });
    row.append(about, revoke);
    return row;
  }

  async function load() {
    const mine = ++turn;
    try {
      const { items } = await client.ask("list_invites", { room });
      if (mine !== turn) return;
      const invites = readInvites(items);
      heading.hidden = invites.length === 0;
      rows.show(invites);
      problem.textContent = "";
    } catch (error) {
      if (mine === turn) problem.textContent = problemText(i18n, error);
    }
  }

  return { element, opened: load };
}

/**
 * @param {unknown} items
 * @returns {Invite[]} newest first
 */
function readInvites(items) {
  if (!Array.isArray(items)) return [];
  return items.filter(isRecord).flatMap(({ id, by, at, expiresAt, uses, used }) => {
    if (typeof id !== "string" || !isTime(at) || !isTime(expiresAt)) return [];
    return [{ id, by: readUser(by), at, expiresAt, uses: isCount(uses) ? uses : 0, used: isCount(used) ? used : 0 }];
  }).sort((a, b) => b.at - a.at);
}
