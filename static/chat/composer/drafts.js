/**
 * What somebody has begun to write, for each room and each thread, the same in all tabs and after a reload. No DOM.
 * @module
 */

import { createEmitter } from "../../client/emitter.js";
import { isRecord, parseRecord } from "../../client/records.js";

/** @import { Storage } from "../../ui/storage.js" */

/** A message as a reply quotes it. @typedef {{cursor: string, user: {id: string, name: string}, text: string}} Quoted */
/** A message that is given another text: all of its own, and the new one. @typedef {{message: Quoted, text: string}} Edit */
/** A new message or an answer, and beside it an edit that has changed something. @typedef {{text: string, reply?: Quoted | undefined, edit?: Edit | undefined}} Draft */
/** @typedef {ReturnType<typeof createDrafts>} Drafts */

const PREFIX = "draft.";
/** Characters that are kept of the message that is answered: an excerpt. */
const MAX_QUOTED = 200;

/**
 * Names the place of a draft.
 * @param {string} room
 * @param {string} [thread] the cursor of its first message
 * @returns {string} a room's name holds no slash
 */
export function draftPlace(room, thread) {
  return thread === undefined ? room : `${room}/${thread}`;
}

/**
 * Opens the drafts.
 * @param {Storage} storage
 * @param {Pick<EventTarget, "addEventListener">} tabs says what another tab has changed: `storage` events
 */
export function createDrafts(storage, tabs = globalThis) {
  /** @type {import("../../client/emitter.js").Emitter<{change: {place: string, isElsewhere: boolean}}>} */
  const events = createEmitter();

  tabs.addEventListener("storage", (event) => {
    // Safe: `storage` events have a key, of which null means that everything was cleared.
    const { key } = /** @type {StorageEvent} */ (event);
    const prefix = `maru.${PREFIX}`;
    if (key?.startsWith(prefix)) events.emit("change", { place: key.slice(prefix.length), isElsewhere: true });
  });

  return {
    /** Tells of each draft that changes, `isElsewhere`: in another tab. */
    on: events.on,

    /**
     * @param {string} place as draftPlace() names it
     * @returns {Draft} an empty one where nothing was begun
     */
    get(place) {
      return readDraft(storage.get(PREFIX + place) ?? "");
    },

    /**
     * @param {string} place
     * @returns {boolean} whether something was begun there
     */
    has: (place) => storage.get(PREFIX + place) !== undefined,

    /**
     * @param {string} place
     * @param {Draft} draft an empty one is none
     */
    set(place, { text, reply, edit }) {
      const isEmpty = text === "" && reply === undefined && edit === undefined;
      const excerpt = reply && { ...reply, text: Array.from(reply.text).slice(0, MAX_QUOTED).join("") };
      const value = isEmpty ? undefined : JSON.stringify({ text, reply: excerpt, edit });
      if (value === storage.get(PREFIX + place)) return;
      storage.set(PREFIX + place, value);
      events.emit("change", { place, isElsewhere: false });
    },
  };
}

/** @param {string} value @returns {Draft} */
function readDraft(value) {
  const draft = parseRecord(value);
  // What this page kept before drafts could answer something: the text itself.
  if (typeof draft?.text !== "string") return { text: value };
  const { text, reply, edit } = draft;
  return { text, ...(isQuoted(reply) && { reply }), ...(isEdit(edit) && { edit }) };
}

/**
 * @param {unknown} value
 * @returns {value is Edit}
 */
function isEdit(value) {
  return isRecord(value) && typeof value.text === "string" && isQuoted(value.message);
}

/**
 * @param {unknown} value
 * @returns {value is Quoted}
 */
function isQuoted(value) {
  return isRecord(value) && typeof value.cursor === "string" && typeof value.text === "string" &&
    isRecord(value.user) && typeof value.user.id === "string" && typeof value.user.name === "string";
}
