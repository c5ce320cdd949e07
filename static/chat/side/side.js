/**
 * The pane beside the conversation; on a phone it stands before it. What is shown in it is loaded when it is first opened.
 * @module
 */

import { find, loadStyle } from "../../ui/dom.js";

/** @import { Page } from "../app.js" */
/** @import { Side } from "../route.js" */

/**
 * What stands in the pane or in a dialog. `focus`: what takes the focus first, else the heading does. `closed` ends
 * what it has begun.
 * @typedef {{title: string, element: HTMLElement, focus?: HTMLElement | undefined, closed?: (() => void) | undefined}} Panel
 */
/** `of`: whose, for panels that need it. @typedef {(page: Page, of?: string) => Panel} CreatePanel */

/** @type {Record<string, () => Promise<{createPanel: CreatePanel}>>} */
const PANELS = {};

/**
 * Takes over the pane of index.html.
 * @param {Page} page
 */
export function createSidePane(page) {
  const pane = find("side", HTMLElement);
  const title = find("side-title", HTMLElement);
  const content = find("side-content", HTMLElement);
  const close = find("side-close", HTMLAnchorElement);
  /** @type {Panel | undefined} */
  let shown;
  /** What is shown or on its way. */
  let key = "";
  /** Where the focus was. @type {Element | null} */
  let opener = null;

  function clear() {
    shown?.closed?.();
    shown = undefined;
    content.replaceChildren();
  }

  function hide() {
    if (key === "") return;
    key = "";
    clear();
    pane.hidden = true;
    delete document.body.dataset.side;
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    else page.focusComposer();
  }

  return {
    /**
     * Shows a panel, or none.
     * @param {string} room
     * @param {Side | undefined} side
     * @param {string} back the address without it
     */
    async show(room, side, back) {
      close.href = back;
      const load = side && PANELS[side.panel];
      if (side === undefined || load === undefined) return hide();
      const mine = `${room} ${side.panel} ${side.of ?? ""}`;
      if (mine === key) return;
      if (key === "") opener = document.activeElement;
      key = mine;
      const [{ createPanel }] = await Promise.all([load(), loadStyle("/static/chat/panels.css")]);
      if (mine !== key) return;
      clear();
      shown = createPanel(page, side.of);
      title.textContent = shown.title;
      content.replaceChildren(shown.element);
      content.scrollTop = 0;
      pane.dataset.panel = side.panel;
      pane.hidden = false;
      document.body.dataset.side = side.panel;
      (shown.focus ?? title).focus({ preventScroll: true });
    },

    /** Says it again in another language. */
    translate() {
      key = "";
    },
  };
}
