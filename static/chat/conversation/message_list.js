/**
 * Shows rows in a scroller: keeps the elements of rows that stay, and the reader's place whatever comes and goes.
 * @module
 */

import { createRowView } from "./message_view.js";

/** @import { I18n } from "../../ui/i18n.js" */
/** @import { MessageActions, RowView } from "./message_view.js" */
/** @import { Row } from "./rows.js" */

/** As close to the end as counts as being there: the last line may be a fraction of a pixel away. */
const END_PX = 32;
/** How far ahead of the edge more is loaded, in screens. */
const AHEAD = 1.5;

/**
 * Takes over a scroller with a list in it.
 * @param {object} parts
 * @param {HTMLElement} parts.scroller
 * @param {HTMLOListElement} parts.list
 * @param {I18n} parts.i18n
 * @param {MessageActions} parts.actions
 * @param {() => void} parts.onScroll after the reader or the list itself has moved
 */
export function createMessageList({ scroller, list, i18n, actions, onScroll }) {
  /** @type {Map<string, RowView>} */
  let views = new Map();
  let atEnd = true;

  function toEnd() {
    scroller.scrollTop = scroller.scrollHeight;
    atEnd = true;
  }

  /** @param {readonly Row[]} rows */
  function reconcile(rows) {
    /** @type {Map<string, RowView>} */
    const next = new Map();
    // Going first, so that the walk below finds the rows that stay already in place and moves none of them.
    const ids = new Set(rows.map(({ id }) => id));
    for (const [id, { element }] of views) if (!ids.has(id)) element.remove();
    let place = list.firstElementChild;
    for (const row of rows) {
      const view = views.get(row.id) ?? createRowView(row, i18n, actions);
      view.update(row);
      next.set(row.id, view);
      if (view.element === place) place = place.nextElementSibling;
      else list.insertBefore(view.element, place);
    }
    views = next;
  }

  /** The first row in sight that will still be there, and where it is. @param {Set<string>} ids */
  function findAnchor(ids) {
    const top = scroller.getBoundingClientRect().top;
    for (const [id, { element }] of views) {
      const box = element.getBoundingClientRect();
      if (box.bottom > top && ids.has(id)) return { element, top: box.top };
    }
    return undefined;
  }

  scroller.addEventListener("scroll", () => {
    atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight <= END_PX;
    onScroll();
  }, { passive: true });
  // A soft keyboard, a growing composer or a late font changes the height without a scroll: who was at the end stays.
  const observer = new ResizeObserver(() => {
    if (atEnd) toEnd();
  });
  observer.observe(scroller);
  observer.observe(list);

  return {
    toEnd,

    /** Whether the last row is in sight. @returns {boolean} */
    get atEnd() {
      return atEnd;
    },
    /** Whether older rows will soon be wanted. @returns {boolean} */
    get nearStart() {
      return scroller.scrollTop < scroller.clientHeight * AHEAD;
    },
    /** Whether newer rows will soon be wanted. @returns {boolean} */
    get nearEnd() {
      return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < scroller.clientHeight * AHEAD;
    },

    /**
     * @param {readonly Row[]} rows
     * @param {boolean} stick stay at the end, if there
     */
    render(rows, stick) {
      const follows = stick && atEnd;
      const anchor = follows ? undefined : findAnchor(new Set(rows.map(({ id }) => id)));
      reconcile(rows);
      if (follows) toEnd();
      else if (anchor !== undefined) scroller.scrollTop += anchor.element.getBoundingClientRect().top - anchor.top;
    },

    /** Forgets all rows: another room, or another language. */
    clear() {
      views.clear();
      list.replaceChildren();
    },
  };
}
