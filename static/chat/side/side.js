/**
 * The pane beside the conversation; on a phone it stands before it. What is shown in it is loaded when it is first opened.
 * @module
 */

import { find, loadStyle, make, makeButton } from "../../ui/dom.js";
import { findShortcut } from "../shortcuts.js";

/** @import { Page } from "../app.js" */
/** @import { Side } from "../route.js" */

/**
 * What stands in the pane or in a dialog. `focus`: what takes the focus first, else the heading does. `turn`: shows another `of` in
 * the same panel; without it a new one is made. `closed` ends what it has begun.
 * @typedef {{title: string, element: HTMLElement, focus?: HTMLElement | undefined, turn?: ((of: string | undefined) => void) | undefined,
 *   closed?: (() => void) | undefined}} Panel
 */
/**
 * `of`: whose, for panels that need it. `begun`: the panel's element where it stands in a dialog already, with a box that is typed into.
 * @typedef {(page: Page, of?: string, begun?: HTMLElement) => Panel} CreatePanel
 */

/** @type {Record<string, () => Promise<{createPanel: CreatePanel}>>} */
const PANELS = {
  details: () => import("./details.js"),
  people: () => import("./people.js"),
  pins: () => import("./pins.js"),
  search: () => import("./search.js"),
  thread: () => import("../conversation/thread_view.js"),
};

/** Where it empties a field or closes a list, or would lose what is written; a message box keeps its draft. */
const KEEPS_ESCAPE =
  "select, :is(input, textarea):not(.compose-box, :placeholder-shown, [type=radio], [type=checkbox])";

/**
 * Takes over the pane of index.html.
 * @param {Page} page
 */
export function createSidePane(page) {
  const { i18n } = page;
  const pane = find("side", HTMLElement);
  const title = find("side-title", HTMLElement);
  const content = find("side-content", HTMLElement);
  const close = find("side-close", HTMLAnchorElement);
  /** @type {Panel | undefined} */
  let shown;
  /** What is shown or on its way; none: nothing. @type {{room: string, side: Side} | undefined} */
  let current;
  /** Counts what was asked for: a panel that comes late is not shown. */
  let asked = 0;
  /** Where the focus was. @type {Element | null} */
  let opener = null;

  function clear() {
    shown?.closed?.();
    shown = undefined;
    content.replaceChildren();
  }

  function hide() {
    if (current === undefined) return;
    current = undefined;
    asked += 1;
    clear();
    pane.hidden = true;
    delete document.body.dataset.side;
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    else page.focusComposer();
  }

  /**
   * @param {string} room
   * @param {Side} side
   */
  async function open(room, side) {
    if (current === undefined) opener = document.activeElement;
    current = { room, side };
    const mine = ++asked;
    const load = PANELS[side.panel];
    if (load === undefined) return;
    const loading = Promise.all([
      load(),
      i18n.learnPanes(),
      loadStyle(import.meta.resolve("../panels.css")),
      loadStyle(import.meta.resolve("./side.css")),
    ]);
    // Only the network is blamed: a fault of the panel's own is reported as one.
    const create = await loading.then(([{ createPanel }]) => () => createPanel(page, side.of), () => undefined);
    if (mine !== asked) return;
    present(side, create === undefined ? missing(() => open(room, side)) : create());
  }

  /**
   * @param {Side} side
   * @param {Panel} panel
   */
  function present(side, panel) {
    clear();
    shown = panel;
    title.textContent = panel.title;
    content.replaceChildren(panel.element);
    content.scrollTop = 0;
    pane.dataset.panel = side.panel;
    pane.hidden = false;
    document.body.dataset.side = side.panel;
    (panel.focus ?? title).focus({ preventScroll: true });
  }

  /**
   * What stands there while the network keeps the panel away.
   * @param {() => void} again
   * @returns {Panel}
   */
  function missing(again) {
    const element = make("p", "side-missing", i18n.t("notLoaded"));
    element.append(" ", makeButton(i18n.t("tryAgain"), "link", again));
    return { title: "", element };
  }

  pane.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || findShortcut(event, "pane") === undefined) return;
    if (event.target instanceof Element && event.target.matches(KEEPS_ESCAPE)) return;
    event.preventDefault();
    close.click();
  });

  return {
    /** Whether there is such a panel: links are cut, and older ones outlive what they led to. @param {Side | undefined} side */
    has: (side) => side !== undefined && Object.hasOwn(PANELS, side.panel),

    /**
     * Shows a panel, or none.
     * @param {string} room
     * @param {Side | undefined} side
     * @param {string} back the address without it
     */
    async show(room, side, back) {
      close.href = back;
      if (side === undefined || !this.has(side)) return hide();
      const before = current;
      const isSame = before?.room === room && before.side.panel === side.panel;
      if (isSame && before.side.of === side.of) return;
      if (!isSame || shown?.turn === undefined) return await open(room, side);
      current = { room, side };
      shown.turn(side.of);
    },

    /** Says it again in another language. */
    translate() {
      if (current !== undefined) open(current.room, current.side);
    },
  };
}
