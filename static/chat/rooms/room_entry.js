/**
 * One room in the list: a link with what waits in it, and a button for what can be done with it.
 * @module
 */

import { makeAvatar } from "../../ui/avatar.js";
import { make, makeButton } from "../../ui/dom.js";
import { roomLink } from "../route.js";
import { otherPerson, roomTitle } from "./room_title.js";

/** @import { Page } from "../app.js" */
/** @import { ListedRoom } from "./my_rooms.js" */

/** @typedef {{item: HTMLLIElement, link: HTMLAnchorElement, more: HTMLButtonElement, shown: string}} Entry */

/** More is told as this many and a plus. */
const MAX_COUNT = 99;

/**
 * Makes it, empty.
 * @param {string} name the room's
 * @param {(anchor: HTMLElement) => void} onMenu
 * @returns {Entry}
 */
export function makeEntry(name, onMenu) {
  const item = make("li");
  const link = make("a");
  const more = makeButton("⋯", "room-more", () => onMenu(more));
  link.href = roomLink(name);
  link.dataset.room = name;
  more.ariaHasPopup = "menu";
  more.ariaExpanded = "false";
  item.append(link, more);
  // The right button, a long press, Shift+F10.
  item.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    onMenu(more);
  });
  return { item, link, more, shown: "" };
}

/**
 * Says how the room is, if that is something new.
 * @param {Page} page
 * @param {Entry} entry
 * @param {ListedRoom} listed
 */
export function fillEntry(page, entry, listed) {
  const { i18n, me, drafts } = page;
  const { room, notify } = listed;
  // The news that something came may be here before it is itself, which is seen then.
  const isSeen = listed.unread > 0 && room.name === page.room && page.isFollowed();
  const { unread, mentions } = isSeen ? { unread: 0, mentions: 0 } : listed;
  const title = roomTitle(room, me.id);
  const isQuiet = notify !== "all";
  const hasDraft = room.name !== page.room && drafts.has(room.name);
  const shown = JSON.stringify([i18n.language, title, room.kind, unread, mentions, notify, hasDraft]);
  if (shown === entry.shown) return;
  entry.shown = shown;
  const other = otherPerson(room, me.id);
  const sign = other
    ? makeAvatar(other.id, other.name)
    : make("span", "room-sign", room.kind === "private" ? "🔒" : "#");
  sign.ariaHidden = "true";
  const name = make("bdi", "room-link-name", title);
  entry.link.replaceChildren(sign, name);
  entry.link.dataset.unread = String(unread > 0 && !isQuiet);
  entry.link.dataset.quiet = String(isQuiet);
  if (hasDraft) entry.link.append(makeMark("draft-mark", "✎", i18n.t("draft")));
  if (mentions > 0) entry.link.append(makeCount("mentions", mentions, i18n.count("mentionCount", mentions)));
  else if (unread > 0 && !isQuiet) entry.link.append(makeCount("unread", unread, i18n.count("unread", unread)));
  entry.more.ariaLabel = i18n.t("roomMenu", { room: title });
  entry.more.title = i18n.t("more");
}

/**
 * @param {string} className
 * @param {number} count
 * @param {string} words
 */
function makeCount(className, count, words) {
  return makeMark(`badge ${className}`, count > MAX_COUNT ? `${MAX_COUNT}+` : String(count), words);
}

/**
 * @param {string} className
 * @param {string} sign what is seen
 * @param {string} words what is heard
 */
function makeMark(className, sign, words) {
  const mark = make("span", className);
  const seen = make("span", undefined, sign);
  seen.ariaHidden = "true";
  mark.append(seen, make("span", "visually-hidden", words));
  return mark;
}
