/**
 * The message box: it grows, keeps drafts, says what it is for, and sends. What is not needed at first sight, lists of names and emoji, is
 * loaded when it is asked for.
 * @module
 */

import { createComposition } from "./composition.js";
import { findComposer, makeBarNote, makeEmojiButton, makeModeStrip } from "./compose_form.js";
import { createDrafts, draftPlace } from "./drafts.js";
import { actionOf, ENTER } from "./keys.js";
import { lengthOf, replaceText, trimPasted } from "./text_box.js";
import { createWriting } from "./writing.js";

/** @import { I18n } from "../../ui/i18n.js" */
/** @import { Storage } from "../../ui/storage.js" */
/** @import { Bar } from "../standing.js" */
/** @import { Completions } from "./completion_list.js" */
/** @import { ComposerElements } from "./compose_form.js" */
/** @import { Action, Key, Verdict } from "./composition.js" */
/** @import { Drafts, Quoted } from "./drafts.js" */
/** @import { Person } from "./completion.js" */

/** @typedef {ReturnType<typeof createComposer>} Composer */

/** The count is shown from this share of the limit on. */
const NEAR = 0.9;

/**
 * Takes over a message box. Several may be on a page, one for each pane.
 * @param {object} parts
 * @param {I18n} parts.i18n
 * @param {Storage} parts.storage keeps drafts and choices; `enter` in it says which Enter sends, and is read anew for each key
 * @param {(text: string, about: {reply: Quoted | undefined}) => void} parts.onSend takes the text; the box is empty by then
 * @param {() => void} parts.onTyping something is written that others may see coming
 * @param {(message: Quoted, text: string) => void} [parts.onEdit] takes the new text of a message that edit() was called with
 * @param {(message: Quoted) => Promise<boolean>} [parts.canEdit] asked when an edit comes back that was begun earlier; one that can not be
 *   saved any more goes on as a draft
 * @param {() => void} [parts.onEditLast] the arrow up in an empty box; may call edit() with one's last message
 * @param {(again: () => void) => void} [parts.onMissing] the network keeps away what was asked for
 * @param {(prefix: string) => readonly Person[] | Promise<readonly Person[]>} [parts.findPeople] who may be meant, who wrote lately first; may
 *   return more than begin with what was written, which may be half a syllable (`민ㅈ`)
 * @param {Drafts} [parts.drafts] to be shared by all boxes of a page
 * @param {ComposerElements} [parts.elements] default: those of index.html
 */
export function createComposer(
  {
    i18n,
    storage,
    onSend,
    onTyping,
    onEdit,
    canEdit,
    onEditLast,
    onMissing,
    findPeople = () => [],
    drafts = createDrafts(storage),
    elements = findComposer(),
  },
) {
  const { form, box, button, hint, count } = elements;
  const composition = createComposition();
  const writing = createWriting(drafts);
  const strip = makeModeStrip(i18n, () => act("leave"));
  const barNote = makeBarNote(i18n, elements);
  const emojiButton = makeEmojiButton(pickEmoji);
  let limit = 4000;
  /** @type {Bar | undefined} */
  let bar;
  /** @type {number | undefined} */
  let barUntil;
  /** Loaded when the first `@` or `:` is written. @type {Completions | undefined} */
  let completions;
  /** @type {Promise<unknown> | undefined} */
  let loading;
  /** Ends what this box listens to outside of itself. */
  const ending = new AbortController();

  emojiButton.id = `${box.id}-emoji`;
  form.prepend(strip.element);
  // Before it: Tab leads from the box to Send.
  box.before(emojiButton);

  function send() {
    const text = box.value.replace(/^\n+/u, "").trimEnd();
    if (text === "" || lengthOf(text) > limit) return;
    const sent = writing.finish(text);
    show();
    if (sent.kind === "send") onSend(sent.text, { reply: sent.reply });
    else if (sent.kind === "save") onEdit?.(sent.message, sent.text);
  }

  /** Shows what is written here, and what it is for. */
  function show() {
    box.value = writing.text;
    completions?.act("close");
    strip.show(writing.mode);
    const word = writing.mode.kind === "edit" ? "saveEdit" : "send";
    if (button.dataset.wordLabel !== word) {
      button.dataset.wordLabel = word;
      i18n.apply(form);
    }
    form.dataset.mode = writing.mode.kind;
    measure();
  }

  async function checkEdit() {
    const { place, mode } = writing;
    if (mode.kind !== "edit" || await canEdit?.(mode.message) !== false) return;
    const now = writing.mode;
    if (writing.place !== place || now.kind !== "edit" || now.message.cursor !== mode.message.cursor) return;
    writing.release();
    show();
  }

  function measure() {
    const length = lengthOf(box.value);
    const isOver = length > limit;
    const isNear = length >= limit * NEAR;
    count.textContent = isNear
      ? i18n.t(isOver ? "overLimit" : "limit", { count: length, limit, over: length - limit })
      : "";
    count.dataset.over = String(isOver);
    // Only what is wrong is said aloud: a count at every letter would drown the letters.
    count.role = isOver ? "status" : null;
    box.ariaInvalid = String(isOver);
    // Not disabled: a button that vanishes from the keyboard's way while one types is worse than one that does nothing.
    button.ariaDisabled = String(isOver || box.value.trim() === "");
    if (!CSS.supports("field-sizing", "content")) fit();
  }

  /** What `field-sizing: content` does, where it is not known. CSSOM is no inline style to the CSP. */
  function fit() {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  }

  function sendsBy() {
    // A phone's keyboard has no Ctrl, and its Enter shows that it sends.
    const isPhone = matchMedia("(hover: none) and (pointer: coarse)").matches;
    return storage.get("enter") === "ctrl" && !isPhone ? "ctrl" : "enter";
  }

  /** @param {Pick<Key, "key" | "code" | "shiftKey" | "altKey" | "ctrlKey" | "metaKey">} event */
  function askedBy(event) {
    return actionOf(event, {
      sendsBy: sendsBy(),
      isOffering: completions?.isOpen ?? false,
      isEmpty: box.value === "",
      canLeave: writing.mode.kind !== "new",
    });
  }

  /**
   * @param {Event | undefined} event
   * @param {Verdict} verdict
   */
  function obey(event, verdict) {
    if (verdict === "pass") return;
    event?.preventDefault();
    if (verdict === "swallow") return;
    if (verdict !== "hand over") return act(verdict);
    // Losing the focus makes the input method hand over what it holds; it must not come back into the box once that is empty.
    box.blur();
    box.focus();
  }

  /** @param {Action} action */
  function act(action) {
    switch (action) {
      case "send":
        return send();
      case "leave":
        writing.leave();
        show();
        return box.focus();
      case "editLast":
        return onEditLast?.();
      default:
        completions?.act(action);
    }
  }

  function complete() {
    if (completions !== undefined) return completions.update();
    if (!/[@:]/u.test(box.value)) return;
    loading ??= import("./completion_list.js").then(async ({ createCompletions }) => {
      const ask = () => obey(undefined, composition.ask("take"));
      completions = await createCompletions({ form, box, i18n, storage, findPeople, onTake: ask });
      if (document.activeElement === box) completions.update();
    }, () => loading = undefined);
  }

  async function pickEmoji() {
    const open = await import("./emoji_picker.js").then((picker) => picker.loadEmojiPicker(i18n.language))
      .catch(() => undefined);
    if (open === undefined) return onMissing?.(pickEmoji);
    const picked = await open({
      anchor: emojiButton,
      i18n,
      storage,
      onPick: (emoji) => replaceText(box, box.selectionStart, box.selectionEnd, emoji),
    });
    // Who has clicked elsewhere is there.
    if (picked !== undefined || document.activeElement === emojiButton) box.focus();
  }

  function showHint() {
    hint.textContent = i18n.t(sendsBy() === "enter" ? "composerHint" : "composerHintCtrl");
  }

  function translate() {
    i18n.apply(form);
    showHint();
    strip.show(writing.mode);
    barNote.show(bar, barUntil);
    measure();
  }

  box.addEventListener("compositionstart", () => composition.start());
  box.addEventListener("compositionend", (event) => obey(event, composition.end(event)));
  box.addEventListener("keydown", (event) => obey(event, composition.keydown(event, askedBy(event))));
  box.addEventListener("keyup", (event) => composition.keyup(event));
  box.addEventListener("beforeinput", (event) => obey(event, composition.beforeInput(event, askedBy(ENTER))));
  box.addEventListener("blur", (event) => {
    obey(event, composition.blur());
    completions?.act("close");
  });
  // Which Enter sends may have changed since, in a dialog or in another tab.
  box.addEventListener("focus", showHint);
  box.addEventListener("input", (event) => {
    // Undone, a completion leaves selected what it had replaced, and the next letter would replace it again.
    const isUndone = event instanceof InputEvent && event.inputType === "historyUndo";
    if (isUndone) box.setSelectionRange(box.selectionEnd, box.selectionEnd);
    writing.write(box.value);
    measure();
    complete();
    if (box.value.trim() !== "" && writing.mode.kind !== "edit") onTyping();
  });
  document.addEventListener("selectionchange", () => {
    if (document.activeElement === box) completions?.update();
  }, { signal: ending.signal });
  box.addEventListener("paste", (event) => {
    const pasted = event.clipboardData?.getData("text/plain") ?? "";
    const text = trimPasted(pasted);
    if (text === pasted || text === "") return;
    event.preventDefault();
    replaceText(box, box.selectionStart, box.selectionEnd, text);
  });
  // The box keeps the focus, and with it a phone its keyboard.
  button.addEventListener("mousedown", (event) => event.preventDefault());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    obey(undefined, composition.ask("send"));
  });
  const stopHearing = drafts.on("change", ({ place, isElsewhere }) => {
    // Where somebody writes, what they write holds; any other tab shows it.
    const isWriting = document.hasFocus() && document.activeElement === box;
    if (isElsewhere && !isWriting && place === writing.place && writing.mode.kind !== "edit") show();
  });

  translate();

  return {
    /**
     * Shows the draft of a room, or of a thread in it.
     * @param {string} room
     * @param {string} [thread] the cursor of its first message
     */
    show(room, thread) {
      writing.open(draftPlace(room, thread));
      show();
      checkEdit();
    },

    /**
     * Makes what is written an answer.
     * @param {Quoted} message
     */
    reply(message) {
      writing.reply(message);
      show();
      box.focus();
    },

    /**
     * Puts a message's text into the box, to be saved as its new one. The draft waits.
     * @param {Quoted} message
     * @param {string} [text] what to begin with, when it could not be saved before
     */
    edit(message, text) {
      writing.edit(message, text);
      show();
      box.focus();
      box.setSelectionRange(box.value.length, box.value.length);
    },

    /**
     * @param {Bar | undefined} next what keeps one from writing here now
     * @param {number} [until] when it is over, in milliseconds since 1970
     */
    setBar(next, until) {
      if (next === bar && until === barUntil) return;
      bar = next;
      barUntil = until;
      barNote.show(bar, barUntil);
    },

    /** @param {number} characters the server's limit, in code points */
    setLimit(characters) {
      limit = characters;
      measure();
    },

    /** The box is no longer needed: its pane is gone. What was written stays a draft. */
    close() {
      ending.abort();
      stopHearing();
    },

    focus: () => box.focus(),
    translate,
  };
}
