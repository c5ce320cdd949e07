/**
 * Reads a thread's replies, oldest first, page by page. No DOM.
 * @module
 */

/** @import { Message } from "../../client/events.js" */

/** Replies that are worth a page: the server looks at a part of the log at a time, and answers with what it has found there. */
const ENOUGH = 20;

/**
 * Makes the reader of one thread.
 * @param {object} parts
 * @param {(page: {after?: string}) => Promise<{items: Message[], next: string | undefined}>} parts.ask
 * @param {(replies: readonly Message[], after: boolean) => void} parts.take
 * @param {() => void} parts.onChange
 */
export function createThreadPages({ ask, take, onChange }) {
  /** @type {"idle" | "loading" | "failed"} */
  let state = "idle";
  let isWhole = false;
  /** Where to look on. @type {string | undefined} */
  let next;

  return {
    /** @returns {typeof state} */
    get state() {
      return state;
    },
    /** Whether the last reply that there was has been read. @returns {boolean} */
    get isWhole() {
      return isWhole;
    },

    /**
     * Reads on.
     * @param {string | undefined} last the last reply that is there; none: from the beginning
     */
    async load(last) {
      if (state === "loading") return;
      state = "loading";
      onChange();
      try {
        let found = 0;
        let after = next ?? last;
        do {
          const page = await ask({ ...(after !== undefined && { after }) });
          found += page.items.length;
          after = page.next;
          take(page.items, after !== undefined);
        } while (after !== undefined && found < ENOUGH);
        next = after;
        isWhole = after === undefined;
        state = "idle";
      } catch {
        state = "failed";
      }
      onChange();
    },
  };
}
