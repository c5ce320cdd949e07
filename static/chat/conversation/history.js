/**
 * Reads pages of a room's log over HTTP [H2].
 * @module
 */

import { readError } from "../../client/frames.js";
import { readPage } from "../../client/operations.js";
import { isRecord } from "../../client/records.js";

/** @typedef {Pick<import("../../client/operations.js").HistoryPage, "items" | "hasBefore" | "hasAfter" | "mine">} HistoryPage */
/** At most one of them; none: the newest page. @typedef {{before?: string | undefined, after?: string | undefined, around?: string}} Place */

const PAGE = 50;

/**
 * Reads one page of a room's messages.
 * @param {string} room
 * @param {Place} place
 * @param {string | undefined} token says who asks; without it the page's cookie does
 * @param {AbortSignal} signal
 * @returns {Promise<HistoryPage>} oldest first; empty when the cursor is none, or its past is no longer kept
 * @throws {Error} when there is no answer, or not the one asked for
 */
export async function fetchPage(room, place, token, signal) {
  const query = new URLSearchParams({ limit: String(PAGE) });
  for (const [side, cursor] of Object.entries(place)) if (cursor !== undefined) query.set(side, cursor);
  const response = await fetch(`/v1/rooms/${encodeURIComponent(room)}/messages?${query}`, {
    signal,
    ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
  });
  /** @type {unknown} */
  const body = await response.json();
  if (!isRecord(body)) throw new Error(`Cannot read history as the answer is no object: ${response.status}`);
  if (!response.ok) {
    const { code, message } = readError(body);
    // A link that was cut, or leads to what is no longer kept: there is nothing there.
    if (code === "cursor_expired" || code === "bad_cursor") {
      return { items: [], hasBefore: false, hasAfter: false, mine: {} };
    }
    throw new Error(`Cannot read history: ${code} ${message}`);
  }
  return readPage(body);
}
