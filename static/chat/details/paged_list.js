/**
 * A list that is asked for page by page, newest first: reports, the audit trail.
 * @module
 */

import { isRecord } from "../../client/records.js";
import { make, makeButton } from "../../ui/dom.js";
import { problemText } from "../dialogs/problem.js";

/** @import { I18n } from "../../ui/i18n.js" */

/** Pages in a row that may hold nothing before it is left to the person to go on. */
const MAX_EMPTY = 5;

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
      /** @type {T[]} */
      const found = [];
      let before = from;
      for (let pages = 0; pages < MAX_EMPTY; pages++) {
        const answer = await ask(before === undefined ? {} : { before });
        if (mine !== turn) return;
        if (Array.isArray(answer.items)) {
          found.push(...answer.items.filter(isRecord).map(read).filter((item) => item !== undefined));
        }
        before = typeof answer.next === "string" ? answer.next : undefined;
        if (found.length > 0 || before === undefined) break;
      }
      if (from === undefined) list.replaceChildren();
      list.append(...found.map(makeItem));
      next = before;
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

  return { element, load: () => load(undefined) };
}
