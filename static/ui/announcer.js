/**
 * Tells screen readers what is new. A live region of its own, because the message list also grows by history, by
 * scrolling back and by the answers to one's own messages, and none of that is news.
 * @module
 */

import { excerptOf } from "./excerpt.js";
import { make } from "./dom.js";

/** @import { Message } from "../client/events.js" */
/** @import { I18n } from "./i18n.js" */

/** @typedef {ReturnType<typeof createAnnouncer>} Announcer */

const GATHER_MS = 400;
/** More at once than this is told as a number: nobody can listen to a flood. */
const SPOKEN = 3;
const KEPT = 10;
/** UTF-16 units of a message that are read aloud. */
const MAX_LENGTH = 500;

/**
 * Makes the voice of the page.
 * @param {HTMLElement} region with aria-live
 * @param {I18n} i18n
 */
export function createAnnouncer(region, i18n) {
  /** Those that have not been told. @type {Message[]} */
  let news = [];
  /** How many these are; of many only the first are kept. */
  let count = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {string} text */
  function say(text) {
    region.append(make("p", undefined, text));
    while (region.children.length > KEPT) region.firstElementChild?.remove();
  }

  function tell() {
    timer = undefined;
    // What is said in a hidden tab is not heard, or heard again when it is shown: it waits, and is told once.
    if (document.hidden) return;
    if (count > SPOKEN) say(i18n.count("unread", count));
    else {for (const { user, text } of news) {
        say(i18n.t("heard", { name: user.name, text: excerptOf(text, MAX_LENGTH) }));
      }}
    news = [];
    count = 0;
  }

  function gather() {
    if (count > 0) timer ??= setTimeout(tell, GATHER_MS);
  }

  document.addEventListener("visibilitychange", gather);

  return {
    say,

    /** @param {readonly Message[]} messages other people's, that have just come in */
    announce(messages) {
      count += messages.length;
      news = [...news, ...messages].slice(0, SPOKEN);
      gather();
    },
  };
}
