/**
 * A person's mark: the first letter of the name on one of eight colours.
 * @module
 */

import { make } from "./dom.js";

const TONES = 8;

/**
 * Makes a person's mark; hidden from screen readers, which hear the name.
 * @param {string} id decides the colour, so that two people of one name differ
 * @param {string} name
 * @returns {HTMLSpanElement}
 */
export function makeAvatar(id, name) {
  const avatar = make("span", "avatar", firstLetter(name));
  avatar.ariaHidden = "true";
  avatar.dataset.tone = String(toneOf(id));
  return avatar;
}

/** @param {string} name */
function firstLetter(name) {
  const [first] = new Intl.Segmenter().segment(name);
  return first?.segment.toLocaleUpperCase() ?? "";
}

/** @param {string} id */
function toneOf(id) {
  let hash = 0;
  for (const letter of id) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return hash % TONES;
}
