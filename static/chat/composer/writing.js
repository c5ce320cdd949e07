/**
 * What the message box is for at the moment: a new message, an answer to one, or the text of one that is edited. No DOM.
 * @module
 */

/** @import { Drafts, Quoted } from "./drafts.js" */

/**
 * @typedef {{kind: "new"} | {kind: "reply", message: Quoted} | {kind: "edit", message: Quoted}} Mode
 */
/**
 * What is to be done with what was written.
 * @typedef {{kind: "send", text: string, reply: Quoted | undefined} | {kind: "save", message: Quoted, text: string} | {kind: "nothing"}} Sent
 */

/**
 * Makes the state of one box. The draft of a place is a new message or an answer; an edit leaves it alone.
 * @param {Drafts} drafts
 */
export function createWriting(drafts) {
  let place = "";
  /** @type {{message: Quoted, text: string} | undefined} */
  let editing;

  const own = {
    /** @returns {string} where this is, as draftPlace() names it */
    get place() {
      return place;
    },

    /** @returns {string} what the box has to show */
    get text() {
      return editing === undefined ? drafts.get(place).text : editing.text;
    },

    /** @returns {Mode} */
    get mode() {
      if (editing !== undefined) return { kind: "edit", message: editing.message };
      const { reply } = drafts.get(place);
      return reply === undefined ? { kind: "new" } : { kind: "reply", message: reply };
    },

    /** @param {string} next an edit that was under way elsewhere is given up */
    open(next) {
      place = next;
      editing = undefined;
    },

    /** @param {string} text */
    write(text) {
      if (editing !== undefined) editing = { ...editing, text };
      else drafts.set(place, { ...drafts.get(place), text });
    },

    /** @param {Quoted} message */
    reply({ cursor, user: { id, name }, text }) {
      editing = undefined;
      drafts.set(place, { text: drafts.get(place).text, reply: { cursor, user: { id, name }, text } });
    },

    /**
     * @param {Quoted} message
     * @param {string} [text] what to begin with
     */
    edit(message, text = message.text) {
      editing = { message, text };
    },

    /** Gives up the edit, else the answer; the text of the draft stays. */
    leave() {
      if (editing === undefined) drafts.set(place, { text: drafts.get(place).text });
      editing = undefined;
    },

    /**
     * Ends the message: the box is for the next one then, or for the draft that waited for the end of the edit.
     * @param {string} text what is sent, 1 character or more
     * @returns {Sent}
     */
    finish(text) {
      const { mode } = own;
      if (mode.kind === "edit") {
        editing = undefined;
        return text === mode.message.text ? { kind: "nothing" } : { kind: "save", message: mode.message, text };
      }
      drafts.set(place, { text: "" });
      return { kind: "send", text, reply: mode.kind === "reply" ? mode.message : undefined };
    },
  };
  return own;
}
