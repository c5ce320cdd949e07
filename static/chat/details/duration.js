/**
 * How long something takes, in the largest unit that says it.
 * @module
 */

/** @import { I18n } from "../../ui/i18n.js" */

/**
 * Says it.
 * @param {I18n} i18n
 * @param {number} seconds whole; 0: not at all
 */
export function duration(i18n, seconds) {
  if (seconds === 0) return i18n.t("noWait");
  if (seconds % 3_600 === 0) return i18n.count("hours", seconds / 3_600);
  return seconds % 60 === 0 ? i18n.count("minutes", seconds / 60) : i18n.count("seconds", seconds);
}
