/**
 * Decides when a key may act while an input method is at work. No DOM: it takes the events' own fields, so that the event
 * orders of all browsers can be played to it in a test. What a key asks for is decided elsewhere (keys.js): to send, or to take what is
 * offered in a list. Here is decided whether the key is the writer's or the input method's.
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
 * So: while something is composed nothing is ever done. If a key asked for something meanwhile, the end of the composition
 * does it, because by then the text is whole and the input method holds nothing that it could put back. Whatever follows
 * of the same press is swallowed: it must not send what is written next, nor what was just taken from a list.
 *
 * **Japanese, Chinese.** Enter accepts a candidate, and arrows choose one; the text goes on. The events are the same, so only the composed
 * text tells: the end of a composition acts only when it left Hangul and nothing but Hangul. Kana, Han and the Latin
 * letters of an accepted raw pinyin do not pass. Neither does Hanja: a Korean writer who picks 漢字 for 한자 by Enter
 * picked, and did not send. The language of the page or the keyboard would be a worse sign: people switch input methods
 * within a sentence, and browsers do not say which one is on.
 *
 * **Android.** Whatever is written is composed, Latin too, and letters come as `keydown` 229 without a name. Enter comes in two ways: as an
 * ordinary key (13) while something is composed, which no other system has; or without a name, so that only the line break
 * tells (`beforeinput`). In both the keyboard has let it through, but still holds the text: it has to hand it over first
 * (`hand over`), which it does when the box loses the focus.
 *
 * An Enter that is an ordinary key (13, not composing) always acts: the input method has let it through. That is also
 * what makes Vietnamese and dead keys right where these compose.
 * @module
 */

/** What a key asks for. @typedef {"send" | "take" | "next" | "previous" | "close" | "leave" | "editLast"} Action */
/**
 * What is to be done with the event, but for `pass` with its default prevented. `swallow`: nothing; `hand over`: take the focus from the box
 * and give it back, after which the end of the composition, or `blur`, says what to do.
 * @typedef {Action | "hand over" | "swallow" | "pass"} Verdict
 */
/**
 * @typedef {Pick<KeyboardEvent,
 *   "key" | "code" | "keyCode" | "isComposing" | "shiftKey" | "altKey" | "ctrlKey" | "metaKey" | "repeat">} Key
 */

/** `keyCode` of a key that the input method has taken for itself (UI Events §8.3). */
const TAKEN = 229;
const HANGUL_ONLY = /^\p{Script=Hangul}+$/u;

/** Makes the state machine for one text box. */
export function createComposition() {
  let composing = false;
  /** A key that asked for something in this composition, and has not been let go. @type {{key: string, action: Action} | undefined} */
  let inside;
  /** What the last composition left, until another key or composition makes it old. @type {string | undefined} */
  let left;
  /** What to do when the composition ends, whatever it leaves. @type {Action | undefined} */
  let after;
  /** The key for which the end of a composition has acted: its press may still bring a second keydown, or a line break. */
  let done = "";
  /** The last key came without its name: a line break may be all that tells of Enter. */
  let isNameless = false;

  /** @param {Action} action */
  function handOver(action) {
    after = action;
    return /** @type {const} */ ("hand over");
  }

  return {
    /** To be called on `compositionstart`. */
    start() {
      composing = true;
      inside = undefined;
      left = undefined;
      done = "";
    },

    /**
     * To be called on `compositionend`, after which the box holds the whole text.
     * @param {Pick<CompositionEvent, "data">} event
     * @returns {Verdict}
     */
    end({ data }) {
      const action = after ?? (isHangul(data) ? inside?.action : undefined);
      done = action === undefined ? "" : inside?.key ?? "";
      composing = false;
      inside = undefined;
      after = undefined;
      left = data;
      return action ?? "pass";
    },

    /**
     * To be called on `keydown`.
     * @param {Key} event
     * @param {Action | undefined} action what the key asks for
     * @returns {Verdict}
     */
    keydown(event, action) {
      const key = keyOf(event);
      const committed = left;
      left = undefined;
      isNameless = event.keyCode === TAKEN && key === "";
      if (action === undefined) {
        inside = undefined;
        done = "";
        return "pass";
      }
      if (composing || event.isComposing) {
        if (event.keyCode !== TAKEN && composing) return handOver(action);
        inside = { key, action };
        return "pass";
      }
      if (event.keyCode !== TAKEN) {
        if (done !== key) return event.repeat && !isStep(action) ? "swallow" : action;
        done = "";
        return "swallow";
      }
      // Safari: this is the press that ended the composition. A 229 without one belongs to the input method.
      return committed !== undefined && isHangul(committed) ? action : "pass";
    },

    /**
     * To be called on `keyup`. An Enter that did not end the composition must not send when a click does so later.
     * @param {Pick<KeyboardEvent, "key" | "code">} event
     */
    keyup(event) {
      const key = keyOf(event);
      if (inside?.key === key) inside = undefined;
      if (done === key) done = "";
    },

    /**
     * To be called on `beforeinput`.
     * @param {Pick<InputEvent, "inputType">} event
     * @param {Action | undefined} action what Enter asks for
     * @returns {Verdict}
     */
    beforeInput({ inputType }, action) {
      if (inputType !== "insertLineBreak" && inputType !== "insertParagraph") return "pass";
      if (done !== "") {
        done = "";
        return "swallow";
      }
      if (!isNameless || action === undefined) return "pass";
      isNameless = false;
      return composing ? handOver(action) : action;
    },

    /**
     * Something was asked for by a click or a script.
     * @param {Action} action
     * @returns {Verdict}
     */
    ask: (action) => composing ? handOver(action) : action,

    /**
     * To be called on `blur`: no browser keeps a composition in a box without focus, but not all of them say so.
     * @returns {Verdict} what the end of the composition was to do, where the browser has not told of it
     */
    blur() {
      const action = after;
      composing = false;
      inside = undefined;
      left = undefined;
      after = undefined;
      done = "";
      return action ?? "pass";
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
 * The key's name. Windows calls a key that the input method took "Process"; only `code` still says which one it is.
 * @param {Pick<KeyboardEvent, "key" | "code">} event
 * @returns {string} empty: not even that
 */
export function keyOf({ key, code }) {
  const name = key === "Process" || key === "Unidentified" || key === "" ? code : key;
  return name === "NumpadEnter" ? "Enter" : name;
}

/** @param {Action} action one that a key held down may repeat */
function isStep(action) {
  return action === "next" || action === "previous";
}
