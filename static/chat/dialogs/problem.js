/**
 * What to tell somebody when the server did not do what they asked for.
 * @module
 */

/** @import { I18n, Word } from "../../ui/i18n.js" */

/** A word for a code of the protocol. @typedef {Readonly<Partial<Record<string, Word>>>} Reasons */

/** @type {Readonly<Record<string, Word>>} */
const WORDS = {
  lost: "problemLost",
  closed: "problemLost",
  unavailable: "problemLost",
  rate_limited: "problemHaste",
  forbidden: "problemForbidden",
  unauthorized: "problemForbidden",
  name_taken: "nameTaken",
  bad_name: "nameRefused",
  bad_room: "roomRefused",
  too_long: "problemTooLong",
  not_found: "problemGone",
  cancelled: "passkeyCancelled",
  passkey_there: "passkeyThere",
};

/**
 * The protocol's error in words.
 * @param {I18n} i18n
 * @param {unknown} error as a question of the client rejects with
 * @param {Reasons} [reasons] words for codes, where what was asked for has better ones
 * @returns {string}
 */
export function problemText(i18n, error, reasons = {}) {
  const code = codeOf(error);
  const word = reasons[code] ?? (Object.hasOwn(WORDS, code) ? WORDS[code] : undefined);
  return word === undefined ? i18n.t("problemOther", { code }) : i18n.t(word);
}

/**
 * The protocol's code of an error.
 * @param {unknown} error
 * @returns {string} `unknown` for what has none
 */
export function codeOf(error) {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "unknown";
}
