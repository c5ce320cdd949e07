/**
 * What a room and a person may be called (docs/protocol.md, "Words"), checked before the server is asked.
 * @module
 */

/** @typedef {{ok: true, value: string} | {ok: false, word: import("./i18n.js").Word}} Checked */

// As in protocol/names.ts, which a browser does not get; tests/static/names_test.ts holds the two together.
const ROOM = /^(?:\p{L}\p{M}*|[\p{Nd}_-])+$/u;
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\u2800]/u;
const SEEN = /[^\p{M}\s]/u;

/**
 * Checks a person's name.
 * @param {string} input
 * @returns {Checked} the name as the server will know it, or what to tell the person
 */
export function checkName(input) {
  const value = input.normalize("NFKC").trim().replace(/\s+/gu, " ");
  if (value === "") return { ok: false, word: "nameMissing" };
  if ([...value].length > 32) return { ok: false, word: "nameTooLong" };
  return UNSEEN.test(value) || !SEEN.test(value) ? { ok: false, word: "nameRefused" } : { ok: true, value };
}

/**
 * Checks a room's name.
 * @param {string} input a `#` in front is taken off: people write it
 * @returns {Checked}
 */
export function checkRoom(input) {
  const value = input.normalize("NFC").trim().replace(/^#/, "");
  if (value === "") return { ok: false, word: "roomMissing" };
  if ([...value].length > 64) return { ok: false, word: "roomTooLong" };
  return ROOM.test(value) ? { ok: true, value } : { ok: false, word: "roomRefused" };
}

/**
 * The room that a link names.
 * @param {string} hash location.hash
 * @returns {string | undefined}
 */
export function findRoom(hash) {
  try {
    const room = checkRoom(decodeURIComponent(hash.slice(1)));
    return room.ok ? room.value : undefined;
  } catch {
    return undefined;
  }
}
