/**
 * Settings: how one is called, and how the page looks and speaks.
 * @module
 */

import { make } from "../../ui/dom.js";
import { LANGUAGES } from "../../ui/i18n.js";
import { checkName } from "../names.js";

/** @import { Word } from "../../ui/i18n.js" */
/** @import { ThemeChoice } from "../../ui/theme.js" */
/** @import { Page } from "../app.js" */
/** @import { Panel } from "../side/side.js" */

/** @type {readonly {choice: ThemeChoice, word: Word}[]} */
const THEMES = [
  { choice: "system", word: "themeSystem" },
  { choice: "light", word: "themeLight" },
  { choice: "dark", word: "themeDark" },
];

/**
 * Makes the dialog.
 * @param {Page} page
 * @returns {Panel}
 */
export function createPanel(page) {
  const element = make("div", "settings");
  element.append(makeName(page), makeLanguage(page), makeTheme(page));
  return { title: page.i18n.t("settings"), element };
}

/** @param {Page} page */
function makeName(page) {
  const { i18n } = page;
  const form = make("form", "field");
  const label = make("label", undefined, i18n.t("name"));
  const input = make("input");
  const problem = make("p", "problem");
  const save = make("button", "quiet", i18n.t("save"));
  form.noValidate = true;
  label.htmlFor = input.id = "settings-name";
  input.value = page.me.name;
  input.dir = "auto";
  input.setAttribute("autocomplete", "nickname");
  problem.id = "settings-name-problem";
  problem.setAttribute("role", "alert");
  input.setAttribute("aria-describedby", problem.id);
  form.append(label, input, save, problem);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const checked = checkName(input.value);
    problem.textContent = checked.ok ? "" : i18n.t(checked.word);
    input.ariaInvalid = String(!checked.ok);
    if (!checked.ok) return input.focus();
    if (checked.value !== page.me.name) page.rename(checked.value);
    page.closeDialog();
  });
  return form;
}

/** @param {Page} page */
function makeLanguage(page) {
  const field = make("p", "field");
  const label = make("label", undefined, page.i18n.t("language"));
  const select = make("select");
  label.htmlFor = select.id = "settings-language";
  for (const [tag, name] of Object.entries(LANGUAGES)) {
    const option = make("option", undefined, name);
    option.value = option.lang = tag;
    select.append(option);
  }
  select.value = page.i18n.language;
  select.addEventListener("change", () => {
    page.speak(select.value);
    // It speaks the former one.
    page.openDialog("settings");
  });
  field.append(label, select);
  return field;
}

/** @param {Page} page */
function makeTheme({ i18n, theme }) {
  const field = make("fieldset", "field choices");
  field.append(make("legend", undefined, i18n.t("theme")));
  for (const { choice, word } of THEMES) {
    const label = make("label");
    const radio = make("input");
    radio.type = "radio";
    radio.name = "theme";
    radio.value = choice;
    radio.checked = theme.choice === choice;
    radio.addEventListener("change", () => theme.choose(choice));
    label.append(radio, make("span", undefined, i18n.t(word)));
    field.append(label);
  }
  return field;
}
