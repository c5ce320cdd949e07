/**
 * How the page is on this device: its language, its looks, and what Enter does.
 * @module
 */

import { makeChoices, makeField, makeSelect, showChoice } from "../field.js";

/** @import { Word } from "../../../ui/i18n.js" */
/** @import { ThemeChoice } from "../../../ui/theme.js" */
/** @import { Page } from "../../app.js" */

/** @type {readonly {choice: ThemeChoice, word: Word}[]} */
const THEMES = [
  { choice: "system", word: "themeSystem" },
  { choice: "light", word: "themeLight" },
  { choice: "dark", word: "themeDark" },
];
/** @type {readonly {choice: "enter" | "ctrl", word: Word}[]} */
const ENTERS = [{ choice: "enter", word: "enterSends" }, { choice: "ctrl", word: "enterCtrl" }];

/**
 * Makes the fields.
 * @param {Page} page
 * @returns {{elements: HTMLElement[], show: () => void}} `show`: another tab may have chosen; a language makes the whole dialog anew
 */
export function makeDevice(page) {
  const { i18n, theme, storage } = page;
  const enterKey = () => storage.get("enter") === "ctrl" ? "ctrl" : "enter";
  const themes = makeChoices({
    name: "theme",
    legend: i18n.t("theme"),
    choices: THEMES.map(({ choice, word }) => ({ choice, label: i18n.t(word) })),
    chosen: theme.choice,
    onChoose: theme.choose,
  });
  const enters = makeChoices({
    name: "enter",
    legend: i18n.t("enterKey"),
    choices: ENTERS.map(({ choice, word }) => ({ choice, label: i18n.t(word) })),
    chosen: enterKey(),
    onChoose: (choice) => storage.set("enter", choice === "enter" ? undefined : choice),
  });
  return {
    elements: [makeLanguage(page), themes, enters],
    show() {
      showChoice(themes, theme.choice);
      showChoice(enters, enterKey());
    },
  };
}

/** @param {Page} page */
function makeLanguage(page) {
  const select = makeSelect(page.i18n.languages.map(({ tag, name }) => [tag, name]));
  for (const option of select.options) option.lang = option.value;
  select.value = page.i18n.language;
  select.addEventListener("change", () => page.speak(select.value));
  return makeField(select, { id: "settings-language", label: page.i18n.t("language") }).element;
}
