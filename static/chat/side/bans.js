/**
 * Who is banned from the room, for those who may lift it.
 * @module
 */

import { isRecord, isTime, readUser } from "../../client/records.js";
import { makeAvatar } from "../../ui/avatar.js";
import { make, makeButton } from "../../ui/dom.js";
import { createKeyedList } from "../../ui/keyed_list.js";
import { problemText } from "../dialogs/problem.js";
import { attempt, makeProblem } from "./attempt.js";

/** @import { User } from "../../client/events.js" */
/** @import { Page } from "../app.js" */

/** @typedef {{user: User, by: User | undefined, until: number | undefined, reason: string | undefined}} Ban */

const PAGE = 200;

/**
 * Makes the section; it is there when somebody is banned, and for those who may know.
 * @param {Page} page
 */
export function createBans(page) {
  const { i18n, client, room } = page;
  const element = make("section");
  const heading = make("h3", undefined, i18n.t("banned"));
  const list = make("ul", "rows");
  const problem = makeProblem();
  element.append(heading, list, problem);
  element.hidden = true;
  /** @type {ReturnType<typeof createKeyedList<Ban>>} */
  const rows = createKeyedList(list, { keyOf: ({ user }) => user.id, make: makeBan });
  let isAllowed = false;
  let turn = 0;

  /** @param {Ban} ban */
  function makeBan({ user, by, until, reason }) {
    const row = make("li", "row");
    const about = make("div", "row-about");
    about.append(make("bdi", "row-name", user.name));
    const terms = make("p", "hint");
    const end = until === undefined ? i18n.t("untilLifted") : i18n.t("untilWhen", { when: i18n.stamp(until) });
    i18n.fill(terms, "bannedBy", { name: by?.name ?? "", end });
    about.append(terms);
    if (reason !== undefined) {
      const why = make("p", "hint", reason);
      why.dir = "auto";
      about.append(why);
    }
    const lift = makeButton(i18n.t("unban"), "quiet", async () => {
      if (!await attempt({ i18n, control: lift, problem }, () => client.unban(room, user.id))) return;
      page.toasts.show(i18n.t("unbanDone", { name: user.name }));
      await load();
      heading.tabIndex = -1;
      heading.focus();
    });
    row.append(makeAvatar(user.id, user.name), about, lift);
    return row;
  }

  async function load() {
    if (!isAllowed) return;
    const mine = ++turn;
    try {
      const { items } = await client.ask("list_bans", { room, limit: PAGE });
      if (mine !== turn) return;
      const bans = readBans(items);
      rows.show(bans);
      element.hidden = bans.length === 0;
      problem.textContent = "";
    } catch (error) {
      if (mine === turn) problem.textContent = problemText(i18n, error);
    }
  }

  return {
    element,
    load,
    /** @param {boolean} mayModerate */
    show(mayModerate) {
      if (mayModerate === isAllowed) return;
      isAllowed = mayModerate;
      if (isAllowed) load();
      else element.hidden = true;
    },
  };
}

/**
 * @param {unknown} items
 * @returns {Ban[]}
 */
function readBans(items) {
  if (!Array.isArray(items)) return [];
  return items.filter(isRecord).flatMap(({ user: given, by, until, reason }) => {
    const user = readUser(given);
    return user === undefined ? [] : [{
      user,
      by: readUser(by),
      until: isTime(until) ? until : undefined,
      reason: typeof reason === "string" ? reason : undefined,
    }];
  });
}
