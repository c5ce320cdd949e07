/**
 * My rooms, in sections.
 * @module
 */

import { find, make } from "../../ui/dom.js";
import { fillEntry, makeEntry } from "./room_entry.js";
import { findNext, inSections, keepOrder, SECTIONS } from "./sections.js";

/** @import { Page } from "../app.js" */
/** @import { Entry } from "./room_entry.js" */

/**
 * Takes over the list of rooms in index.html.
 * @param {Page} page
 */
export function createRoomsPane(page) {
  const { i18n, rooms, drafts } = page;
  const place = find("room-list", HTMLElement);
  const none = make("p", "hint");
  const sections = SECTIONS.map(({ word }) => {
    const section = make("section");
    const heading = make("h2");
    const list = make("ul");
    heading.id = `rooms-${word}`;
    list.setAttribute("aria-labelledby", heading.id);
    section.append(heading, list);
    return { section, heading, list };
  });
  place.append(none, ...sections.map(({ section }) => section));
  /** @type {Map<string, Entry>} */
  let entries = new Map();
  /** The order while a mouse is over the list: what is about to be pressed does not move away. @type {string[] | undefined} */
  let held;

  function show() {
    /** @type {Map<string, Entry>} */
    const next = new Map();
    const all = held === undefined ? rooms.all : keepOrder(rooms.all, held);
    none.textContent = rooms.isKnown && all.length === 0 ? i18n.t("roomsNone") : "";
    none.hidden = none.textContent === "";
    SECTIONS.forEach(({ word, holds }, index) => {
      const { section, heading, list } = /** @type {typeof sections[number]} as long as SECTIONS */ (sections[index]);
      const here = all.filter(holds);
      section.hidden = here.length === 0;
      heading.textContent = i18n.t(word);
      const items = here.map((room) => {
        const { name } = room.room;
        const entry = entries.get(name) ?? makeEntry(name, (anchor) => openMenu(name, anchor));
        fillEntry(page, entry, room);
        next.set(name, entry);
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

  /**
   * @param {string} name
   * @param {HTMLElement} anchor
   */
  async function openMenu(name, anchor) {
    const { openRoomMenu } = await import("./room_menu.js");
    openRoomMenu(page, name, anchor);
  }

  /** Marks the room that is open. */
  function mark() {
    for (const [name, { link }] of entries) {
      if (name !== page.room) link.removeAttribute("aria-current");
      else if (link.ariaCurrent !== "page") {
        link.ariaCurrent = "page";
        // Once: whoever scrolls away from it looks for another one.
        link.scrollIntoView({ block: "nearest" });
      }
    }
  }

  rooms.on("change", show);
  drafts.on("change", show);
  // Who looks away does not see what has just been announced.
  addEventListener("blur", show);
  place.addEventListener("pointerenter", ({ pointerType }) => {
    if (pointerType === "mouse") held = rooms.all.map(({ room }) => room.name);
  });
  place.addEventListener("pointerleave", () => {
    if (held === undefined) return;
    held = undefined;
    show();
  });
  return {
    translate: show,
    mark: show,
    /**
     * The room above or below the open one.
     * @param {1 | -1} direction
     * @param {boolean} onlyWaiting
     */
    step: (direction, onlyWaiting) => findNext(inSections(rooms.all), page.room, direction, onlyWaiting),
  };
}
