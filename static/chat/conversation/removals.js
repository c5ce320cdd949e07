/**
 * Deletes messages so that it can be undone: connects `deletions.js` with the server and the page.
 * @module
 */

import { createEmitter } from "../../client/emitter.js";
import { createDeletions } from "./deletions.js";

/** @import { Message } from "../../client/events.js" */
/** @import { Storage } from "../../ui/storage.js" */
/** @import { Page } from "../page.js" */
/** @import { Deletion } from "./deletions.js" */

/** @typedef {ReturnType<typeof createRemovals>} Removals */

/**
 * Makes it, with what earlier pages have left.
 * @param {Storage} storage the same for all tabs
 * @param {() => Page} findPage
 */
export function createRemovals(storage, findPage) {
  /** @type {import("../../client/emitter.js").Emitter<{change: undefined}>} */
  const events = createEmitter();
  const onChange = () => events.emit("change", undefined);
  const deletions = createDeletions({ storage, ask, onRefused, onChange, isPassing });

  /**
   * @param {Deletion} deletion
   * @param {boolean} isLast
   */
  async function ask({ room, cursor }, isLast) {
    const { client } = findPage();
    if (isLast) return askOutliving(room, cursor, client.token);
    await client.remove(room, cursor).catch((error) => {
      // Somebody was quicker: it is as it was to be.
      if (error?.code !== "not_found") throw error;
    });
  }

  /**
   * @param {Deletion} _deletion
   * @param {unknown} error
   */
  async function onRefused(_deletion, error) {
    const { toasts, i18n } = findPage();
    const { problemText } = await import("../dialogs/problem.js");
    toasts.show(`${i18n.t("notDeleted")} ${problemText(i18n, error)}`);
  }

  addEventListener("pagehide", deletions.finish);

  return {
    on: events.on,
    canUndo: deletions.canUndo,
    undo: deletions.undo,

    /** @param {string} me my id, told by each hello */
    resume: deletions.resume,

    /**
     * @param {string} room
     * @param {string} cursor
     */
    remove: (room, cursor) => deletions.add(room, cursor, findPage().me.id),

    /**
     * @param {readonly Message[]} messages
     * @returns {readonly Message[]} the same list when none of them is about to go
     */
    apply(messages) {
      if (!messages.some(({ cursor }) => deletions.has(cursor))) return messages;
      return messages.map((message) =>
        deletions.has(message.cursor) ? { ...message, text: "", deleted: true } : message
      );
    },
  };
}

/**
 * A request that the browser sends although the page goes away.
 * @param {string} room
 * @param {string} cursor
 * @param {string | undefined} token
 */
async function askOutliving(room, cursor, token) {
  const response = await fetch(`/v1/rooms/${encodeURIComponent(room)}/messages/${encodeURIComponent(cursor)}`, {
    method: "DELETE",
    keepalive: true,
    ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
  });
  if (!response.ok && response.status !== 404) throw { code: response.status === 403 ? "forbidden" : "unavailable" };
}

/** @param {unknown} error */
function isPassing(error) {
  const code = error instanceof Object && "code" in error ? error.code : undefined;
  return code === undefined || ["lost", "closed", "unavailable", "internal", "rate_limited"].includes(String(code));
}
