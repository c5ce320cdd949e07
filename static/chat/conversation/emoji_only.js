/**
 * Whether a message is nothing but emoji.
 * @module
 */

// Not \p{RGI_Emoji}: V8 takes a tenth of a second and more to compile that, while the first message waits to be painted.
const EMOJI_LETTERS = /^[\p{Emoji}\p{Emoji_Component}]+$/u;
const EMOJI = /^(?:\p{Emoji_Presentation}|\p{Emoji}\ufe0f)/u;

/**
 * Whether a message is nothing but one to three emoji, which are shown large.
 * @param {string} text
 * @returns {boolean}
 */
export function isEmojiOnly(text) {
  if (text.length > 60 || !EMOJI_LETTERS.test(text)) return false;
  const letters = [...new Intl.Segmenter().segment(text)];
  return letters.length <= 3 && letters.every(({ segment }) => EMOJI.test(segment));
}
