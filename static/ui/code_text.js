/**
 * Text that marks code with backticks, as the documentation and the words of pages do.
 * @module
 */

import { make } from "./dom.js";

/**
 * Puts a text into an element; what stands between backticks becomes code.
 * @template {Element} T
 * @param {T} element
 * @param {string} text
 * @returns {T}
 */
export function withCode(element, text) {
  text.split("`").forEach((part, index) => element.append(index % 2 === 0 ? part : make("code", "", part)));
  return element;
}
