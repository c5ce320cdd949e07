/**
 * What I do to messages: shown at once, then asked of the server, and taken back, with the reason, when it refuses. No DOM.
 * @module
 */

import { codeOf, problemText } from "../dialogs/problem.js";

/** @import { Client } from "../../client.js" */
/** @import { I18n } from "../../ui/i18n.js" */
/** @import { Toasts } from "../toasts.js" */
/** @import { PendingChange, PendingChanges } from "./pending_changes.js" */

/** @typedef {ReturnType<typeof createMessageOperations>} MessageOperations */

/** The room's own event, which says the same for good, comes with the answer or right after it; not if it was so already. */
const EVENT_MS = 5_000;

/**
 * Makes them.
 * @param {object} parts
 * @param {Pick<Client, "react" | "unreact" | "edit" | "message" | "pin" | "unpin">} parts.client
 * @param {I18n} parts.i18n
 * @param {Pick<Toasts, "show">} parts.toasts
 * @param {PendingChanges} parts.pending
 * @param {() => void} parts.onChange
 */
export function createMessageOperations({ client, i18n, toasts, pending, onChange }) {
  /**
   * @param {PendingChange} change
   * @param {() => Promise<unknown>} ask
   * @param {(error: unknown) => void} refuse
   */
  async function carryOut(change, ask, refuse) {
    const end = () => {
      remove();
      onChange();
    };
    const remove = pending.add(change);
    onChange();
    try {
      await untilAnswered(ask);
      setTimeout(end, EVENT_MS);
    } catch (error) {
      end();
      refuse(error);
    }
  }

  /**
   * @param {"notReacted" | "notPinned" | "notEdited"} word
   * @param {unknown} error
   * @param {{word: string, run: () => void}} [action]
   */
  function tell(word, error, action) {
    toasts.show(`${i18n.t(word)} ${problemText(i18n, error, { conflict: "problemFull" })}`, action);
  }

  return {
    /**
     * @param {string} room
     * @param {string} target
     * @param {string} emoji
     * @param {boolean} on
     */
    react(room, target, emoji, on) {
      return carryOut(
        { type: "react", target, emoji, on },
        () => (on ? client.react : client.unreact)(room, target, emoji),
        (error) => tell("notReacted", error),
      );
    },

    /**
     * @param {string} room
     * @param {string} target
     * @param {boolean} on
     */
    pin(room, target, on) {
      return carryOut(
        { type: "pin", target, on },
        () => (on ? client.pin : client.unpin)(room, target),
        (error) => tell("notPinned", error),
      );
    },

    /**
     * @param {string} room
     * @param {{cursor: string, text: string}} message
     * @param {string} text
     * @param {() => void} again lets the person go on with a text that was refused
     */
    edit(room, { cursor: target, text: before }, text, again) {
      if (text === before) return Promise.resolve();
      return carryOut(
        { type: "edit", target, text },
        () => client.edit(room, target, text),
        (error) => tell("notEdited", error, { word: i18n.t("editAgain"), run: again }),
      );
    },

    /**
     * Whether the server knows that there is no such message any more.
     * @param {string} room
     * @param {string} cursor
     */
    async isGone(room, cursor) {
      try {
        return (await untilAnswered(() => client.message(room, cursor)))?.deleted === true;
      } catch (error) {
        return codeOf(error) === "not_found";
      }
    },
  };
}

/**
 * Asks again what was lost with the connection: none of it is done twice.
 * @template T
 * @param {() => Promise<T>} ask
 * @returns {Promise<T>}
 */
async function untilAnswered(ask) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (codeOf(error) !== "lost") throw error;
    }
  }
}
