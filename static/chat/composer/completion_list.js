/**
 * The list above the message box that completes names and emoji. Loaded when the first `@` or `:` is written.
 * @module
 */

import { findEmoji, findNamed } from "../../emoji/emoji.js";
import { makeAvatar } from "../../ui/avatar.js";
import { loadStyle, make } from "../../ui/dom.js";
import { findCompletion, isDismissed, meansEveryone, rankPeople } from "./completion.js";
import { inChosenTone, rememberEmoji } from "./emoji_choices.js";
import { replaceText } from "./text_box.js";

/** @import { I18n } from "../../ui/i18n.js" */
/** @import { Storage } from "../../ui/storage.js" */
/** @import { Completion, Person } from "./completion.js" */
/** @import { Action } from "./composition.js" */

/** @typedef {Awaited<ReturnType<typeof createCompletions>>} Completions */
/** What is offered: how it looks, and what is written when it is taken. @typedef {{parts: readonly (string | Node)[], insert: string, emoji?: string}} Offer */

/** Emoji offered at a time. */
const MAX_EMOJI = 8;

let made = 0;

/**
 * Makes the list, closed.
 * @param {object} parts
 * @param {HTMLElement} parts.form above which it stands
 * @param {HTMLTextAreaElement} parts.box keeps the focus all the time
 * @param {I18n} parts.i18n
 * @param {Storage} parts.storage
 * @param {(prefix: string) => readonly Person[] | Promise<readonly Person[]>} parts.findPeople
 * @param {() => void} parts.onTake somebody pointed at one: act("take") is to be called when the input method has let go of the text
 */
export async function createCompletions({ form, box, i18n, storage, findPeople, onTake }) {
  await loadStyle(import.meta.resolve("./completion.css"));
  const list = make("ul", "completions");
  list.id = `completions-${++made}`;
  list.role = "listbox";
  list.hidden = true;
  form.append(list);
  /** @type {Completion | undefined} */
  let completion;
  /** @type {Completion | undefined} */
  let dismissed;
  /** @type {readonly Offer[]} */
  let offers = [];
  let active = 0;

  function update() {
    const found = findCompletion(box.value, box.selectionStart);
    const isUnchanged = found?.start === completion?.start && found?.query === completion?.query &&
      found?.end === completion?.end;
    if (isUnchanged && found !== undefined) return;
    // It was taken back: the next one at its place is another. A code that has become its emoji may still come back by Ctrl+Z.
    if (found === undefined && dismissed?.isClosed !== true) dismissed = undefined;
    if (found === undefined || box.selectionStart !== box.selectionEnd || isDismissed(dismissed, found)) return close();
    // What was offered for another beginning must not be taken by an Enter that comes before the answer.
    if (found.start !== completion?.start || !found.query.startsWith(completion.query)) show([]);
    dismissed = undefined;
    completion = found;
    if (found.isClosed) return void putNamed(found);
    const offering = found.kind === "emoji" ? offerEmoji(found) : offerPeople(found);
    if (Array.isArray(offering)) return show(offering);
    offering.then((offers) => {
      if (completion === found) show(offers);
    }, () => {
      if (completion === found) close();
    });
  }

  /** `:tada:` is 🎉 without being picked. @param {Completion} named */
  async function putNamed(named) {
    show([]);
    const found = await findNamed(named.query);
    if (completion !== named || found === undefined) return;
    const emoji = inChosenTone(storage, found);
    // Taken back, it stays as it was written.
    dismissed = named;
    close();
    rememberEmoji(storage, emoji);
    replaceText(box, named.start, named.end, emoji);
  }

  /** @param {Completion} completion */
  async function offerEmoji({ query }) {
    const found = await findEmoji(query, i18n.language);
    return found.slice(0, MAX_EMOJI).map((emoji) => {
      const text = inChosenTone(storage, emoji);
      const sign = make("span", "completion-emoji", text);
      return { parts: [sign, make("span", "", emoji.name)], insert: `${text} `, emoji: text };
    });
  }

  /** @param {Completion} completion */
  function offerPeople({ query }) {
    const people = findPeople(query);
    return people instanceof Promise ? people.then((found) => peopleOffers(found, query)) : peopleOffers(people, query);
  }

  /** @param {readonly Person[]} people @param {string} query @returns {Offer[]} */
  function peopleOffers(people, query) {
    /** @type {Offer[]} */
    const found = rankPeople(people, query).map(({ id, name }) => ({
      parts: [makeAvatar(id, name), make("bdi", "", name)],
      insert: `@${name} `,
    }));
    if (meansEveryone(query, i18n.t("everyone"))) {
      const sign = make("span", "completion-room", "@");
      found.push({ parts: [sign, make("span", "", `room · ${i18n.t("everyone")}`)], insert: "@room " });
    }
    return found;
  }

  /** @param {readonly Offer[]} next */
  function show(next) {
    offers = next;
    list.ariaLabel = i18n.t(completion?.kind === "emoji" ? "emoji" : "people");
    list.replaceChildren(...offers.map(({ parts }, index) => {
      const item = make("li", "completion");
      item.id = `${list.id}-${index}`;
      item.role = "option";
      item.append(...parts);
      return item;
    }));
    list.hidden = offers.length === 0;
    // A combobox only while it is one: a box that may be left without a choice is a text box.
    box.role = list.hidden ? null : "combobox";
    box.ariaExpanded = list.hidden ? null : "true";
    box.ariaAutoComplete = list.hidden ? null : "list";
    if (list.hidden) box.removeAttribute("aria-controls");
    else box.setAttribute("aria-controls", list.id);
    point(0);
  }

  /** @param {number} index */
  function point(index) {
    active = offers.length === 0 ? 0 : (index + offers.length) % offers.length;
    [...list.children].forEach((item, place) => item.ariaSelected = String(place === active));
    const item = list.children[active];
    if (item === undefined) return box.removeAttribute("aria-activedescendant");
    box.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }

  function close() {
    completion = undefined;
    if (!list.hidden || offers.length > 0) show([]);
  }

  function take() {
    const offer = offers[active];
    if (offer === undefined || completion === undefined) return;
    const { start, end } = completion;
    close();
    // A blank that is there already is enough.
    const isBlankThere = /^\s/u.test(box.value.slice(end));
    const text = isBlankThere ? offer.insert.trimEnd() : offer.insert;
    dismissed = { kind: "person", start, end, query: text.slice(1).trimEnd(), isClosed: false };
    if (offer.emoji !== undefined) rememberEmoji(storage, offer.emoji);
    replaceText(box, start, end, text);
  }

  /** @param {Event} event @returns {number} -1: none */
  function indexAt({ target }) {
    const item = target instanceof Element ? target.closest("li") : null;
    return item === null ? -1 : [...list.children].indexOf(item);
  }

  // The box keeps the focus, and a phone its keyboard.
  for (const type of ["pointerdown", "mousedown"]) list.addEventListener(type, (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const index = indexAt(event);
    if (index < 0) return;
    point(index);
    onTake();
  });

  return {
    /** @returns {boolean} */
    get isOpen() {
      return !list.hidden;
    },

    /** To be called when the text or the cursor has moved. */
    update,

    /** @param {Action} action what has no meaning here does nothing */
    act(action) {
      if (action === "next") point(active + 1);
      else if (action === "previous") point(active - 1);
      else if (action === "take") take();
      else if (action === "close") {
        dismissed = completion ?? dismissed;
        close();
      }
    },
  };
}
