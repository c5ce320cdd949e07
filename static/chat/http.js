/**
 * Operations that are asked over HTTP: those that begin or end a session, and those of passkeys.
 * @module
 */

import { readError } from "../client/frames.js";
import { isRecord } from "../client/records.js";

/** @import { ProtocolError } from "../client/frames.js" */

/** @typedef {{method: "GET" | "POST" | "DELETE", path: string, token?: string | undefined, input?: object}} HttpQuestion */

/**
 * Asks.
 * @param {HttpQuestion} question `token`: who asks
 * @returns {Promise<Record<string, unknown>>} what is answered. Rejects with the protocol's error, as the client's `ask` does; with `lost`
 *   when nothing was answered
 */
export async function askHttp(question) {
  const response = await request(question);
  return response.status === 204 ? {} : await readRecord(response);
}

/**
 * Asks for a file.
 * @param {HttpQuestion} question
 * @returns {Promise<Blob>} rejects as askHttp() does
 */
export async function fetchFile(question) {
  const response = await request(question);
  try {
    return await response.blob();
  } catch {
    throw lost();
  }
}

/** @param {HttpQuestion} question */
async function request({ method, path, token, input }) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(input !== undefined && { "content-type": "application/json" }),
      },
      ...(input !== undefined && { body: JSON.stringify(input) }),
    });
  } catch {
    throw lost();
  }
  if (!response.ok) throw readError(await readRecord(response));
  return response;
}

/**
 * @param {Response} response
 * @returns {Promise<Record<string, unknown>>}
 */
async function readRecord(response) {
  try {
    /** @type {unknown} */
    const body = await response.json();
    if (isRecord(body)) return body;
  } catch {
    // Something between us and the server has answered.
  }
  throw lost();
}

/** @returns {ProtocolError} */
function lost() {
  return { code: "lost", message: "The server has not answered" };
}
