/**
 * Tells screen readers what is new. A live region of its own, because the message list also grows by history, by
 * scrolling back and by the answers to one's own messages, and none of that is news.
 * @module
 */

import { make } from "./dom.js";

/** @import { Message } from "../client/events.js" */
/** @import { I18n } from "./i18n.js" */

/** @typedef {ReturnType<typeof createAnnouncer>} Announcer */

const GATHER_MS = 400;
/** More at once than this is told as a number: nobody can listen to a flood. */
const SPOKEN = 3;
const KEPT = 10;

/**
 * Makes the voice of the page.
 * @param {HTMLElement} region with aria-live
 * @param {I18n} i18n
 */
export function createAnnouncer(region, i18n) {
  /** @type {Message[]} */
  let news = [];

  /** @param {string} text */
  function say(text) {
    region.append(make("p", undefined, text));
    while (region.children.length > KEPT) region.firstElementChild?.remove();
  }

  function tell() {
    if (news.length > SPOKEN) say(i18n.count("unread", news.length));
    else for (const { user, text } of news) say(i18n.t("heard", { name: user.name, text }));
    news = [];
  }

  return {
    say,

    /** @param {readonly Message[]} messages other people's, that have just come in */
    announce(messages) {
      if (messages.length === 0) return;
      if (news.length === 0) setTimeout(tell, GATHER_MS);
      news.push(...messages);
    },
  };
}
