/**
 * What the message box is for at the moment: a new message, an answer to one, or the text of one that is edited. No DOM.
 * @module
 */

/** @import { Draft, Drafts, Edit, Quoted } from "./drafts.js" */

/**
 * @typedef {{kind: "new"} | {kind: "reply", message: Quoted} | {kind: "edit", message: Quoted}} Mode
 */
/**
 * What is to be done with what was written.
 * @typedef {{kind: "send", text: string, reply: Quoted | undefined} | {kind: "save", message: Quoted, text: string} | {kind: "nothing"}} Sent
 */

/**
 * Makes the state of one box. The draft of a place is a new message or an answer; an edit leaves it alone, and is kept beside it.
 * @param {Drafts} drafts
 */
export function createWriting(drafts) {
  let place = "";
  /** What this box edits; what another tab does is kept in the same place, and comes when this place is opened the next time. @type {Edit | undefined} */
  let editing;

  /** @param {Partial<Draft>} change what is not named stays */
  const keep = (change) => drafts.set(place, { ...drafts.get(place), ...change });

  /** @param {Edit | undefined} edit one that has changed nothing is nothing to keep */
  function turnTo(edit) {
    editing = edit;
    keep({ edit: edit?.text === edit?.message.text ? undefined : edit });
  }

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

    /** @param {string} next what was begun elsewhere waits there, but for an edit that has changed nothing */
    open(next) {
      place = next;
      editing = drafts.get(place).edit;
    },

    /** @param {string} text */
    write(text) {
      if (editing !== undefined) turnTo({ ...editing, text });
      else keep({ text });
    },

    /** @param {Quoted} message */
    reply(message) {
      if (editing !== undefined) turnTo(undefined);
      keep({ reply: quote(message) });
    },

    /**
     * @param {Quoted} message
     * @param {string} [text] what to begin with
     */
    edit(message, text = message.text) {
      turnTo({ message: quote(message), text });
    },

    /** Gives up the edit, else the answer; the text of the draft stays. */
    leave() {
      if (editing === undefined) keep({ reply: undefined });
      else turnTo(undefined);
    },

    /** The message that is edited is gone: what was to be its text is one of the draft, below what stands there. */
    release() {
      if (editing === undefined) return;
      const { text } = drafts.get(place);
      keep({ text: text === "" ? editing.text : `${text}\n${editing.text}` });
      turnTo(undefined);
    },

    /**
     * Ends the message: the box is for the next one then, or for the draft that waited for the end of the edit.
     * @param {string} text what is sent, 1 character or more
     * @returns {Sent}
     */
    finish(text) {
      const { mode } = own;
      if (mode.kind === "edit") {
        turnTo(undefined);
        return text === mode.message.text ? { kind: "nothing" } : { kind: "save", message: mode.message, text };
      }
      keep({ text: "", reply: undefined });
      return { kind: "send", text, reply: mode.kind === "reply" ? mode.message : undefined };
    },
  };
  return own;
}

/** Of a message that has more. @param {Quoted} message @returns {Quoted} */
function quote({ cursor, user: { id, name }, text }) {
  return { cursor, user: { id, name }, text };
}
