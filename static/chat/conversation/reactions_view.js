/**
 * The emoji that a message was given: buttons that give one too, or take it back.
 * @module
 */

import { make, makeButton } from "../../ui/dom.js";

/** @import { RowContext } from "./message_view.js" */
/** @import { MessageRow } from "./rows.js" */

/** People who are told by name. */
const MAX_TOLD = 10;

/**
 * Makes the list of a message's emoji, empty.
 * @param {RowContext} context
 */
export function createReactionsView({ i18n, names, isMine, actions }) {
  const element = make("ul", "reactions");
  /** @type {Map<string, {item: HTMLLIElement, button: HTMLButtonElement, count: HTMLElement}>} */
  let shown = new Map();

  /**
   * @param {string} cursor
   * @param {string} emoji
   */
  function createReaction(cursor, emoji) {
    const item = make("li");
    const count = make("span", "count");
    const button = makeButton("", "reaction", () => {
      actions.react(cursor, emoji, button.ariaPressed !== "true");
    });
    button.append(make("span", "emoji", emoji), count);
    // Who all gave it is asked for when somebody wants to know.
    const ask = async () => {
      try {
        tell(button, emoji, await actions.whoReacted(cursor, emoji));
      } catch {
        // Those whose names are known stay told.
      }
    };
    button.addEventListener("pointerenter", ask);
    button.addEventListener("focus", ask);
    item.append(button);
    return { item, button, count };
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {string} emoji
   * @param {readonly string[]} people names
   */
  function tell(button, emoji, people) {
    const count = Number(button.dataset.count);
    const told = people.slice(0, MAX_TOLD);
    const rest = count - told.length;
    const who = told.length === 0
      ? i18n.count("reactedCount", count)
      : told.join(", ") + (rest > 0 ? ` ${i18n.t("andMore", { count: rest })}` : "");
    // The number that is seen is said too: who speaks to the page says what they see.
    button.ariaLabel = `${emoji} ${who}${told.length === 0 ? "" : `, ${count}`}`;
    button.title = who;
  }

  return {
    element,

    /** @param {MessageRow} row */
    show({ cursor = "", reactions }) {
      /** @type {typeof shown} */
      const next = new Map();
      for (const reaction of reactions) {
        const { emoji, count, users } = reaction;
        const view = shown.get(emoji) ?? createReaction(cursor, emoji);
        view.count.textContent = String(count);
        view.button.dataset.count = String(count);
        view.button.ariaPressed = String(isMine(cursor, reaction));
        tell(view.button, emoji, users.map(names.find).filter((name) => name !== undefined));
        next.set(emoji, view);
      }
      for (const [emoji, { item }] of shown) if (!next.has(emoji)) item.remove();
      // What is there stays where it is, and the focus with it.
      [...next.values()].forEach(({ item }, index) => {
        if (element.children[index] !== item) element.insertBefore(item, element.children[index] ?? null);
      });
      shown = next;
    },
  };
}
