/**
 * Decides what Enter means while an input method is at work. No DOM: it takes the events' own fields, so that the event
 * orders of all browsers can be played to it in a test.
 *
 * **Hangul.** The syllable under the cursor is always "being composed"; nobody thinks of it as unfinished, and Enter
 * means "send". Three orders are met, and each must send once:
 *
 * 1. Chromium, Firefox: `keydown` (229, composing), `compositionend`, and nothing more. The usual guard,
 *    `if (isComposing) return`, makes people press Enter twice here.
 * 2. Chromium on macOS, and wherever the input method passes the key on: as above, then a second `keydown` (13). Without
 *    a guard the first one sends "안녕하세요" and empties the box while the input method still holds "요", which it
 *    puts into the empty box, where the second one sends it.
 * 3. Safari: `compositionend` first, then `keydown` (229, no longer composing).
 *
 * So: while something is composed nothing is ever sent. If Enter was pressed meanwhile, the end of the composition
 * sends, because by then the text is whole and the input method holds nothing that it could put back. Whatever follows
 * of the same press finds an empty box, and an empty box does not send.
 *
 * **Japanese, Chinese.** Enter accepts a candidate; the text goes on. The events are the same, so only the composed
 * text tells: the end of a composition sends only when it left Hangul and nothing but Hangul. Kana, Han and the Latin
 * letters of an accepted raw pinyin do not pass. Neither does Hanja: a Korean writer who picks 漢字 for 한자 by Enter
 * picked, and did not send. The language of the page or the keyboard would be a worse sign: people switch input methods
 * within a sentence, and browsers do not say which one is on.
 *
 * An Enter that is an ordinary key (13, not composing) always sends: the input method has let it through. That is also
 * what makes Vietnamese and dead keys right where these compose.
 * @module
 */

/**
 * What is to be done with the event. `swallow`: prevent its default and do nothing.
 * @typedef {"send" | "swallow" | "pass"} Verdict
 */
/**
 * @typedef {Pick<KeyboardEvent,
 *   "key" | "code" | "keyCode" | "isComposing" | "shiftKey" | "altKey" | "repeat">} Key
 */

/** `keyCode` of a key that the input method has taken for itself (UI Events §8.3). */
const TAKEN = 229;
const HANGUL_ONLY = /^\p{Script=Hangul}+$/u;

/** Makes the state machine for one text box. */
export function createComposition() {
  let composing = false;
  /** Enter was pressed in this composition, and has not been let go. */
  let enterInside = false;
  /** What the last composition left, until another key or composition makes it old. @type {string | undefined} */
  let left;
  /** Sending was asked for by other means while composing. */
  let sendAfter = false;
  /** The press that sent may still bring a line break, on its own or with a second keydown. */
  let sentByEnd = false;

  return {
    /** @returns {boolean} whether an input method holds text: sending now would leave a part behind */
    get isComposing() {
      return composing;
    },

    /** To be called on `compositionstart`. */
    start() {
      composing = true;
      enterInside = false;
      sentByEnd = false;
      left = undefined;
    },

    /**
     * To be called on `compositionend`, after which the box holds the whole text.
     * @param {Pick<CompositionEvent, "data">} event
     * @returns {Verdict}
     */
    end({ data }) {
      const sends = sendAfter || (enterInside && isHangul(data));
      composing = false;
      enterInside = false;
      sendAfter = false;
      left = data;
      sentByEnd = sends;
      return sends ? "send" : "pass";
    },

    /**
     * To be called on `keydown`.
     * @param {Key} event
     * @returns {Verdict}
     */
    keydown(event) {
      const committed = left;
      left = undefined;
      if (!isEnter(event)) {
        enterInside = false;
        sentByEnd = false;
        return "pass";
      }
      // Shift and Alt break the line, in a composition as outside.
      if (event.shiftKey || event.altKey) return "pass";
      if (composing || event.isComposing) {
        enterInside = true;
        return "pass";
      }
      if (event.keyCode !== TAKEN) return event.repeat ? "swallow" : "send";
      // Safari: this is the press that ended the composition. A 229 without one belongs to the input method.
      return committed !== undefined && isHangul(committed) ? "send" : "pass";
    },

    /**
     * To be called on `keyup`. An Enter that did not end the composition must not send when a click does so later.
     * @param {Pick<KeyboardEvent, "key" | "code">} event
     */
    keyup(event) {
      if (isEnter(event)) enterInside = false;
    },

    /**
     * To be called on `beforeinput`.
     * @param {Pick<InputEvent, "inputType">} event
     * @returns {Verdict}
     */
    beforeInput({ inputType }) {
      const breaks = inputType === "insertLineBreak" || inputType === "insertParagraph";
      if (!breaks || !sentByEnd) return "pass";
      sentByEnd = false;
      return "swallow";
    },

    /**
     * Sending was asked for by a click or a script.
     * @returns {Verdict} `pass`: not now; the end of the composition sends
     */
    submit() {
      sendAfter = composing;
      return composing ? "pass" : "send";
    },

    /** To be called on `blur`: no browser keeps a composition in a box without focus, but not all of them say so. */
    blur() {
      composing = false;
      enterInside = false;
      sendAfter = false;
      left = undefined;
    },
  };
}

/**
 * Whether a composition left nothing but Hangul: syllables or single letters.
 * @param {string} text
 * @returns {boolean}
 */
export function isHangul(text) {
  return HANGUL_ONLY.test(text);
}

/**
 * Windows calls a key that the input method took "Process"; only `code` still says which one it is.
 * @param {Pick<KeyboardEvent, "key" | "code">} event
 */
function isEnter({ key, code }) {
  return key === "Enter" || code === "Enter" || code === "NumpadEnter";
}
