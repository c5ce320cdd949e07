/**
 * The rooms that were visited lately, as links.
 * @module
 */

import { find, make, makeButton } from "../../ui/dom.js";

/** @import { I18n } from "../../ui/i18n.js" */
/** @import { Storage } from "../../ui/storage.js" */

const KEPT = 20;

/**
 * Shows the rooms that were visited lately.
 * @param {I18n} i18n
 * @param {Storage} storage
 */
export function createRoomList(i18n, storage) {
  const list = find("room-list", HTMLUListElement);
  let rooms = storage.list("rooms").filter((room) => typeof room === "string");
  let current = "";

  function show() {
    list.replaceChildren(...rooms.map((room) => {
      const link = make("a");
      link.href = roomLink(room);
      link.append(make("bdi", undefined, room));
      if (room === current) link.ariaCurrent = "page";
      const item = make("li");
      item.append(link);
      if (room !== current) item.append(makeForget(room));
      return item;
    }));
  }

  /** @param {string} room */
  function makeForget(room) {
    const button = makeButton("×", "forget", () => {
      keep(rooms.filter((other) => other !== room));
      list.querySelector("a")?.focus();
    });
    button.ariaLabel = button.title = i18n.t("forgetRoom", { room });
    return button;
  }

  /** @param {string[]} next */
  function keep(next) {
    rooms = next.slice(0, KEPT);
    storage.set("rooms", JSON.stringify(rooms));
    show();
  }

  return {
    translate: show,

    /**
     * Marks the room that is shown. Known ones keep their place: a list that moves under the finger is no help.
     * @param {string} room
     */
    visit(room) {
      current = room;
      keep(rooms.includes(room) ? rooms : [room, ...rooms]);
    },
  };
}

/**
 * The address of a room within the page. In the hash, so that no server log holds it.
 * @param {string} room
 * @returns {string}
 */
export function roomLink(room) {
  return `#${encodeURIComponent(room)}`;
}
