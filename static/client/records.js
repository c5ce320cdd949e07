/**
 * Reading what somebody else's JSON holds, field by field: what is not as it should be is not there.
 * @module
 */

/**
 * Whether a parsed value is an object, and no list.
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
export function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The object that a text says.
 * @param {string} text
 * @returns {Record<string, unknown> | undefined} undefined when it says something else, or is no JSON
 */
export function parseRecord(text) {
  try {
    /** @type {unknown} */
    const value = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether it is a text.
 * @param {unknown} value
 * @returns {value is string}
 */
export function isString(value) {
  return typeof value === "string";
}

/**
 * Whether it counts something.
 * @param {unknown} value
 * @returns {value is number}
 */
export function isCount(value) {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

/** The last moment that a Date can hold, either way (ECMA-262 §21.4.1.1); JSON can say more: 1e999. */
const MAX_TIME = 8.64e15;

/**
 * Whether it is a moment: milliseconds since 1970.
 * @param {unknown} value
 * @returns {value is number}
 */
export function isTime(value) {
  return typeof value === "number" && Math.abs(value) <= MAX_TIME;
}

/**
 * One of a few words.
 * @template {string} Word
 * @param {unknown} value
 * @param {readonly Word[]} words
 * @returns {Word | undefined}
 */
export function findWord(value, words) {
  return words.find((word) => word === value);
}

/**
 * The strings of a list.
 * @param {unknown} value
 * @returns {string[]} empty when it is no list
 */
export function readStrings(value) {
  return Array.isArray(value) ? value.filter(isString) : [];
}

/**
 * Somebody, as others see them.
 * @param {unknown} value
 * @returns {{id: string, name: string} | undefined}
 */
export function readUser(value) {
  if (!isRecord(value) || typeof value.id !== "string" || typeof value.name !== "string") return undefined;
  return { id: value.id, name: value.name };
}
