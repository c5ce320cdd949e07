/**
 * What can be done with a room of mine, as a menu at its place in the list (ARIA Authoring Practices, "Menu Button").
 * @module
 */

import { loadStyle, make } from "../../ui/dom.js";
import { problemText } from "../dialogs/problem.js";

/** @import { Page } from "../app.js" */
/** @import { Word } from "../../ui/i18n.js" */
/** @import { ListedRoom } from "./my_rooms.js" */

/** @type {readonly {notify: ListedRoom["notify"], word: Word}[]} */
const LEVELS = [
  { notify: "all", word: "notifyAll" },
  { notify: "mentions", word: "notifyMentions" },
  { notify: "none", word: "notifyNone" },
];
/** Pixels that it keeps from the edges of the page. */
const GAP = 8;

/**
 * Opens the menu; it closes by what is chosen, by Escape and by a press elsewhere.
 * @param {Page} page
 * @param {string} name the room's
 * @param {HTMLElement} anchor where it stands, and what has the focus afterwards
 */
export async function openRoomMenu(page, name, anchor) {
  await loadStyle("/static/chat/rooms/room_menu.css");
  const room = page.rooms.find(name);
  if (room === undefined) return;
  const menu = make("div", "room-menu");
  menu.popover = "auto";
  menu.role = "menu";
  menu.setAttribute("aria-label", anchor.ariaLabel ?? "");
  menu.append(...makeItems(page, room, () => menu.hidePopover()));
  menu.addEventListener("toggle", ({ newState }) => {
    if (newState !== "closed") return;
    const hadFocus = menu.contains(document.activeElement) || document.activeElement === document.body;
    menu.remove();
    anchor.ariaExpanded = "false";
    if (hadFocus) anchor.focus();
  });
  menu.addEventListener("keydown", (event) => move(menu, event));
  document.body.append(menu);
  menu.showPopover();
  anchor.ariaExpanded = "true";
  put(menu, anchor);
  items(menu)[0]?.focus();
}

/**
 * @param {Page} page
 * @param {ListedRoom} listed
 * @param {() => void} close
 * @returns {HTMLElement[]}
 */
function makeItems(page, { room, favourite, notify, unread, mentions, head }, close) {
  const { i18n, rooms } = page;

  /** @param {{notify?: ListedRoom["notify"], favourite?: boolean}} choice */
  async function choose(choice) {
    try {
      await page.client.ask("update_membership", { room: room.name, ...choice });
      rooms.takeChoice(room.name, choice);
    } catch (error) {
      page.toasts.show(problemText(i18n, error));
    }
  }

  /**
   * @param {string} role
   * @param {string} words
   * @param {() => void} run
   * @param {boolean} [isChecked]
   */
  function makeItem(role, words, run, isChecked) {
    const item = make("button", "room-menu-item", words);
    item.type = "button";
    item.role = role;
    item.tabIndex = -1;
    if (isChecked !== undefined) item.ariaChecked = String(isChecked);
    item.addEventListener("click", () => {
      close();
      run();
    });
    return item;
  }

  const levels = make("div");
  levels.role = "group";
  levels.ariaLabel = i18n.t("notify");
  const heading = make("p", "room-menu-heading", i18n.t("notify"));
  heading.ariaHidden = "true";
  levels.append(
    heading,
    ...LEVELS.map((level) =>
      makeItem("menuitemradio", i18n.t(level.word), () => choose({ notify: level.notify }), level.notify === notify)
    ),
  );
  const isWaiting = unread > 0 || mentions > 0;
  return [
    makeItem("menuitemcheckbox", i18n.t("favourite"), () => choose({ favourite: !favourite }), favourite),
    ...(isWaiting ? [makeItem("menuitem", i18n.t("markRead"), () => rooms.markRead(room.name, head))] : []),
    levels,
    makeItem(
      "menuitem",
      i18n.t(room.kind === "direct" ? "hideDirect" : "leaveRoom"),
      () => page.openDialog("leave_room", room.name),
    ),
  ];
}

/** @param {HTMLElement} menu */
function items(menu) {
  return [...menu.querySelectorAll("button")];
}

/**
 * @param {HTMLElement} menu
 * @param {KeyboardEvent} event
 */
function move(menu, event) {
  const all = items(menu);
  const at = all.findIndex((item) => item === document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (event.key === "Tab") menu.hidePopover();
  if (next === undefined) return;
  event.preventDefault();
  all.at(next % all.length)?.focus();
}

/**
 * Under the anchor, or over it where there is no room under it.
 * @param {HTMLElement} menu
 * @param {HTMLElement} anchor
 */
function put(menu, anchor) {
  const { left, right, top, bottom } = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const isRightToLeft = getComputedStyle(anchor).direction === "rtl";
  const x = isRightToLeft ? right - width : left;
  const y = bottom + height + GAP <= innerHeight ? bottom : top - height;
  menu.style.left = `${Math.max(GAP, Math.min(x, innerWidth - width - GAP))}px`;
  menu.style.top = `${Math.max(GAP, Math.min(y, innerHeight - height - GAP))}px`;
}
