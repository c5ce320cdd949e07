/**
 * Shows rows in a scroller, a bounded part of them at a time, and keeps the reader's place whatever comes, goes and grows.
 *
 * Browsers anchor scrolling each in its own way, Safari not at all; so it is switched off (messages.css), and one row is held where it is:
 * before elements change its place is measured, and afterwards it is put back, before anything is painted. What grows by itself (late fonts,
 * a narrower window) is told by an observer, which runs between layout and paint.
 * @module
 */

import { chooseWindow } from "./row_window.js";

/** @import { RowView } from "./message_view.js" */
/** @import { Row } from "./rows.js" */
/** @import { Range } from "./row_window.js" */

/** `id` of a row in sight. `top`: how far below the upper edge of the scroller, in pixels. @typedef {{id: string, top: number}} Anchor */
/** @typedef {ReturnType<typeof createMessageList>} MessageList */

/** As close to the end as counts as being there: the last line may be a fraction of a pixel away. */
const END_PX = 32;
/** How far ahead of the edge more is loaded, in screens. */
const AHEAD = 1.5;
/** Where a row is put that one has gone to: this share of the screen above it. */
const ABOVE = 0.25;

/**
 * Takes over a scroller with a list in it.
 * @param {object} parts
 * @param {HTMLElement} parts.scroller
 * @param {HTMLOListElement} parts.list
 * @param {(row: Row) => RowView} parts.createView
 * @param {() => void} parts.onScroll after the reader or the list itself has moved
 */
export function createMessageList({ scroller, list, createView, onScroll }) {
  /** All of them. @type {readonly Row[]} */
  let rows = [];
  /** Those that have an element, in order. @type {Map<string, RowView>} */
  let views = new Map();
  /** @type {Range} */
  let range = { start: 0, end: 0 };
  /** Whether the last row is the latest there is, and not only the latest that is loaded. */
  let isLatest = true;
  /** Whether the end is in sight, and what comes is to push the rest up. */
  let follows = true;
  /** What is held, as long as nobody scrolls. @type {Anchor | undefined} */
  let anchor;
  /** How far the list was scrolled when that was noted. */
  let notedAt = -1;

  const distance = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
  const isAtEnd = () => range.end === rows.length && distance() <= END_PX;

  function toBottom() {
    scroller.scrollTop = scroller.scrollHeight;
  }

  /** The rows in sight, as places in `rows`, and the one to hold. */
  function look() {
    const { top, bottom } = scroller.getBoundingClientRect();
    let first = -1;
    let last = -1;
    let index = range.start;
    /** @type {Anchor | undefined} */
    let partly;
    /** @type {Anchor | undefined} */
    let whole;
    for (const [id, { element }] of views) {
      const box = element.getBoundingClientRect();
      if (box.top >= bottom) break;
      if (box.bottom > top) {
        if (first < 0) first = index;
        last = index;
        partly ??= { id, top: box.top - top };
        // A row that is cut by the edge grows upwards: what one reads is below it.
        if (box.top >= top) whole ??= { id, top: box.top - top };
      }
      index++;
    }
    // Measured anew each time it would creep: no place is exact to more than half a pixel.
    const isHeld = anchor !== undefined && scroller.scrollTop === notedAt && views.has(anchor.id);
    return { sight: first < 0 ? range : { start: first, end: last + 1 }, anchor: isHeld ? anchor : whole ?? partly };
  }

  /** @param {Range} next */
  function reconcile(next) {
    const shown = rows.slice(next.start, next.end);
    const ids = new Set(shown.map(({ id }) => id));
    // Going first, so that the walk below finds the rows that stay already in place and moves none of them.
    for (const [id, { element }] of views) if (!ids.has(id)) remove(element);
    let place = list.firstElementChild;
    /** @type {Map<string, RowView>} */
    const kept = new Map();
    for (const row of shown) {
      const view = views.get(row.id) ?? createView(row);
      view.update(row);
      kept.set(row.id, view);
      if (view.element === place) place = place.nextElementSibling;
      else list.insertBefore(view.element, place);
    }
    views = kept;
    range = next;
  }

  /** @param {HTMLElement} element */
  function remove(element) {
    // Who goes by keyboard stays in the list.
    if (element.contains(document.activeElement)) scroller.focus({ preventScroll: true });
    element.remove();
  }

  /** Puts the anchor back where it was. @param {Anchor | undefined} held */
  function restore(held) {
    const view = held && views.get(held.id);
    if (held === undefined || view === undefined) return;
    const top = view.element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    // Less than half a pixel cannot be scrolled everywhere, and what is not done must not be tried for ever.
    if (Math.abs(top - held.top) >= 0.5) scroller.scrollTop += top - held.top;
  }

  /** @param {Anchor | undefined} [held] what was just put back; without it: what is in sight */
  function note(held) {
    anchor = held ?? look().anchor;
    notedAt = scroller.scrollTop;
  }

  /** After a scroll: other rows may have to be there. */
  function slide() {
    const seen = look();
    const next = chooseWindow(rows.length, seen.sight, range);
    if (next.start !== range.start || next.end !== range.end) {
      reconcile(next);
      restore(seen.anchor);
    }
    note(seen.anchor);
  }

  /**
   * @param {readonly Row[]} next
   * @param {Anchor | undefined} held
   * @param {Range} sight
   */
  function put(next, held, sight) {
    rows = next;
    const seen = sight.end - sight.start;
    const index = held === undefined ? -1 : rows.findIndex(({ id }) => id === held.id);
    const start = follows || index < 0 ? Math.max(0, rows.length - seen) : index;
    const kept = views.size > 0 ? placeOf(views.keys().next().value) : -1;
    const there = kept < 0 ? undefined : { start: kept, end: Math.min(rows.length, kept + range.end - range.start) };
    reconcile(chooseWindow(rows.length, { start, end: Math.min(rows.length, start + seen) }, there));
  }

  /** @param {string | undefined} id */
  const placeOf = (id) => rows.findIndex((row) => row.id === id);

  scroller.addEventListener("scroll", () => {
    follows = isLatest && isAtEnd();
    onScroll();
  }, { passive: true });

  const observer = new ResizeObserver(() => {
    // A soft keyboard, a growing composer, a late font: who was at the end stays there, who read stays where they read.
    if (follows) toBottom();
    else restore(anchor);
    note(follows ? undefined : anchor);
  });
  observer.observe(scroller);
  observer.observe(list);

  return {
    slide,

    /** Whether the last row is in sight. @returns {boolean} */
    get atEnd() {
      return isAtEnd();
    },
    /** Whether the first row has an element. @returns {boolean} */
    get hasFirst() {
      return range.start === 0;
    },
    /** Whether older rows will soon be wanted. @returns {boolean} */
    get nearStart() {
      return range.start === 0 && scroller.scrollTop < scroller.clientHeight * AHEAD;
    },
    /** Whether newer rows will soon be wanted. @returns {boolean} */
    get nearEnd() {
      return range.end === rows.length && distance() < scroller.clientHeight * AHEAD;
    },
    /** The cursor of the last message whose end is in sight. @returns {string | undefined} */
    get lastSeen() {
      const { bottom } = scroller.getBoundingClientRect();
      /** @type {string | undefined} */
      let seen;
      for (const { element } of views.values()) {
        if (element.getBoundingClientRect().bottom > bottom + 1) break;
        seen = element.dataset.cursor ?? seen;
      }
      return seen;
    },

    /**
     * The message that an element shows.
     * @param {Element} element of a row
     */
    rowOf(element) {
      const row = rows.slice(range.start, range.end).find(({ id }) => views.get(id)?.element === element);
      return row?.kind === "message" ? row : undefined;
    },

    /**
     * The id of the first or last message that is in sight as a whole, or else in part.
     * @param {"first" | "last"} which
     */
    inSight(which) {
      const { sight } = look();
      const seen = rows.slice(sight.start, sight.end).filter(({ kind }) => kind === "message");
      return (which === "first" ? seen[0] : seen.at(-1))?.id;
    },

    /**
     * The id of the message before or after another one.
     * @param {Element} element of a row
     * @param {"previous" | "next"} side
     */
    beside(element, side) {
      const index = rows.findIndex(({ id }) => views.get(id)?.element === element);
      const isMessage = (/** @type {Row} */ { kind }) => kind === "message";
      return (side === "previous" ? rows.slice(0, index).findLast(isMessage) : rows.slice(index + 1).find(isMessage))
        ?.id;
    },

    /**
     * Shows these rows instead, and keeps the place: the end when it is followed, else what is in sight.
     * @param {readonly Row[]} next
     * @param {boolean} latest whether nothing comes after them
     */
    render(next, latest) {
      const ids = new Set(next.map(({ id }) => id));
      const seen = look();
      const held = seen.anchor !== undefined && ids.has(seen.anchor.id) ? seen.anchor : nearest(ids);
      isLatest = latest;
      follows &&= latest;
      put(next, held, seen.sight);
      if (follows) toBottom();
      else restore(held);
      note(follows ? undefined : held);
    },

    /** Goes to the end, and follows it. */
    toEnd() {
      follows = true;
      reconcile(chooseWindow(rows.length, { start: Math.max(0, rows.length - 20), end: rows.length }));
      toBottom();
      note();
    },

    /**
     * Goes to a row.
     * @param {string} id
     * @param {"upper" | "nearest"} [place] `nearest`: scrolls no further than needed
     * @returns {HTMLElement | undefined} its element; none if there is no such row
     */
    toRow(id, place = "upper") {
      const index = placeOf(id);
      if (index < 0) return undefined;
      if (!views.has(id) || place === "upper") reconcile(chooseWindow(rows.length, { start: index, end: index + 1 }));
      const element = views.get(id)?.element;
      const box = element?.getBoundingClientRect();
      const edge = scroller.getBoundingClientRect();
      if (box === undefined) return undefined;
      if (place === "upper") scroller.scrollTop += box.top - edge.top - scroller.clientHeight * ABOVE;
      else if (box.top < edge.top) scroller.scrollTop += box.top - edge.top - 8;
      else if (box.bottom > edge.bottom) scroller.scrollTop += box.bottom - edge.bottom + 8;
      follows = isLatest && isAtEnd();
      note();
      return element;
    },

    /** Makes all elements anew, in another language, and keeps the place. */
    renew() {
      const held = look().anchor;
      views.clear();
      list.replaceChildren();
      reconcile(range);
      if (follows) toBottom();
      else restore(held);
      note();
    },

    /** Forgets all rows: another room. */
    clear() {
      views.clear();
      rows = [];
      range = { start: 0, end: 0 };
      anchor = undefined;
      list.replaceChildren();
    },
  };

  /** The first row at or below the edge that stays. @param {Set<string>} ids @returns {Anchor | undefined} */
  function nearest(ids) {
    const { top } = scroller.getBoundingClientRect();
    for (const [id, { element }] of views) {
      const box = element.getBoundingClientRect();
      if (box.bottom > top && ids.has(id)) return { id, top: box.top - top };
    }
    return undefined;
  }
}
