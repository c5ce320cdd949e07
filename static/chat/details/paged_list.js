/**
 * A list that is asked for page by page, newest first: reports, the audit trail.
 * @module
 */

import { isRecord } from "../../client/records.js";
import { make, makeButton } from "../../ui/dom.js";
import { problemText } from "../dialogs/problem.js";
import { readOn } from "../read_on.js";

/** @import { I18n } from "../../ui/i18n.js" */

/**
 * Makes it, empty.
 * @template T
 * @param {object} parts
 * @param {I18n} parts.i18n
 * @param {(page: {before?: string}) => Promise<Record<string, unknown>>} parts.ask answers `items` and `next`
 * @param {(item: Record<string, unknown>) => T | undefined} parts.read
 * @param {(item: T) => HTMLElement} parts.make
 * @param {string} parts.nothing what is said of an empty list
 */
export function makePagedList({ i18n, ask, read, make: makeItem, nothing }) {
  const element = make("div");
  const list = make("ol", "rows");
  const state = make("p", "hint");
  state.role = "status";
  const more = makeButton("", "quiet wide", () => load(next));
  element.append(list, state, more);
  more.hidden = true;
  /** @type {string | undefined} */
  let next;
  let turn = 0;

  /** @param {string | undefined} from */
  async function load(from) {
    const mine = ++turn;
    state.textContent = i18n.t("loading");
    more.hidden = true;
    try {
      const page = await readOn(readPage, from, () => mine === turn);
      if (mine !== turn) return;
      if (from === undefined) list.replaceChildren();
      list.append(...page.items.map(makeItem));
      next = page.next;
      state.textContent = list.children.length === 0 ? nothing : "";
      more.hidden = next === undefined;
      more.textContent = i18n.t("showMore");
    } catch (error) {
      if (mine !== turn) return;
      next = from;
      state.textContent = problemText(i18n, error);
      more.hidden = false;
      more.textContent = i18n.t("tryAgain");
    }
  }

  /** @param {string | undefined} before */
  async function readPage(before) {
    const { items, next } = await ask(before === undefined ? {} : { before });
    return {
      items: Array.isArray(items) ? items.filter(isRecord).map(read).filter((item) => item !== undefined) : [],
      next: typeof next === "string" ? next : undefined,
    };
  }

  return { element, load: () => load(undefined) };
}
