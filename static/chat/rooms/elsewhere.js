/**
 * Where one goes from a room that one has put away.
 * @module
 */

/** @import { Page } from "../app.js" */

/** Rooms beside the conversation, as layout.css has it. */
const TWO_PANES = "(min-width: 56rem)";

/**
 * Goes to another room where the list stands beside it, else to the list.
 * @param {Page} page
 * @param {string} room that one does not want to see
 */
export function goElsewhere(page, room) {
  const other = page.rooms.all.find((each) => each.room.name !== room && !each.request);
  if (other === undefined || !matchMedia(TWO_PANES).matches) page.go({ kind: "rooms" });
  else page.go({ kind: "room", room: other.room.name });
}
