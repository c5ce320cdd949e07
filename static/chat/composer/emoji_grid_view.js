/**
 * The picker's grid: sections of emoji in rows, gone through with the arrow keys.
 * @module
 */

import { moveInGrid } from "./emoji_grid.js";
import { make } from "../../ui/dom.js";

/** @import { Place } from "./emoji_grid.js" */

/** As many as a phone of 320 px has room for, in buttons that a finger hits. */
const COLUMNS = 8;

/** @type {Readonly<Record<string, string>>} */
const MIRRORED = { ArrowLeft: "ArrowRight", ArrowRight: "ArrowLeft" };

/** @typedef {{emoji: string, name: string}} Choice */
/** @typedef {{title: string, choices: readonly Choice[]}} Section */

/**
 * Makes an empty grid.
 * @param {object} parts
 * @param {(choice: Choice, event: MouseEvent) => void} parts.onPick
 * @param {(choice: Choice) => void} parts.onPoint the one under the pointer or with the focus
 * @param {() => void} parts.onLeave upwards, out of the grid
 */
export function createEmojiGrid({ onPick, onPoint, onLeave }) {
  const grid = make("div", "emoji-grid");
  grid.role = "grid";
  /** @type {HTMLElement[]} */
  let heads = [];
  /** @type {HTMLButtonElement[][]} */
  let rows = [];
  /** @type {WeakMap<Element, {choice: Choice, place: Place}>} */
  let known = new WeakMap();
  /** The one button that Tab reaches. @type {HTMLButtonElement | undefined} */
  let current;

  /** @param {HTMLButtonElement | undefined} button */
  function setCurrent(button) {
    if (current !== undefined) current.tabIndex = -1;
    if (button !== undefined) button.tabIndex = 0;
    current = button;
  }

  /** @param {readonly Choice[]} choices */
  function makeRow(choices) {
    const row = make("div", "emoji-row");
    row.role = "row";
    const place = rows.length;
    rows.push(choices.map((choice, column) => {
      const cell = make("span");
      cell.role = "gridcell";
      const button = make("button", "emoji-choice", choice.emoji);
      button.type = "button";
      button.tabIndex = -1;
      button.ariaLabel = choice.name;
      known.set(button, { choice, place: { row: place, column } });
      cell.append(button);
      row.append(cell);
      return button;
    }));
    return row;
  }

  /** @param {Event} event */
  function foundAt({ target }) {
    const button = target instanceof Element ? target.closest("button") : null;
    return button === null ? undefined : known.get(button);
  }

  grid.addEventListener("click", (event) => {
    const found = foundAt(event);
    if (found !== undefined) onPick(found.choice, event);
  });
  for (const type of /** @type {const} */ (["pointerover", "focusin"])) {
    grid.addEventListener(type, (event) => {
      const found = foundAt(event);
      if (found === undefined) return;
      onPoint(found.choice);
      if (type === "focusin") setCurrent(rows[found.place.row]?.[found.place.column]);
    });
  }
  grid.addEventListener("keydown", (event) => {
    const found = foundAt(event);
    if (found === undefined) return;
    const { ctrlKey } = event;
    // Where a page runs to the left, so do the rows.
    const key = (grid.matches(":dir(rtl)") && MIRRORED[event.key]) || event.key;
    const next = moveInGrid(rows.map((row) => row.length), found.place, { key, ctrlKey });
    if (next === undefined) return;
    event.preventDefault();
    if (next === "before") onLeave();
    else rows[next.row]?.[next.column]?.focus();
  });

  return {
    element: grid,

    /** @returns {Choice | undefined} */
    get first() {
      const button = rows[0]?.[0];
      return button === undefined ? undefined : known.get(button)?.choice;
    },

    /** @param {readonly Section[]} sections those without an emoji are left out */
    show(sections) {
      rows = [];
      known = new WeakMap();
      heads = [];
      const groups = sections.filter(({ choices }) => choices.length > 0).map(({ title, choices }) => {
        const group = make("div", "emoji-section");
        group.role = "rowgroup";
        group.ariaLabel = title;
        const head = make("p", "emoji-head", title);
        head.ariaHidden = "true";
        heads.push(head);
        group.append(head);
        for (let at = 0; at < choices.length; at += COLUMNS) group.append(makeRow(choices.slice(at, at + COLUMNS)));
        return group;
      });
      grid.replaceChildren(...groups);
      grid.scrollTop = 0;
      current = undefined;
      setCurrent(rows[0]?.[0]);
    },

    /** @param {number} index of a section that is shown */
    scrollTo(index) {
      heads[index]?.scrollIntoView({ block: "start" });
    },

    focus: () => current?.focus(),
  };
}
