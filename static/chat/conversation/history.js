/**
 * Reads pages of a room's log over HTTP [H2].
 * @module
 */

import { readError } from "../../client/frames.js";
import { readPage } from "../../client/operations.js";
import { isRecord } from "../../client/records.js";

/** @typedef {Pick<import("../../client/operations.js").HistoryPage, "items" | "hasBefore" | "hasAfter">} Page */

const PAGE = 50;

/**
 * Reads one page of a room's messages.
 * @param {string} room
 * @param {{before?: string | undefined, after?: string | undefined}} place neither: the newest page
 * @param {string | undefined} token says who asks; without it the page's cookie does
 * @param {AbortSignal} signal
 * @returns {Promise<Page>} oldest first; empty when the cursor's past is no longer kept
 * @throws {Error} when there is no answer, or not the one asked for
 */
export async function fetchPage(room, place, token, signal) {
  const query = new URLSearchParams({ limit: String(PAGE) });
  if (place.before !== undefined) query.set("before", place.before);
  if (place.after !== undefined) query.set("after", place.after);
  const response = await fetch(`/v1/rooms/${encodeURIComponent(room)}/messages?${query}`, {
    signal,
    ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
  });
  /** @type {unknown} */
  const body = await response.json();
  if (!isRecord(body)) throw new Error(`Cannot read history as the answer is no object: ${response.status}`);
  if (!response.ok) {
    const { code, message } = readError(body);
    if (code === "cursor_expired") return { items: [], hasBefore: false, hasAfter: false };
    throw new Error(`Cannot read history: ${code} ${message}`);
  }
  return readPage(body);
}
