/**
 * Skin tones of emoji (UTS #51 §2.4).
 * @module
 */

/** 0 is the yellow that no person has; 1 to 5 from light to dark. @typedef {0 | 1 | 2 | 3 | 4 | 5} Tone */

const FIRST_MODIFIER = 0x1f3fb;
const VARIATION = "\ufe0f";

/**
 * Gives an emoji a skin tone: to each person in it the same one.
 * @param {string} emoji one that takes a tone, without one
 * @param {Tone} tone
 * @returns {string}
 */
export function withTone(emoji, tone) {
  if (tone === 0) return emoji;
  const modifier = String.fromCodePoint(FIRST_MODIFIER + tone - 1);
  const isSequence = emoji.includes("\u200d");
  let toned = "";
  for (const character of emoji) {
    // A modifier takes the place of the selector that asks for an emoji.
    if (character === VARIATION && toned.endsWith(modifier)) continue;
    toned += character;
    // In a sequence a handshake joins two people, who have the tones.
    if (/\p{Emoji_Modifier_Base}/u.test(character) && !(isSequence && character === "🤝")) toned += modifier;
  }
  return toned;
}

/**
 * Takes the skin tones from an emoji.
 * @param {string} emoji
 * @returns {string} without skin tones
 */
export function withoutTone(emoji) {
  return emoji.replace(/\p{Emoji_Modifier}/gu, "");
}
