/**
 * The quick switcher: a few letters, and one is in a room or with a person.
 * @module
 */

import { makeAvatar } from "../../ui/avatar.js";
import { make } from "../../ui/dom.js";
import { otherPerson } from "../rooms/room_title.js";
import { problemText } from "./problem.js";
import { makeSearchBox } from "./search_box.js";
import { listTargets } from "./switching.js";

/** @import { Page } from "../app.js" */
/** @import { Panel } from "../side/side.js" */
/** @import { Target } from "./switching.js" */

/**
 * Makes the dialog.
 * @param {Page} page
 * @param {string} [_of]
 * @param {HTMLElement} [element] may hold a box in which somebody types already
 * @returns {Panel}
 */
export function createPanel(page, _of, element = make("div")) {
  const { i18n } = page;
  const list = make("ul", "options");
  const none = make("p", "hint");
  const problem = make("p", "problem");
  const box = makeSearchBox({
    label: i18n.t("switcherBox"),
    onInput: look,
    onEnter: () => take(chosen),
    box: element.querySelector("input") ?? undefined,
  });
  /** @type {Target[]} */
  let targets = [];
  let chosen = 0;

  list.id = "switcher-list";
  list.role = "listbox";
  list.ariaLabel = i18n.t("switcher");
  none.role = "status";
  problem.role = "alert";
  box.role = "combobox";
  box.setAttribute("aria-controls", list.id);
  box.ariaAutoComplete = "list";
  element.className = "switcher";
  // Moved, a box loses what is being composed in it.
  if (box.parentElement !== element) element.append(box);
  element.append(list, none, problem, make("p", "hint keys", i18n.t("switcherHint")));

  function look() {
    chosen = 0;
    problem.textContent = "";
    show();
  }

  function show() {
    const { rooms, presence, me, room } = page;
    targets = listTargets({ rooms: rooms.all, people: presence.people, me: me.id, current: room }, box.value);
    chosen = Math.min(chosen, Math.max(0, targets.length - 1));
    list.replaceChildren(...targets.map(makeOption));
    list.hidden = targets.length === 0;
    box.ariaExpanded = String(targets.length > 0);
    none.textContent = targets.length === 0 ? i18n.t("switcherNone") : "";
    mark();
  }

  function mark() {
    [...list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === chosen)));
    const option = list.children[chosen];
    if (option === undefined) return box.removeAttribute("aria-activedescendant");
    box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  /**
   * @param {Target} target
   * @param {number} index
   */
  function makeOption(target, index) {
    const option = make("li", "option");
    option.id = `switcher-${index}`;
    option.role = "option";
    option.append(makeSign(target), makeTitle(target), ...makeNotes(target));
    // The focus stays in the box.
    option.addEventListener("pointerdown", (event) => event.preventDefault());
    option.addEventListener("click", () => take(index));
    option.addEventListener("pointermove", () => {
      if (chosen === index) return;
      chosen = index;
      mark();
    });
    return option;
  }

  /** @param {Target} target */
  function makeSign(target) {
    const user = target.kind === "person"
      ? target.user
      : target.kind === "room"
      ? otherPerson(target.listed.room, page.me.id)
      : undefined;
    if (user !== undefined) return makeAvatar(user.id, user.name);
    const isPrivate = target.kind === "room" && target.listed.room.kind === "private";
    const sign = make("span", "room-sign", isPrivate ? "🔒" : "#");
    sign.ariaHidden = "true";
    return sign;
  }

  /** @param {Target} target */
  function makeTitle(target) {
    const title = make("span", "option-title");
    if (target.kind === "name") i18n.fill(title, "switcherOpen", { room: target.title });
    else title.append(make("bdi", undefined, target.title));
    return title;
  }

  /** @param {Target} target */
  function makeNotes(target) {
    if (target.kind === "person") return [make("span", "hint", i18n.t("switcherHere"))];
    if (target.kind === "name") return [];
    const { mentions, unread, notify, room } = target.listed;
    if (mentions > 0) return [make("span", "badge mentions", i18n.count("mentionCount", mentions))];
    if (unread > 0 && notify === "all") return [make("span", "badge", i18n.count("unread", unread))];
    return room.name === page.room ? [make("span", "hint", i18n.t("roomOpenNow"))] : [];
  }

  /** @param {number} index */
  async function take(index) {
    const target = targets[index];
    if (target === undefined) return;
    if (target.kind !== "person") {
      page.closeDialog();
      return page.go({ kind: "room", room: target.kind === "room" ? target.listed.room.name : target.title });
    }
    try {
      const room = await page.client.openDirect(target.user.id);
      page.closeDialog();
      if (room !== undefined) page.go({ kind: "room", room: room.name });
    } catch (error) {
      problem.textContent = problemText(i18n, error);
    }
  }

  box.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step === undefined || event.isComposing || targets.length === 0) return;
    event.preventDefault();
    // By one it goes round; by a page it stops at the ends.
    chosen = Math.abs(step) === 1
      ? (chosen + step + targets.length) % targets.length
      : Math.max(0, Math.min(targets.length - 1, chosen + step));
    mark();
  });
  const stop = [page.rooms.on("change", show), page.presence.on("change", show)];
  show();
  return {
    title: i18n.t("switcher"),
    element,
    focus: box,
    closed: () => stop.forEach((each) => each()),
  };
}
