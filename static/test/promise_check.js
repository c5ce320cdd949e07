/**
 * Looks whether the promise holds: what a client hands on has no gap and no double, and is in the log's order. Gaps are
 * found by reading the log over another way, HTTP.
 * @module
 */

/** @import { RoomEvents } from "../client/rooms.js" */

/**
 * `compared`: messages of the log that were looked for; `gaps` are of them. `toCome`: messages of the log after the last one
 * that was handed on. `replaced`: how often the client has begun anew, and said so.
 * @typedef {{handedOn: number, gaps: number, compared: number, toCome: number, doubles: number, isOrdered: boolean, replaced: number}} Verdict
 */
/** @typedef {{items: readonly {cursor: string}[], hasAfter: boolean}} LogPage oldest first */
/** @typedef {ReturnType<typeof createPromiseCheck>} PromiseCheck */

/** Events that are remembered: a flood has 1,000. */
const MAX_KNOWN = 5_000;
const MAX_PAGES = 30;

/** Makes one that has seen nothing yet. */
export function createPromiseCheck() {
  /** Cursor → how often it came; in the order in which they came first. @type {Map<string, number>} */
  let seen = new Map();
  let first = "";
  let last = "";
  /** @type {Verdict} */
  let verdict = { handedOn: 0, gaps: 0, compared: 0, toCome: 0, doubles: 0, isOrdered: true, replaced: 0 };

  /** @param {string} cursor */
  function take(cursor) {
    const times = (seen.get(cursor) ?? 0) + 1;
    seen.set(cursor, times);
    if (times > 1) verdict.doubles += 1;
    else if (cursor < last) verdict.isOrdered = false;
    if (cursor > last) last = cursor;
    verdict.handedOn += 1;
    if (seen.size <= MAX_KNOWN) return;
    const [oldest = ""] = seen.keys();
    seen.delete(oldest);
    [first = ""] = seen.keys();
  }

  return {
    /** @returns {Readonly<Verdict>} */
    get verdict() {
      return { ...verdict };
    },

    /** @param {string} head from where on everything has to come, if nothing has come yet */
    begin(head) {
      if (first === "") first = last = head;
    },

    /** @param {Pick<RoomEvents, "events" | "replace">} handedOn */
    take({ events, replace }) {
      if (replace) {
        // The client has said aloud that it begins anew: what was before is not compared with what comes.
        seen = new Map();
        first = last = "";
        verdict = { ...verdict, handedOn: 0, gaps: 0, compared: 0, toCome: 0, replaced: verdict.replaced + 1 };
      }
      for (const { cursor } of events) {
        if (first === "") first = cursor;
        take(cursor);
      }
    },

    /**
     * Reads the log from the first event that was handed on, and looks for what was left out.
     * @param {(after: string) => Promise<LogPage>} readLog messages after a cursor
     */
    async compare(readLog) {
      const [end, asked] = [last, seen];
      if (first === "") return;
      /** @type {string[]} */
      const cursors = [];
      for (let pages = 0; pages < MAX_PAGES; pages++) {
        const { items, hasAfter } = await readLog(cursors.at(-1) ?? first);
        cursors.push(...items.map(({ cursor }) => cursor));
        if (!hasAfter || items.length === 0) break;
      }
      // Begun anew meanwhile: then this says nothing.
      if (asked !== seen) return;
      const due = cursors.filter((cursor) => cursor > first && cursor <= end);
      const missing = cursors.filter((cursor) => cursor > first && !seen.has(cursor));
      const gaps = missing.filter((cursor) => cursor <= end).length;
      verdict = { ...verdict, gaps, compared: due.length, toCome: missing.length - gaps };
    },
  };
}
