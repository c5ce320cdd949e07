/**
 * What somebody has chosen before: the emoji that they used last, and their skin tone. No DOM.
 * @module
 */

import { withoutTone, withTone } from "../../emoji/tones.js";

/** @import { Storage } from "../../ui/storage.js" */
/** @import { Tone } from "../../emoji/tones.js" */

/** Two rows of the picker. */
const MAX_RECENT = 16;

/**
 * The emoji that were used last, as they were: with their tones.
 * @param {Storage} storage
 * @returns {string[]} the last one first
 */
export function recentEmoji(storage) {
  return storage.list("emoji.recent").filter((each) => typeof each === "string").slice(0, MAX_RECENT);
}

/**
 * Puts an emoji before the others that were used. One emoji is in the list once, in the tone of its last use.
 * @param {Storage} storage
 * @param {string} emoji
 */
export function rememberEmoji(storage, emoji) {
  const others = recentEmoji(storage).filter((each) => withoutTone(each) !== withoutTone(emoji));
  storage.set("emoji.recent", JSON.stringify([emoji, ...others].slice(0, MAX_RECENT)));
}

/**
 * The skin tone that somebody has chosen.
 * @param {Storage} storage
 * @returns {Tone} 0 until one is chosen
 */
export function chosenTone(storage) {
  const tone = Number(storage.get("emoji.tone"));
  return tone === 1 || tone === 2 || tone === 3 || tone === 4 || tone === 5 ? tone : 0;
}

/**
 * Keeps a skin tone for every emoji from now on.
 * @param {Storage} storage
 * @param {Tone} tone
 */
export function chooseTone(storage, tone) {
  storage.set("emoji.tone", tone === 0 ? undefined : String(tone));
}

/**
 * An emoji as this person uses it.
 * @param {Storage} storage
 * @param {{emoji: string, takesTone: boolean}} emoji
 * @returns {string}
 */
export function inChosenTone(storage, { emoji, takesTone }) {
  return takesTone ? withTone(emoji, chosenTone(storage)) : emoji;
}
