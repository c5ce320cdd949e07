/**
 * What can be done with the messages of a list: by the bar on the message that one points at, by its menu, by keys, and by a long press. Loaded when it
 * is first wanted.
 * @module
 */

import { copyText } from "../../ui/clipboard.js";
import { loadStyle } from "../../ui/dom.js";
import { formatRoute } from "../route.js";
import { findShortcut } from "../shortcuts.js";
import { createActionBar } from "./action_bar.js";
import { openActionMenu } from "./action_menu.js";
import { listenForLongPress } from "./long_press.js";
import { permittedActions } from "./permitted.js";

/** @import { Message } from "../../client/events.js" */
/** @import { Page } from "../page.js" */
/** @import { MessageContext } from "./message_context.js" */
/** @import { MessageList } from "./message_list.js" */
/** @import { MessageAction } from "./permitted.js" */
/** @import { RoomActions } from "./room_view.js" */
/** @import { MessageRow } from "./rows.js" */

/**
 * Makes it.
 * @param {object} parts
 * @param {Page} parts.page
 * @param {HTMLElement} parts.scroller
 * @param {MessageList} parts.list
 * @param {MessageContext} parts.context
 * @param {(cursor: string) => Message | undefined} parts.find
 * @param {RoomActions} parts.actions
 * @param {() => void} parts.toLatest
 * @param {() => void} parts.leave gives the focus back to where one writes
 * @param {boolean} [parts.isThread]
 */
export async function createMessageActions(
  { page, scroller, list, context, find, actions, toLatest, leave, isThread = false },
) {
  const { i18n } = page;
  await loadStyle(import.meta.resolve("./message_actions.css"));
  const bar = createActionBar(i18n, (action, anchor) => {
    const row = bar.element.parentElement === null ? undefined : list.rowOf(bar.element.parentElement);
    if (row !== undefined) obey(action, row, anchor);
  });

  /** @param {MessageRow} row */
  const permitted = (row) => permittedActions(row, page.standing, isThread);

  /**
   * @param {MessageAction | "menu"} action
   * @param {MessageRow} row
   * @param {Element} anchor
   */
  async function obey(action, row, anchor) {
    const { cursor } = row;
    const message = cursor === undefined ? undefined : find(cursor);
    if (cursor === undefined || message === undefined) return;
    if (action === "menu") return openMenu(row, anchor);
    if (!permitted(row).includes(action)) return;
    switch (action) {
      case "react":
        return pickEmoji(cursor, anchor);
      case "reply":
        return actions.reply(message);
      case "thread":
        return page.openSide("thread", row.thread ?? cursor);
      case "edit":
        return actions.edit(message);
      case "copyText":
        return copy(row.text, "textCopied");
      case "copyLink":
        return copy(
          new URL(formatRoute({ kind: "room", room: page.room, message: cursor }), location.href).href,
          "linkCopied",
        );
      case "pin":
      case "unpin":
        return (await context.operations()).pin(page.room, cursor, action === "pin");
      case "report":
        return page.openDialog("report", cursor);
      case "delete":
        return page.removals.remove(page.room, cursor);
    }
  }

  /**
   * @param {MessageRow} row
   * @param {Element} anchor
   */
  function openMenu(row, anchor) {
    const permittedNow = permitted(row);
    if (permittedNow.length === 0) return;
    openActionMenu({
      anchor,
      i18n,
      storage: page.storage,
      actions: permittedNow,
      onChoose: (action) => obey(action, row, anchor),
      onReact: (emoji) => react(row.cursor ?? "", emoji),
    });
  }

  /**
   * @param {string} cursor
   * @param {string} emoji
   */
  async function react(cursor, emoji) {
    (await context.operations()).react(page.room, cursor, emoji, true);
  }

  /**
   * @param {string} cursor
   * @param {Element} anchor
   */
  async function pickEmoji(cursor, anchor) {
    const open = await import("../composer/emoji_picker.js").then((picker) => picker.loadEmojiPicker(i18n.language))
      .catch(() => undefined);
    if (open === undefined) return page.tellMissing(() => pickEmoji(cursor, anchor));
    await open({ anchor, i18n, storage: page.storage, onPick: (emoji) => react(cursor, emoji) });
  }

  /**
   * @param {string} text
   * @param {"textCopied" | "linkCopied"} word
   */
  async function copy(text, word) {
    page.toasts.show(i18n.t(await copyText(text) ? word : "notCopied"));
  }

  /** @param {EventTarget | null} target */
  function elementOf(target) {
    const element = target instanceof Element ? target.closest("li.message") : null;
    return element instanceof HTMLElement && scroller.contains(element) ? element : undefined;
  }

  /** @param {EventTarget | null} target */
  function point(target) {
    const element = elementOf(target);
    const row = element && list.rowOf(element);
    if (element === undefined || row === undefined) return;
    bar.show(element, permitted(row));
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    const element = elementOf(event.target);
    const shortcut = findShortcut(latinKey(event), "message");
    if (event.target === scroller && (shortcut === "previousMessage" || shortcut === "nextMessage")) {
      // Letters that are typed there belong into the message box.
      if (!event.key.startsWith("Arrow")) return;
      event.preventDefault();
      return focus(list.inSight(shortcut === "previousMessage" ? "last" : "first"));
    }
    if (element === undefined || shortcut === undefined) return;
    if (event.target !== element) {
      if (shortcut === "leaveMessages") element.focus();
      return;
    }
    event.preventDefault();
    const row = list.rowOf(element);
    switch (shortcut) {
      case "previousMessage":
        return focus(list.beside(element, "previous"));
      case "nextMessage":
        return focus(list.beside(element, "next"));
      case "latestMessage":
        return toLatest();
      case "leaveMessages":
        return leave();
      case "messageMenu":
        return row && openMenu(row, element);
      case "reply":
      case "thread":
      case "react":
      case "edit":
      case "copyText":
      case "delete":
        return row && obey(shortcut, row, element);
    }
  }

  /** @param {string | undefined} id */
  function focus(id) {
    if (id !== undefined) list.toRow(id, "nearest")?.focus({ preventScroll: true });
  }

  scroller.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType === "mouse") point(target);
  });
  scroller.addEventListener("pointerleave", () => {
    if (!bar.element.contains(document.activeElement)) bar.hide();
  });
  scroller.addEventListener("focusin", ({ target }) => point(target));
  scroller.addEventListener("keydown", press);
  listenForLongPress(scroller, (target) => {
    const element = elementOf(target);
    const row = element && list.rowOf(element);
    if (element !== undefined && row !== undefined) openMenu(row, element);
  });
  // What it was loaded for.
  point(scroller.querySelector("li.message:hover") ?? document.activeElement);
}

/**
 * A key as the same place of a Latin keyboard has it: on a Korean one that of R writes ㄱ, or says only that an input method has it.
 * @param {KeyboardEvent} event
 */
function latinKey({ key, code, ctrlKey, metaKey, altKey, shiftKey }) {
  const isOther = key === "Process" || (key.length === 1 && key > "\x7f");
  return { key: isOther ? code.replace(/^Key/, "") : key, ctrlKey, metaKey, altKey, shiftKey };
}
