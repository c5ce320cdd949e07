/**
 * What a room and a person may be called (docs/protocol.md, "Words"), checked before the server is asked.
 * @module
 */

/** @typedef {{ok: true, value: string} | {ok: false, word: import("./i18n.js").Word}} Checked */

const ROOM = /^[\p{L}\p{M}\p{N}_-]+$/u;
// Control and format characters: the latter hold bidirectional overrides and what has no width.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * Checks a person's name.
 * @param {string} input
 * @returns {Checked} the name as the server will know it, or what to tell the person
 */
export function checkName(input) {
  const value = input.normalize("NFKC").trim().replace(/\s+/gu, " ");
  if (value === "") return { ok: false, word: "nameMissing" };
  if ([...value].length > 32) return { ok: false, word: "nameTooLong" };
  return UNSEEN.test(value) ? { ok: false, word: "nameRefused" } : { ok: true, value };
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
