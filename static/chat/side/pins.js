/**
 * The pinned messages of a room, newest first.
 * @module
 */

import { make, makeButton } from "../../ui/dom.js";
import { createKeyedList } from "../../ui/keyed_list.js";
import { problemText } from "../dialogs/problem.js";
import { may } from "../rights.js";
import { attempt, makeProblem } from "./attempt.js";
import { makeMessageLink, moveByArrows } from "./message_link.js";

/** @import { Message } from "../../client/events.js" */
/** @import { Page } from "../app.js" */
/** @import { Panel } from "./side.js" */

/**
 * Makes the panel.
 * @param {Page} page
 * @returns {Panel}
 */
export function createPanel(page) {
  const { i18n, client, room, standing } = page;
  const element = make("div", "pins");
  const list = make("ol", "rows");
  const state = make("p", "hint", i18n.t("loading"));
  state.role = "status";
  const again = makeButton(i18n.t("tryAgain"), "quiet wide", () => load());
  again.hidden = true;
  const problem = makeProblem();
  element.append(problem, list, state, again);
  /** @type {ReturnType<typeof createKeyedList<Message>>} */
  const rows = createKeyedList(list, { keyOf: ({ cursor }) => cursor, make: makeRow, fill: fillRow });
  /** Newest first. @type {Message[]} */
  let pins = [];
  let turn = 0;

  /** @param {Message} message */
  function makeRow({ cursor }) {
    const row = make("li", "pin");
    const unpin = makeButton(i18n.t("unpin"), "link", async () => {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      if (!await attempt({ i18n, control: unpin, problem }, () => client.unpin(room, cursor))) return;
      drop(cursor);
      const link = next?.querySelector("a");
      if (link) link.focus();
      else state.focus();
    });
    row.append(make("div"), unpin);
    return row;
  }

  /**
   * @param {HTMLElement} row
   * @param {Message} message
   */
  function fillRow(row, message) {
    const [place, unpin] = row.children;
    if (unpin instanceof HTMLElement) unpin.hidden = !may("pin", standing);
    if (row.dataset.shown === message.text) return;
    row.dataset.shown = message.text;
    place?.replaceChildren(makeMessageLink(page, { ...message, room }));
  }

  function show() {
    rows.show(pins);
    state.textContent = pins.length === 0 ? i18n.t("pinsNone") : "";
  }

  /** @param {string} cursor */
  function drop(cursor) {
    pins = pins.filter((pin) => pin.cursor !== cursor);
    show();
  }

  async function load() {
    const mine = ++turn;
    again.hidden = true;
    try {
      const found = await client.pins(room);
      if (mine !== turn) return;
      pins = found.filter(({ deleted }) => !deleted).reverse();
      show();
    } catch (error) {
      if (mine !== turn) return;
      state.textContent = problemText(i18n, error);
      again.hidden = false;
    }
  }

  state.tabIndex = -1;
  const stops = [
    standing.on("change", show),
    client.on("events", (news) => {
      if (news.room !== room) return;
      const has = (/** @type {string} */ target) => pins.some(({ cursor }) => cursor === target);
      const isTouched = news.replace ||
        news.events.some((event) =>
          event.type === "pin" || ((event.type === "edit" || event.type === "delete") && has(event.target))
        );
      if (isTouched) load();
    }),
  ];
  moveByArrows(element, undefined, list);
  load();
  return {
    title: i18n.t("pins"),
    element,
    closed() {
      turn += 1;
      for (const stop of stops) stop();
    },
  };
}
