/**
 * Who is typing, in words.
 * @module
 */

/** @import { User } from "../../client/events.js" */
/** @import { I18n } from "../../ui/i18n.js" */

/** [V16] */
const SHOWN_MS = 5_000;

/**
 * Takes over the line that tells who is typing.
 * @param {HTMLElement} element
 * @param {I18n} i18n
 */
export function createTypingLine(element, i18n) {
  /** @type {Map<string, {name: string, timer: ReturnType<typeof setTimeout>}>} */
  const people = new Map();

  function show() {
    const [first, second] = [...people.values()].map(({ name }) => name);
    element.dataset.count = String(people.size);
    if (first === undefined) element.replaceChildren();
    else if (second === undefined) i18n.fill(element, "typing1", { first });
    else if (people.size === 2) i18n.fill(element, "typing2", { first, second });
    else i18n.fill(element, "typingMany", { count: people.size });
  }

  /** @param {string} id */
  function stop(id) {
    clearTimeout(people.get(id)?.timer);
    if (people.delete(id)) show();
  }

  return {
    show,
    stop,

    /** @param {User} user */
    start({ id, name }) {
      clearTimeout(people.get(id)?.timer);
      people.set(id, { name, timer: setTimeout(() => stop(id), SHOWN_MS) });
      show();
    },

    clear() {
      for (const { timer } of people.values()) clearTimeout(timer);
      people.clear();
      show();
    },
  };
}
