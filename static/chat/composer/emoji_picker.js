/**
 * Picks an emoji: search, groups, the last used ones first, a skin tone. Loaded when it is first opened.
 *
 * ```js
 * const { loadEmojiPicker } = await import("./composer/emoji_picker.js");
 * const openEmojiPicker = await loadEmojiPicker(i18n.language);
 * const emoji = await openEmojiPicker({ anchor: button, i18n, storage });
 * ```
 * @module
 */

import { createComposition, keyOf } from "./composition.js";
import { chooseTone, chosenTone, inChosenTone, recentEmoji, rememberEmoji } from "./emoji_choices.js";
import { createEmojiGrid } from "./emoji_grid_view.js";
import { findEmoji, GROUPS, loadEmoji } from "../../emoji/emoji.js";
import { withoutTone, withTone } from "../../emoji/tones.js";
import { loadStyle, make, makeButton } from "../../ui/dom.js";

/** @import { Choice, Section } from "./emoji_grid_view.js" */
/** @import { Emoji } from "../../emoji/emoji.js" */
/** @import { Tone } from "../../emoji/tones.js" */
/** @import { I18n } from "../../ui/i18n.js" */
/** @import { Storage } from "../../ui/storage.js" */

const TONES = /** @type {const} */ ([0, 1, 2, 3, 4, 5]);
/** What the tones are shown on. */
const HAND = "✋";
/** Pixels between the picker and what it belongs to, and the edges of the page. */
const GAP = 8;
/** What is shown of a search. */
const MAX_FOUND = 96;

/** The group's sign on its button. */
const SIGNS = {
  faces: "😀",
  people: "👋",
  nature: "🌿",
  food: "🍜",
  travel: "🚆",
  activities: "⚽",
  objects: "💡",
  symbols: "💟",
  flags: "🚩",
};

/**
 * Loads what the picker shows.
 * @param {string} language of the emoji's names
 * @returns {Promise<typeof openEmojiPicker>} rejects when the network keeps it away
 */
export async function loadEmojiPicker(language) {
  await Promise.all([loadEmoji(language), loadStyle(import.meta.resolve("./emoji_picker.css"))]);
  return openEmojiPicker;
}

/**
 * Opens the picker over everything else. It closes when an emoji is picked (with Shift it stays open), by Escape and by a click elsewhere; the
 * focus then returns to where it was.
 * @param {object} parts
 * @param {Element} parts.anchor where it is put
 * @param {(emoji: string) => void} [parts.onPick] called for each emoji that is picked, in the chosen tone
 * @param {I18n} parts.i18n
 * @param {Storage} parts.storage keeps the last used ones and the tone
 * @returns {Promise<string | undefined>} resolves when it has closed, with what was picked last
 */
async function openEmojiPicker({ anchor, onPick, i18n, storage }) {
  const all = await loadEmoji(i18n.language);
  /** @type {string | undefined} */
  let picked;
  const { promise, resolve } = Promise.withResolvers();
  const picker = make("div", "emoji-picker");
  picker.popover = "auto";
  picker.role = "dialog";
  picker.ariaLabel = i18n.t("emoji");
  const search = createSearch(i18n, show, pickFirst, () => grid.focus());
  const tabs = make("div", "emoji-tabs");
  const previewed = make("p", "emoji-preview");
  const grid = createEmojiGrid({
    onPick: pick,
    onPoint: preview,
    onLeave: () => search.focus(),
  });
  grid.element.ariaLabel = i18n.t("emoji");
  const foot = make("div", "emoji-foot");
  foot.append(previewed, createTones(i18n, storage, () => show(search.value)));
  const none = make("p", "emoji-none", i18n.t("emojiNone"));
  none.role = "status";
  picker.append(search, tabs, grid.element, none, foot);

  /**
   * @param {Choice} choice
   * @param {Pick<MouseEvent, "shiftKey">} event
   */
  function pick({ emoji }, { shiftKey }) {
    picked = emoji;
    rememberEmoji(storage, emoji);
    onPick?.(emoji);
    if (shiftKey) return;
    picker.hidePopover();
    // Not with the event, which comes later: by then one may have gone on, and is not to be fetched back.
    resolve(picked);
  }

  function pickFirst() {
    if (grid.first !== undefined) pick(grid.first, { shiftKey: false });
  }

  /** @param {Choice} choice */
  function preview({ emoji, name }) {
    previewed.replaceChildren(make("span", "emoji-large", emoji), make("span", "", name));
  }

  /** @param {Emoji} emoji @returns {Choice} */
  const choiceOf = (emoji) => ({ emoji: inChosenTone(storage, emoji), name: emoji.name });

  /** @param {string} query */
  async function show(query) {
    const found = query.trim() === "" ? undefined : await findEmoji(query, i18n.language);
    // Another letter was quicker.
    if (query !== search.value) return;
    const sections = found === undefined ? everything() : [{
      title: i18n.t("emojiFound"),
      choices: found.slice(0, MAX_FOUND).map(choiceOf),
    }];
    grid.show(sections);
    if (grid.first !== undefined) preview(grid.first);
    none.hidden = grid.first !== undefined;
    tabs.hidden = found !== undefined;
  }

  /** @returns {Section[]} */
  function everything() {
    const named = new Map(all.map((emoji) => [emoji.emoji, emoji.name]));
    const recent = recentEmoji(storage).map((emoji) => ({ emoji, name: named.get(withoutTone(emoji)) ?? emoji }));
    const groups = GROUPS.map((name, index) => ({
      title: i18n.t(`emoji_${name}`),
      choices: all.filter(({ group }) => group === index).map(choiceOf),
      sign: SIGNS[name],
    }));
    const sections = [{ title: i18n.t("emojiRecent"), choices: recent, sign: "🕘" }, ...groups]
      .filter(({ choices }) => choices.length > 0);
    tabs.replaceChildren(...sections.map(({ title, sign }, index) => {
      const tab = makeButton(sign, "emoji-tab", () => grid.scrollTo(index));
      tab.ariaLabel = title;
      tab.title = title;
      return tab;
    }));
    return sections;
  }

  picker.addEventListener("toggle", ({ newState }) => {
    if (newState !== "closed") return;
    picker.remove();
    resolve(picked);
  });
  // Inside of a modal dialog only what the dialog holds can be reached.
  (anchor.closest("dialog") ?? document.body).append(picker);
  await show("");
  picker.showPopover();
  place(picker, anchor);
  // On a phone the search would bring up the keyboard over what one came for.
  if (matchMedia("(hover: none)").matches) grid.focus();
  else search.focus();
  return promise;
}

/**
 * @param {I18n} i18n
 * @param {(query: string) => void} onSearch
 * @param {() => void} onTake
 * @param {() => void} onDown
 */
function createSearch(i18n, onSearch, onTake, onDown) {
  const search = make("input", "emoji-search");
  search.type = "search";
  search.placeholder = search.ariaLabel = i18n.t("emojiSearch");
  search.autocomplete = "off";
  search.spellcheck = false;
  search.enterKeyHint = "done";
  search.addEventListener("input", () => onSearch(search.value));
  // Hangul is composed when Enter comes, as in the message box.
  const composition = createComposition();
  search.addEventListener("compositionstart", () => composition.start());
  search.addEventListener("compositionend", (event) => {
    if (composition.end(event) === "send") onTake();
  });
  search.addEventListener("keyup", (event) => composition.keyup(event));
  search.addEventListener("keydown", (event) => {
    const verdict = composition.keydown(event, keyOf(event) === "Enter" ? "send" : undefined);
    if (verdict !== "pass") event.preventDefault();
    if (verdict === "send") onTake();
    if (event.key !== "ArrowDown" || event.isComposing) return;
    event.preventDefault();
    onDown();
  });
  return search;
}

/**
 * @param {I18n} i18n
 * @param {Storage} storage
 * @param {() => void} onChoose
 */
function createTones(i18n, storage, onChoose) {
  const tones = make("div", "emoji-tones");
  tones.role = "group";
  tones.ariaLabel = i18n.t("emojiTone");
  const buttons = TONES.map((tone) => {
    const button = makeButton(withTone(HAND, tone), "emoji-tone", () => {
      chooseTone(storage, tone);
      showChosen();
      onChoose();
    });
    button.ariaLabel = button.title = i18n.t(`emojiTone${tone}`);
    return button;
  });
  function showChosen() {
    buttons.forEach((button, tone) => button.ariaPressed = String(tone === chosenTone(storage)));
  }
  showChosen();
  tones.append(...buttons);
  return tones;
}

/**
 * Puts the picker where there is more room: above or below its anchor, within the page. On a narrow page the stylesheet puts it at the bottom.
 * @param {HTMLElement} picker
 * @param {Element} anchor
 */
function place(picker, anchor) {
  if (matchMedia("(max-width: 30rem)").matches) return;
  const near = anchor.getBoundingClientRect();
  const { width, height } = picker.getBoundingClientRect();
  const above = near.top - height - GAP;
  const below = near.bottom + GAP;
  const top = above >= GAP || near.top > innerHeight - near.bottom ? above : below;
  picker.style.top = `${Math.max(GAP, Math.min(top, innerHeight - height - GAP))}px`;
  const left = picker.matches(":dir(rtl)") ? near.left : near.right - width;
  picker.style.left = `${Math.max(GAP, Math.min(left, innerWidth - width - GAP))}px`;
}
