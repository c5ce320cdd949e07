/**
 * How one is called: changed as the same person, at once and for everybody.
 * @module
 */

import { make } from "../../../ui/dom.js";
import { checkName } from "../../names.js";
import { makeField } from "../field.js";
import { problemText } from "../problem.js";

/** @import { Page } from "../../app.js" */

/**
 * Makes the form.
 * @param {Page} page
 */
export function makeNameForm(page) {
  const { i18n } = page;
  const form = make("form", "name-form");
  const field = makeField(make("input"), { id: "settings-name", label: i18n.t("name") });
  const save = make("button", "quiet", i18n.t("save"));
  const done = make("p", "hint");
  form.noValidate = true;
  field.control.value = page.me.name;
  field.control.setAttribute("autocomplete", "nickname");
  field.control.spellcheck = false;
  done.role = "status";
  form.append(field.element, save, done);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    done.textContent = "";
    const checked = checkName(field.control.value);
    field.complain(checked.ok ? "" : i18n.t(checked.word));
    if (!checked.ok || save.disabled) return;
    save.disabled = true;
    try {
      if (checked.value !== page.me.name) await page.rename(checked.value);
      i18n.fill(done, "nameSaved", { name: page.me.name });
      field.control.value = page.me.name;
    } catch (error) {
      field.complain(problemText(i18n, error));
    } finally {
      save.disabled = false;
    }
  });
  return form;
}
