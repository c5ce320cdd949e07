/**
 * My rooms as links, in sections, with what waits in them.
 * @module
 */

import { makeAvatar } from "../../ui/avatar.js";
import { find, make } from "../../ui/dom.js";
import { roomLink } from "../route.js";
import { otherPerson, roomTitle } from "./room_title.js";
import { findNext, inSections, SECTIONS } from "./sections.js";

/** @import { Page } from "../app.js" */
/** @import { ListedRoom } from "./my_rooms.js" */

/** @typedef {{item: HTMLLIElement, link: HTMLAnchorElement, shown: string}} Entry */

/** More is told as this many and a plus. */
const MAX_COUNT = 99;

/**
 * Takes over the list of rooms in index.html.
 * @param {Page} page
 */
export function createRoomsPane(page) {
  const { i18n, rooms } = page;
  const place = find("room-list", HTMLElement);
  const sections = SECTIONS.map(({ word }) => {
    const section = make("section");
    const heading = make("h2");
    const list = make("ul");
    heading.id = `rooms-${word}`;
    list.setAttribute("aria-labelledby", heading.id);
    section.append(heading, list);
    return { section, heading, list };
  });
  place.append(...sections.map(({ section }) => section));
  /** @type {Map<string, Entry>} */
  let entries = new Map();

  function show() {
    /** @type {Map<string, Entry>} */
    const next = new Map();
    const all = rooms.all;
    SECTIONS.forEach(({ word, holds }, index) => {
      const { section, heading, list } = /** @type {typeof sections[number]} as long as SECTIONS */ (sections[index]);
      const here = all.filter(holds);
      section.hidden = here.length === 0;
      heading.textContent = i18n.t(word);
      const items = here.map((room) => {
        const entry = entries.get(room.room.name) ?? makeEntry(room.room.name);
        fill(entry, room);
        next.set(room.room.name, entry);
        return entry.item;
      });
      // Only what has moved is moved: a link that is being pressed stays under the finger, and the focus where it is.
      items.forEach((item, place) => {
        if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null);
      });
      while (list.children.length > items.length) list.lastElementChild?.remove();
    });
    for (const [name, { item }] of entries) if (!next.has(name)) item.remove();
    entries = next;
    mark();
  }

  /** @param {string} name @returns {Entry} */
  function makeEntry(name) {
    const item = make("li");
    const link = make("a");
    link.href = roomLink(name);
    link.dataset.room = name;
    item.append(link);
    return { item, link, shown: "" };
  }

  /**
   * @param {Entry} entry
   * @param {ListedRoom} listed
   */
  function fill(entry, listed) {
    const { room, unread, mentions, notify } = listed;
    const me = page.me.id;
    const title = roomTitle(room, me);
    const isQuiet = notify !== "all";
    const shown = JSON.stringify([i18n.language, title, room.kind, unread, mentions, notify]);
    if (shown === entry.shown) return;
    entry.shown = shown;
    const other = otherPerson(room, me);
    const sign = other
      ? makeAvatar(other.id, other.name)
      : make("span", "room-sign", room.kind === "private" ? "🔒" : "#");
    sign.ariaHidden = "true";
    const name = make("bdi", "room-link-name", title);
    entry.link.replaceChildren(sign, name);
    entry.link.dataset.unread = String(unread > 0 && !isQuiet);
    entry.link.dataset.quiet = String(isQuiet);
    if (mentions > 0) entry.link.append(badge("mentions", mentions, i18n.count("mentionCount", mentions)));
    else if (unread > 0 && !isQuiet) entry.link.append(badge("unread", unread, i18n.count("unread", unread)));
  }

  /**
   * @param {string} className
   * @param {number} count
   * @param {string} words
   */
  function badge(className, count, words) {
    const mark = make("span", `badge ${className}`);
    const number = make("span", undefined, count > MAX_COUNT ? `${MAX_COUNT}+` : String(count));
    number.ariaHidden = "true";
    mark.append(number, make("span", "visually-hidden", words));
    return mark;
  }

  /** Marks the room that is open. */
  function mark() {
    for (const [name, { link }] of entries) {
      if (name === page.room) link.ariaCurrent = "page";
      else link.removeAttribute("aria-current");
    }
  }

  rooms.on("change", show);
  return {
    translate: show,
    mark,
    /**
     * The room above or below the open one.
     * @param {1 | -1} direction
     * @param {boolean} onlyWaiting
     */
    step: (direction, onlyWaiting) => findNext(inSections(rooms.all), page.room, direction, onlyWaiting),
  };
}
