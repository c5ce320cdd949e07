/**
 * Deletes messages so that it can be undone: connects `deletions.js` with the server and the page.
 * @module
 */

import { createDeletions } from "./deletions.js";

/** @import { Message } from "../../client/events.js" */
/** @import { Page } from "../app.js" */
/** @import { Deletion } from "./deletions.js" */

/**
 * Makes it, with what earlier pages have left.
 * @param {Page} page
 * @param {() => void} onChange
 */
export function createRemovals(page, onChange) {
  const deletions = createDeletions({ storage: page.storage, ask, onRefused, onChange, isPassing });

  /**
   * @param {Deletion} deletion
   * @param {boolean} isLast
   */
  async function ask({ room, cursor }, isLast) {
    if (isLast) return askOutliving(room, cursor, page.client.token);
    await page.client.remove(room, cursor).catch((error) => {
      // Somebody was quicker: it is as it was to be.
      if (error?.code !== "not_found") throw error;
    });
  }

  /**
   * @param {Deletion} _deletion
   * @param {unknown} error
   */
  async function onRefused(_deletion, error) {
    const { codeOf, reasonFor } = await import("./message_operations.js");
    page.toasts.show(
      page.i18n.t("notDeleted", { reason: reasonFor({ code: codeOf(error) }, "reason_conflict", page.i18n) }),
    );
  }

  addEventListener("pagehide", deletions.finish);

  return {
    canUndo: deletions.canUndo,
    undo: deletions.undo,

    /** @param {string} me my id, told by each hello */
    resume: deletions.resume,

    /**
     * @param {string} room
     * @param {string} cursor
     */
    remove: (room, cursor) => deletions.add(room, cursor, page.me.id),

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
