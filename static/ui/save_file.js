/**
 * Saving what was made or fetched where a browser keeps its downloads.
 * @module
 */

import { make } from "./dom.js";

/** The browser says not when it has begun; a busy one that begins late would find neither the name nor what was to be saved. */
const BEGINNING_MS = 60_000;

/**
 * Saves a file.
 * @param {Blob} file
 * @param {string} name under which it is offered
 */
export function saveFile(file, name) {
  const link = make("a");
  const url = URL.createObjectURL(file);
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), BEGINNING_MS);
}
