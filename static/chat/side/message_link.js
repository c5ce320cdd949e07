/**
 * A message as a link to its place: who, when, and what it says.
 * @module
 */

import { makeAvatar } from "../../ui/avatar.js";
import { make } from "../../ui/dom.js";
import { excerptOf } from "../../ui/excerpt.js";
import { roomTitle } from "../rooms/room_title.js";
import { formatRoute, parseRoute } from "../route.js";
import { markHits } from "./marked.js";

/** @import { Message } from "../../client/events.js" */
/** @import { Page } from "../app.js" */

/** Three panes beside each other, as layout.css has it: the message can be seen without this one going. */
const THREE_PANES = "(min-width: 75rem)";
/** UTF-16 units that no message is longer than: what was looked for may stand at its end. */
const WHOLE = 8_000;

/**
 * Makes the link.
 * @param {Page} page
 * @param {Pick<Message, "user" | "at" | "text" | "cursor"> & {room: string}} message
 * @param {{query?: string, hasRoom?: boolean}} [options] `query`: what of it is marked; `hasRoom`: the room is told too
 */
export function makeMessageLink(page, { user, at, text, cursor, room }, { query = "", hasRoom = false } = {}) {
  const { i18n, rooms, me } = page;
  const link = make("a", "row message-link");
  link.href = formatRoute({ kind: "room", room, message: cursor });
  link.dataset.cursor = cursor;
  const top = make("span", "message-link-top");
  const time = make("time", "hint", isToday(at) ? i18n.time(at) : i18n.stamp(at));
  time.dateTime = new Date(at).toISOString();
  time.title = i18n.moment(at);
  top.append(make("bdi", "row-name", user.name), time);
  const body = make("span", "row-about");
  body.append(top);
  if (hasRoom) {
    const known = rooms.find(room);
    body.append(make("bdi", "hint message-link-room", known === undefined ? room : roomTitle(known.room, me.id)));
  }
  const excerpt = make("span", "excerpt");
  excerpt.dir = "auto";
  for (const { text: part, isHit } of markHits(excerptOf(text, WHOLE), query)) {
    excerpt.append(isHit ? make("mark", undefined, part) : part);
  }
  body.append(excerpt);
  link.append(makeAvatar(user.id, user.name), body);
  link.addEventListener("click", () => {
    // Where there is room for both, what one came from stays beside it.
    const route = parseRoute(location.hash);
    const side = route.kind === "room" && matchMedia(THREE_PANES).matches ? route.side : undefined;
    link.href = formatRoute({ kind: "room", room, message: cursor, ...(side !== undefined && { side }) });
  });
  return link;
}

/**
 * The arrows lead from the box into the list and back.
 * @param {HTMLElement} element that holds both
 * @param {HTMLElement | undefined} box
 * @param {HTMLElement} list
 */
export function moveByArrows(element, box, list) {
  element.addEventListener("keydown", (event) => {
    if ((event.key !== "ArrowDown" && event.key !== "ArrowUp") || event.isComposing) return;
    const links = [...list.querySelectorAll("a")];
    const at = links.findIndex((link) => link === document.activeElement);
    if (at === -1 && (document.activeElement !== box || event.key === "ArrowUp")) return;
    const next = links[at + (event.key === "ArrowDown" ? 1 : -1)] ?? (event.key === "ArrowUp" ? box : undefined);
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  });
}

/** @param {number} at milliseconds since 1970 */
function isToday(at) {
  return new Date(at).toDateString() === new Date().toDateString();
}
