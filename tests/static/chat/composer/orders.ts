/**
 * The orders in which browsers and input methods send the events of one press of Enter, as `static/chat/composer/composition.js` describes
 * them. Each says whether the press is the writer's, who wants something of the page by it, or the input method's.
 *
 * @module
 */

import type { Key } from "../../../../static/chat/composer/composition.js";

/** One event, as far as it matters. */
export type Happening =
  | { readonly type: "compositionstart"; readonly data: string }
  | { readonly type: "compositionend"; readonly data: string }
  | { readonly type: "keydown" } & Partial<Key>
  | { readonly type: "keyup" } & Partial<Key>
  | { readonly type: "beforeinput"; readonly inputType: string };

/** One press of Enter. */
export interface Order {
  readonly events: readonly Happening[];
  /** Whether the page has to do what Enter asks for: once. Else it has to leave every event alone. */
  readonly acts: boolean;
  /** What keys other than Enter do not send: a line break. */
  readonly onlyEnter?: boolean;
}

const down: Happening = { type: "keydown" };
const up: Happening = { type: "keyup" };
const lineBreak: Happening = { type: "beforeinput", inputType: "insertLineBreak" };
/** Taken by the input method: on Windows and Linux, on macOS, in Safari, on Android. */
const process: Happening = { type: "keydown", key: "Process", keyCode: 229, isComposing: true };
const mac: Happening = { type: "keydown", keyCode: 229, isComposing: true };
const safari: Happening = { type: "keydown", keyCode: 229, isComposing: false };
const nameless: Happening = { type: "keydown", key: "Unidentified", code: "", keyCode: 229, isComposing: true };
const letter: Happening = { type: "keydown", key: "ㅇ", code: "KeyD", keyCode: 229, isComposing: true };

const start = (data: string): Happening => ({ type: "compositionstart", data });
const end = (data: string): Happening => ({ type: "compositionend", data });

/** By what they are. */
export const ORDERS: Readonly<Record<string, Order>> = {
  "an ordinary Enter": { events: [down, up], acts: true },
  "an Enter of the number pad": { events: [{ ...down, code: "NumpadEnter" }, up], acts: true, onlyEnter: true },
  "an Enter without a code, as of some soft keyboards": { events: [{ ...down, code: "" }, up], acts: true },
  "Enter after a composition that ended by itself": { events: [start("요"), end("요"), down, up], acts: true },
  "Enter after accepted Japanese": {
    events: [start("日本語"), process, end("日本語"), up, down, up],
    acts: true,
  },

  "Hangul in Chromium on Windows": { events: [start("요"), letter, process, end("요"), up], acts: true },
  "Hangul in Chromium on Windows, with the line break of the same press": {
    events: [start("요"), process, end("요"), lineBreak, up],
    acts: true,
    onlyEnter: true,
  },
  "Hangul in Chromium on Linux, where the key is passed on": {
    events: [start("요"), process, end("요"), down, lineBreak, up],
    acts: true,
  },
  "Hangul in Chromium on macOS": { events: [start("요"), mac, end("요"), down, lineBreak, up], acts: true },
  "Hangul in Firefox on Windows": { events: [start("요"), process, end("요"), up], acts: true },
  "Hangul in Firefox on macOS": { events: [start("요"), mac, end("요"), up], acts: true },
  "Hangul in Firefox on Linux": { events: [start("요"), process, end("요"), down, up], acts: true },
  "Hangul in Safari": { events: [start("요"), end("요"), safari, up], acts: true },
  "Hangul of single letters": { events: [start("ㅋㅋ"), process, end("ㅋㅋ"), up], acts: true },
  "Hangul of several syllables": { events: [start("민지"), process, end("민지"), up], acts: true },

  "Japanese in Chromium on Windows": { events: [start("日本語"), process, end("日本語"), up], acts: false },
  "Japanese in Chromium on macOS": { events: [start("日本語"), mac, end("日本語"), up], acts: false },
  "Japanese in Firefox": { events: [start("日本語"), process, end("日本語"), up], acts: false },
  "Japanese in Safari": { events: [start("日本語"), end("日本語"), safari, up], acts: false },
  "Japanese that stays Kana": { events: [start("かな"), process, end("かな"), up], acts: false },
  "Kana in Safari": { events: [start("かな"), end("かな"), safari, up], acts: false },
  "Chinese in Chromium": { events: [start("中文"), process, end("中文"), up], acts: false },
  "Chinese in Firefox on macOS": { events: [start("中文"), mac, end("中文"), up], acts: false },
  "Chinese in Safari": { events: [start("中文"), end("中文"), safari, up], acts: false },
  "raw pinyin in Chromium": { events: [start("zhongwen"), process, end("zhongwen"), up], acts: false },
  "raw pinyin in Safari": { events: [start("zhongwen"), end("zhongwen"), safari, up], acts: false },
  "Hanja chosen for Hangul": { events: [start("한자"), process, end("漢字"), up], acts: false },
  "Hanja chosen for Hangul in Safari": { events: [start("한자"), end("漢字"), safari, up], acts: false },
  "Hangul with anything else in it": { events: [start("요1"), process, end("요1"), up], acts: false },
  "a composition that was given up": { events: [start("요"), process, end(""), up], acts: false },
  "an Enter that an input method took outside of a composition": { events: [safari, up], acts: false },
  "an Enter let go within the composition, which something else ends": {
    events: [start("요"), process, up, end("요")],
    acts: false,
  },
  "a letter after Enter within the composition: one goes on writing": {
    events: [start("요"), process, letter, end("요")],
    acts: false,
  },
  "a key between the composition and a 229": {
    events: [start("요"), end("요"), { type: "keydown", key: "Home", code: "Home", keyCode: 36 }, safari, up],
    acts: false,
  },

  "Android: Enter as an ordinary key while Hangul is composed": {
    events: [nameless, start("요"), { ...down, isComposing: true }, up],
    acts: true,
  },
  "Android: Enter as an ordinary key while Latin is composed": {
    events: [nameless, start("hello"), { ...down, isComposing: true }, up],
    acts: true,
  },
  "Android: Enter without a name while Hangul is composed": {
    events: [nameless, start("요"), nameless, lineBreak],
    acts: true,
    onlyEnter: true,
  },
  "Android: Enter without a name after the composition": {
    events: [nameless, start("요"), end("요"), nameless, lineBreak],
    acts: true,
    onlyEnter: true,
  },
  "Android: accepting Japanese": { events: [nameless, start("日本語"), nameless, end("日本語")], acts: false },
  "Android: a word of Latin that ends": { events: [nameless, start("hello"), nameless, end("hello")], acts: false },
};
