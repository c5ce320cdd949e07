/**
 * The keyboard shortcuts: one list, from which keys are understood and the dialog is written. No DOM.
 *
 * Keys are written as `Mod+K`: `Mod` is ⌘ on a Mac and Ctrl elsewhere, the last part is what `KeyboardEvent.key` calls the key. A sign that is
 * typed with Shift on some keyboards and without on others (`?`) stands alone.
 * @module
 */

/** @import { Word } from "../ui/i18n.js" */

/**
 * @typedef {object} Shortcut
 * @property {readonly string[]} keys any of them
 * @property {Word} word what it does
 * @property {"page" | "box" | "message" | "pane"} where it holds: everywhere, in the message box, on a message that has the focus, beside a room
 * @property {boolean} [isShown] false: it is understood, and known well enough not to be listed
 */
/** @typedef {keyof typeof SHORTCUTS} ShortcutName */
/** @typedef {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">} Key */

/** Those that the page itself understands come first; others are understood where they hold. */
export const SHORTCUTS = /** @type {const} */ ({
  switcher: { keys: ["Mod+K"], word: "switcher", where: "page" },
  previousRoom: { keys: ["Alt+ArrowUp"], word: "previousRoom", where: "page" },
  nextRoom: { keys: ["Alt+ArrowDown"], word: "nextRoom", where: "page" },
  previousUnread: { keys: ["Alt+Shift+ArrowUp"], word: "previousUnread", where: "page" },
  nextUnread: { keys: ["Alt+Shift+ArrowDown"], word: "nextUnread", where: "page" },
  settings: { keys: ["Mod+,"], word: "settings", where: "page" },
  shortcuts: { keys: ["?"], word: "shortcuts", where: "page" },
  send: { keys: ["Enter"], word: "send", where: "box" },
  newLine: { keys: ["Shift+Enter"], word: "newLine", where: "box" },
  editLast: { keys: ["ArrowUp"], word: "editLast", where: "box" },
  mention: { keys: ["@"], word: "completeName", where: "box" },
  emoji: { keys: [":"], word: "completeEmoji", where: "box" },
  previousMessage: { keys: ["ArrowUp", "K"], word: "key_previous", where: "message" },
  nextMessage: { keys: ["ArrowDown", "J"], word: "key_next", where: "message" },
  latestMessage: { keys: ["End"], word: "jump", where: "message" },
  messageMenu: { keys: ["Enter", "ContextMenu"], word: "messageActions", where: "message" },
  reply: { keys: ["R"], word: "act_reply", where: "message" },
  thread: { keys: ["T"], word: "act_thread", where: "message" },
  react: { keys: ["+"], word: "act_react", where: "message" },
  edit: { keys: ["E"], word: "act_edit", where: "message" },
  copyText: { keys: ["C"], word: "act_copyText", where: "message" },
  delete: { keys: ["Delete"], word: "act_delete", where: "message" },
  leaveMessages: { keys: ["Escape"], word: "key_leave", where: "message" },
  closePane: { keys: ["Escape"], word: "close", where: "pane" },
});

/** @type {Readonly<Record<string, string>>} */
const SIGNS = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" };
/** @type {Readonly<Record<string, string>>} */
const MAC_SIGNS = { Mod: "⌘", Alt: "⌥", Shift: "⇧" };

/**
 * Finds what a key asks the page for.
 * @param {Key} event
 * @param {Shortcut["where"]} where
 * @returns {ShortcutName | undefined}
 */
export function findShortcut(event, where) {
  for (const [name, shortcut] of Object.entries(SHORTCUTS)) {
    if (shortcut.where === where && shortcut.keys.some((keys) => isPressed(keys, event))) {
      // Safe: it is one of the keys of the list.
      return /** @type {ShortcutName} */ (name);
    }
  }
  return undefined;
}

/**
 * Whether a key is a letter or a sign that belongs into a text field, if one has the focus.
 * @param {Key} event
 */
export function isTyped({ key, ctrlKey, metaKey, altKey }) {
  return [...key].length === 1 && !ctrlKey && !metaKey && !altKey;
}

/**
 * Keys as they are written on keyboards.
 * @param {string} keys
 * @param {boolean} isMac
 * @returns {string[]} one after the other
 */
export function keyNames(keys, isMac) {
  return partsOf(keys).map((part) =>
    (isMac ? MAC_SIGNS[part] : part === "Mod" ? "Ctrl" : undefined) ?? SIGNS[part] ?? part
  );
}

/**
 * @param {string} keys
 * @param {Key} event
 */
function isPressed(keys, event) {
  const parts = partsOf(keys);
  const key = parts.at(-1) ?? "";
  const isSign = parts.length === 1 && key.length === 1;
  return event.key.toLowerCase() === key.toLowerCase() &&
    (event.ctrlKey || event.metaKey) === parts.includes("Mod") &&
    event.altKey === parts.includes("Alt") &&
    (isSign || event.shiftKey === parts.includes("Shift"));
}

/** @param {string} keys */
function partsOf(keys) {
  return keys === "+" ? [keys] : keys.split("+");
}
