/**
 * A list that follows what it shows: what stays is not moved, so that it keeps the focus, and stays under the finger that presses it.
 * @module
 */

/**
 * Makes the following of a list; it empties it first.
 * @template T
 * @param {HTMLElement} list
 * @param {object} parts
 * @param {(item: T) => string} parts.keyOf what tells items apart
 * @param {(item: T) => HTMLElement} parts.make
 * @param {(element: HTMLElement, item: T) => void} [parts.fill] shows how an item is now; called for new ones as well
 */
export function createKeyedList(list, { keyOf, make, fill = () => {} }) {
  /** @type {Map<string, HTMLElement>} */
  let elements = new Map();
  list.replaceChildren();

  return {
    /** @param {readonly T[]} items in their order, each key once */
    show(items) {
      /** @type {Map<string, HTMLElement>} */
      const next = new Map();
      for (const item of items) {
        const key = keyOf(item);
        const element = elements.get(key) ?? make(item);
        fill(element, item);
        next.set(key, element);
      }
      for (const [key, element] of elements) if (!next.has(key)) element.remove();
      elements = next;
      let place = list.firstElementChild;
      for (const element of next.values()) {
        if (element === place) place = place.nextElementSibling;
        else list.insertBefore(element, place);
      }
    },

    /** @param {string} key */
    find: (key) => elements.get(key),
  };
}
