/**
 * What people reported, for those who keep order.
 * @module
 */

import { isRecord, isTime, readUser } from "../../client/records.js";
import { make, makeButton } from "../../ui/dom.js";
import { formatRoute } from "../route.js";
import { attempt, makeProblem } from "../side/attempt.js";
import { makePagedList } from "./paged_list.js";

/** @import { User } from "../../client/events.js" */
/** @import { Page } from "../app.js" */

/**
 * @typedef {{cursor: string, at: number, user: User, target: string, author: User, reason: string, resolvedBy: User | undefined, isOpen: boolean}} Report
 */

/**
 * Makes the list.
 * @param {Page} page
 * @param {() => void} onChange one was dealt with
 */
export function makeReports(page, onChange) {
  const { i18n, client, room } = page;
  const element = make("div");
  const isAll = make("input");
  isAll.type = "checkbox";
  const label = make("label", "check");
  label.append(isAll, make("span", undefined, i18n.t("reportsAll")));
  const list = makePagedList({
    i18n,
    ask: (of) => client.ask("list_reports", { room, ...(!isAll.checked && { isOpen: true }), ...of }),
    read: readReport,
    make: makeReport,
    nothing: i18n.t("reportsNone"),
  });
  isAll.addEventListener("change", list.load);
  element.append(label, list.element);

  /** @param {Report} report */
  function makeReport({ cursor, at, user, target, author, reason, resolvedBy, isOpen }) {
    const row = make("li", "entry-row");
    const who = make("p");
    i18n.fill(who, "reportedBy", { name: user.name, author: author.name });
    const why = make("p", "quoted", reason);
    why.dir = "auto";
    const state = make("p", "hint", i18n.stamp(at));
    const buttons = make("p", "buttons");
    const look = make("a", "quiet button", i18n.t("reportLook"));
    look.href = formatRoute({ kind: "room", room, message: target });
    const problem = makeProblem();
    buttons.append(look);
    /** @param {string} name */
    const settle = (name) => {
      const done = make("p", "hint");
      i18n.fill(done, "reportResolved", { name });
      state.after(done);
    };
    if (!isOpen) settle(resolvedBy?.name ?? "");
    else {
      const resolve = makeButton(i18n.t("reportResolve"), "quiet", async () => {
        const isDone = await attempt(
          { i18n, control: resolve, problem },
          () => client.ask("resolve_report", { room, report: cursor }),
        );
        if (!isDone) return;
        look.focus();
        resolve.remove();
        settle(page.me.name);
        onChange();
      });
      buttons.append(resolve);
    }
    row.append(who, why, state, problem, buttons);
    return row;
  }

  return { element, opened: list.load };
}

/**
 * How many are open.
 * @param {Page} page
 * @returns {Promise<string>} empty: none
 */
export async function countReports({ client, room }) {
  const { items, next } = await client.ask("list_reports", { room, isOpen: true, limit: 50 });
  const count = Array.isArray(items) ? items.length : 0;
  if (typeof next === "string") return `${Math.max(count, 1)}+`;
  return count === 0 ? "" : String(count);
}

/**
 * @param {Record<string, unknown>} item
 * @returns {Report | undefined}
 */
function readReport({ cursor, at, user: given, target, author: wrote, reason, resolved }) {
  const user = readUser(given);
  const author = readUser(wrote);
  if (typeof cursor !== "string" || typeof target !== "string" || typeof reason !== "string" || !isTime(at)) {
    return undefined;
  }
  if (user === undefined || author === undefined) return undefined;
  const isOpen = !isRecord(resolved);
  return { cursor, at, user, target, author, reason, isOpen, resolvedBy: isOpen ? undefined : readUser(resolved.user) };
}
