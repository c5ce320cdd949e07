/**
 * The words of the test page. What operations say of themselves stays English, as in `/docs`.
 * @module
 */

import { createPageWords } from "../ui/page_words.js";
import { en } from "./words/en.js";
import { ko } from "./words/ko.js";

/** @typedef {keyof typeof en} Word */

const words = createPageWords({ en, ko });

/** A word in the language of now, with its gaps filled. */
export const t = words.t;
/** The language that is spoken now. */
export const currentLanguage = words.currentLanguage;
/** Speaks another language. */
export const chooseLanguage = words.chooseLanguage;
/** Puts the words where the HTML asks for them. */
export const translate = words.translate;
/** Makes an element whose text follows the language. */
export const makeWord = words.makeWord;
