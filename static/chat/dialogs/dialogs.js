/**
 * Dialogs over the page, one at a time. What is shown in one is loaded when it is first opened.
 * @module
 */

import { loadStyle, make, makeButton } from "../../ui/dom.js";

/** @import { Page } from "../app.js" */
/** @import { CreatePanel, Panel } from "../side/side.js" */

/** @typedef {ReturnType<typeof createDialogs>} Dialogs */

/** @type {Record<string, () => Promise<{createPanel: CreatePanel}>>} */
const DIALOGS = {
  browse: () => import("./browse.js"),
  invite: () => import("./invite.js"),
  leave_room: () => import("./leave_room.js"),
  new_room: () => import("./new_room.js"),
  report: () => import("../conversation/report_dialog.js"),
  settings: () => import("./settings.js"),
  shortcuts: () => import("./shortcuts.js"),
  switcher: () => import("./switcher.js"),
};

/** Who opens it by keys types on at once: its box is there before it is. */
const TYPED = "switcher";

/**
 * Makes the place for dialogs.
 * @param {Page} page
 */
export function createDialogs(page) {
  /** @type {HTMLDialogElement | undefined} */
  let open;

  /**
   * Opens one in which nothing is said yet.
   * @param {string} name
   * @param {HTMLElement} element
   */
  function begin(name, element) {
    open?.close();
    const dialog = make("dialog", "dialog");
    dialog.dataset.name = name;
    const heading = make("h2");
    heading.id = `dialog-${name}`;
    heading.tabIndex = -1;
    dialog.setAttribute("aria-labelledby", heading.id);
    const close = makeButton("×", "icon-button dialog-close", () => dialog.close());
    close.ariaLabel = close.title = page.i18n.t("close");
    const top = make("div", "dialog-top");
    top.append(heading, close);
    dialog.append(top, element);
    // A press on the backdrop is a press on the dialog itself, outside of what is in it.
    dialog.addEventListener("pointerdown", ({ target }) => {
      if (target === dialog) dialog.close();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (open === dialog) open = undefined;
    });
    document.body.append(dialog);
    open = dialog;
    // The browser gives the focus back to where it was when the dialog closes.
    dialog.showModal();
    return { dialog, heading };
  }

  /** Opens one for a box alone, in which what is typed and composed waits for the rest. @param {string} name */
  function beginWithBox(name) {
    const element = make("div");
    const box = make("input");
    box.type = "search";
    element.append(box);
    const begun = begin(name, element);
    // Not seen before it has its styles and its words.
    begun.dialog.style.opacity = "0";
    box.focus();
    return { ...begun, element };
  }

  /** @param {() => Promise<{createPanel: CreatePanel}>} load */
  async function read(load) {
    const [module] = await Promise.all([
      load(),
      page.i18n.learnPanes(),
      loadStyle(import.meta.resolve("../panels.css")),
      loadStyle(import.meta.resolve("./dialogs.css")),
    ]);
    return module;
  }

  return {
    /** Somebody is about to open it: what they type next must find it open. @param {string} name */
    warm(name) {
      const load = DIALOGS[name];
      // What fails now is told when it is opened.
      if (load !== undefined) read(load).catch(() => {});
    },

    /** Whether one is open. Of a dialog that closes the browser tells later: the next key may be here before. @returns {boolean} */
    get isOpen() {
      return open?.open === true;
    },

    /** Opens a dialog, or closes it where it is open. @param {string} name */
    toggle(name) {
      if (open?.open && open.dataset.name === name) open.close();
      else this.open(name);
    },

    /**
     * Opens a dialog instead of the one that is open.
     * @param {string} name
     * @param {string} [of] whose, for those that need it
     */
    async open(name, of) {
      const load = DIALOGS[name];
      if (load === undefined) throw new TypeError(`Cannot open the dialog as there is none of this name: ${name}`);
      const early = name === TYPED ? beginWithBox(name) : undefined;
      const module = await read(load).catch(() => undefined);
      // Closed by who did not wait.
      if (early?.dialog.open === false) return;
      if (module === undefined) {
        early?.dialog.close();
        return page.tellMissing(() => page.openDialog(name, of));
      }
      const { title, element, focus, closed } = module.createPanel(page, of, early?.element);
      const { dialog, heading } = early ?? begin(name, element);
      heading.textContent = title;
      dialog.style.opacity = "";
      dialog.addEventListener("close", () => closed?.());
      (focus ?? heading).focus();
    },

    close() {
      open?.close();
    },
  };
}
