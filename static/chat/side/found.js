/**
 * Searching while one types: asked when the typing rests, the last question wins, page by page. No DOM.
 * @module
 */

import { createEmitter } from "../../client/emitter.js";
import { codeOf } from "../dialogs/problem.js";
import { readOn } from "../read_on.js";

/** @import { Found, Search } from "../../client/operations.js" */

/** `isEverywhere`: in all of my rooms. `from`: an id. @typedef {{text: string, isEverywhere: boolean, from?: string | undefined}} Wanted */
/** @typedef {{setTimeout: (run: () => void, ms: number) => unknown, clearTimeout: (timer: unknown) => void}} Timers */

const REST_MS = 250;
/** How long to wait when the server does not say. */
const BUSY_MS = 1_000;
/** A letter on its own, which an input method has not put into a syllable yet. */
const HALF = /[\u3131-\u318e\u1100-\u11ff]$/u;

/**
 * Makes it, of nothing.
 * @param {object} parts
 * @param {string} parts.room the one that is open
 * @param {(query: Search) => Promise<{items: Found[], next: string | undefined}>} parts.ask
 * @param {Timers} parts.timers
 */
export function createFound({ room, ask, timers }) {
  /** @type {Wanted} */
  let wanted = { text: "", isEverywhere: false };
  /** What the items answer. */
  let answered = "";
  /** @type {Found[]} */
  let items = [];
  /** @type {string | undefined} */
  let next;
  /** @type {"empty" | "searching" | "ready" | "failed"} */
  let status = "empty";
  /** @type {unknown} */
  let failure;
  /** @type {unknown} */
  let timer;
  let turn = 0;
  /** @type {import("../../client/emitter.js").Emitter<{change: undefined}>} */
  const events = createEmitter();
  const changed = () => events.emit("change", undefined);

  const queryOf = () => ({
    ...(wanted.text !== "" && { q: wanted.text }),
    ...(!wanted.isEverywhere && { room }),
    ...(wanted.from !== undefined && { from: wanted.from }),
  });

  /** @param {string | undefined} from */
  async function search(from) {
    timers.clearTimeout(timer);
    const mine = ++turn;
    const key = keyOf(wanted);
    status = "searching";
    changed();
    try {
      const page = await readOn(
        (place) => ask({ ...queryOf(), ...(place !== undefined && { next: place }) }),
        from,
        () => mine === turn,
      );
      if (mine !== turn) return;
      items = from === undefined ? page.items : join(items, page.items);
      next = page.next;
      answered = key;
      status = "ready";
    } catch (error) {
      if (mine !== turn) return;
      const code = codeOf(error);
      // Many letters in a second, or the connection went: nothing that the person has to know.
      if (code === "rate_limited" || code === "lost") {
        timer = timers.setTimeout(() => search(from), waitOf(error));
        return;
      }
      status = "failed";
      failure = error;
    }
    changed();
  }

  return {
    on: events.on,

    /** @returns {Wanted} */
    get wanted() {
      return wanted;
    },
    /** @returns {readonly Found[]} newest first; of the question before while the next one is under way */
    get items() {
      return items;
    },
    /** `empty`: nothing was asked. @returns {"empty" | "searching" | "ready" | "failed"} */
    get status() {
      return status;
    },
    /** @returns {unknown} */
    get failure() {
      return failure;
    },
    /** @returns {boolean} */
    get hasMore() {
      return next !== undefined;
    },

    /**
     * Something else is looked for.
     * @param {Wanted} query
     * @param {{isTyped?: boolean, isComposing?: boolean}} [how] `isTyped`: there may be more to come; `isComposing`: the last letter may
     *   be half a syllable
     */
    want(query, { isTyped = false, isComposing = false } = {}) {
      const text = query.text.normalize("NFC").trim();
      const before = keyOf(wanted);
      wanted = { ...query, text: isComposing ? text.replace(HALF, "").trim() : text };
      if (wanted.text === "" && wanted.from === undefined) {
        timers.clearTimeout(timer);
        turn += 1;
        items = [];
        next = undefined;
        answered = "";
        status = "empty";
        return changed();
      }
      const key = keyOf(wanted);
      if (key === before && (isTyped || (key === answered && status === "ready"))) return;
      timers.clearTimeout(timer);
      // An answer to what is not looked for any more is none.
      turn += 1;
      if (!isTyped) return void search(undefined);
      status = "searching";
      changed();
      timer = timers.setTimeout(() => search(undefined), REST_MS);
    },

    /** The next page, or the same one again after a failure. */
    more: () => search(answered === keyOf(wanted) ? next : undefined),

    /** It is of no use any more. */
    stop() {
      timers.clearTimeout(timer);
      turn += 1;
    },
  };
}

/**
 * Reads what an address says of a search: `all:` and `from:<id>` before the text.
 * @param {string | undefined} of
 * @returns {Wanted}
 */
export function parseWanted(of = "") {
  const { all, from, text = "" } = /^(?<all>all:)?(?:from:(?<from>\S+) ?)?(?<text>.*)$/su.exec(of)?.groups ?? {};
  return { text: text.trim(), isEverywhere: all !== undefined, ...(from !== undefined && { from }) };
}

/**
 * Writes it.
 * @param {Wanted} wanted
 * @returns {string | undefined} undefined: nothing
 */
export function formatWanted({ text, isEverywhere, from }) {
  const said = `${isEverywhere ? "all:" : ""}${from === undefined ? "" : `from:${from} `}${text}`.trim();
  return said === "" ? undefined : said;
}

/** @param {Wanted} wanted */
function keyOf({ text, isEverywhere, from }) {
  return JSON.stringify([text, isEverywhere, from]);
}

/**
 * Over many rooms the next page may begin with what the last one ended with.
 * @param {readonly Found[]} before
 * @param {readonly Found[]} more
 */
function join(before, more) {
  const known = new Set(before.map(({ room, cursor }) => `${room} ${cursor}`));
  return [...before, ...more.filter(({ room, cursor }) => !known.has(`${room} ${cursor}`))];
}

/** @param {unknown} error */
function waitOf(error) {
  return typeof error === "object" && error !== null && "retryAfterMs" in error &&
      typeof error.retryAfterMs === "number"
    ? error.retryAfterMs
    : BUSY_MS;
}
