/**
 * Public rooms, found as one types; to open one is to join it.
 * @module
 */

import { readRoomInfo } from "../../client/events.js";
import { make, makeButton } from "../../ui/dom.js";
import { readOn } from "../read_on.js";
import { roomTitle } from "../rooms/room_title.js";
import { roomLink } from "../route.js";
import { problemText } from "./problem.js";
import { makeSearchBox } from "./search_box.js";

/** @import { RoomInfo } from "../../client/events.js" */
/** @import { Page } from "../app.js" */
/** @import { Panel } from "../side/side.js" */

/** Letters that come faster than this are one question. */
const PAUSE_MS = 200;
const PAGE = 30;

/**
 * Makes the dialog.
 * @param {Page} page
 * @returns {Panel}
 */
export function createPanel(page) {
  const { i18n } = page;
  const element = make("div", "browse");
  const list = make("ul", "options");
  const status = make("p", "hint");
  const more = makeButton(i18n.t("showMore"), "quiet wide", () => ask());
  const create = makeButton("", "quiet wide", () => page.openDialog("new_room", box.value.trim()));
  const box = makeSearchBox({
    label: i18n.t("browseBox"),
    onInput() {
      clearTimeout(timer);
      timer = setTimeout(restart, PAUSE_MS);
    },
    onEnter: () => list.querySelector("a")?.focus(),
  });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** Counts questions: what was asked for before the last letter is of no use. */
  let turn = 0;
  /** What the list shows was found with it. */
  let shown = "";
  /** @type {string | undefined} */
  let next;

  status.role = "status";
  more.hidden = true;
  element.append(box, list, status, more, create);

  function restart() {
    if (box.value.trim() === shown && list.childElementCount > 0) return;
    shown = box.value.trim();
    next = undefined;
    ask(true);
  }

  /** @param {boolean} [isNew] another word was written */
  async function ask(isNew = false) {
    const mine = ++turn;
    status.textContent = i18n.t("looking");
    try {
      const found = await readOn(readPage, next, () => mine === turn);
      if (mine !== turn) return;
      next = found.next;
      const first = list.childElementCount;
      list.replaceChildren(...(isNew ? [] : list.children), ...found.items.map(makeItem));
      if (!isNew) list.children[first]?.querySelector("a")?.focus();
      status.textContent = list.childElementCount > 0
        ? ""
        : shown === ""
        ? i18n.t("browseEmpty")
        : i18n.t("browseNone", { text: shown });
      more.textContent = i18n.t("showMore");
      more.hidden = next === undefined;
    } catch (error) {
      if (mine !== turn) return;
      status.textContent = problemText(i18n, error);
      more.textContent = i18n.t("tryAgain");
      more.hidden = false;
    }
    create.textContent = shown === "" ? i18n.t("newRoom") : i18n.t("browseCreate", { room: shown });
  }

  /** @param {string | undefined} after */
  async function readPage(after) {
    const answer = await page.client.ask("list_rooms", {
      limit: PAGE,
      ...(shown !== "" && { find: shown }),
      ...(after !== undefined && { after }),
    });
    const items = Array.isArray(answer.items) ? answer.items : [];
    return {
      items: items.map(readRoomInfo).filter((room) => room !== undefined),
      next: typeof answer.next === "string" ? answer.next : undefined,
    };
  }

  /** @param {RoomInfo} room */
  function makeItem(room) {
    const item = make("li");
    const link = make("a", "option");
    const sign = make("span", "room-sign", "#");
    const words = make("span", "option-title");
    sign.ariaHidden = "true";
    words.append(make("bdi", undefined, roomTitle(room, page.me.id)));
    if (room.topic) {
      const topic = make("span", "hint option-topic", room.topic);
      topic.dir = "auto";
      words.append(topic);
    }
    link.href = roomLink(room.name);
    link.append(sign, words);
    if (page.rooms.find(room.name) !== undefined) link.append(make("span", "hint", i18n.t("browseMine")));
    link.addEventListener("click", () => page.closeDialog());
    item.append(link);
    return item;
  }

  // Up and down as in a list of choices; Tab goes through it as well.
  element.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || event.isComposing) return;
    const links = [...list.querySelectorAll("a")];
    const at = links.findIndex((link) => link === document.activeElement);
    event.preventDefault();
    (links[at + step] ?? (at + step < 0 ? box : links[at]))?.focus();
  });
  ask(true);
  return { title: i18n.t("browse"), element, focus: box, closed: () => clearTimeout(timer) };
}
