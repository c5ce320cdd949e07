/**
 * Leaving: what is kept of one to take along, signing out, and erasing everything.
 * @module
 */

import { make, makeButton } from "../../../ui/dom.js";
import { saveFile } from "../../../ui/save_file.js";
import { askHttp, fetchFile } from "../../http.js";
import { makeConfirmed } from "../confirm.js";
import { makeField } from "../field.js";
import { problemText } from "../problem.js";

/** @import { Page } from "../../app.js" */

/**
 * Makes the buttons.
 * @param {Page} page
 * @param {{count: number}} passkeys
 */
export function makeAccount(page, passkeys) {
  const { i18n } = page;
  const element = make("div", "account");
  const signOut = makeSignOut(page, passkeys);
  const everywhere = makeConfirmed(i18n, {
    word: i18n.t("signOutEverywhere"),
    question: [i18n.t("signOutEverywhereSure")],
    yes: i18n.t("signOutEverywhere"),
    run: () => end("/v1/sessions"),
  });

  /**
   * Over HTTP: the answer takes the cookie away as well, should there be one.
   * @param {string} path
   */
  async function end(path) {
    await askHttp({ method: "DELETE", path, token: page.client.token });
    page.signedOut("signedOut");
  }

  element.append(makeExport(page), signOut, everywhere, makeErasure(page));
  return element;
}

/**
 * @param {Page} page
 * @param {{count: number}} passkeys
 */
function makeSignOut(page, passkeys) {
  const { i18n } = page;
  const place = make("div");
  // Asked when it is pressed: whether there is a passkey is known only later.
  const button = makeButton(i18n.t("signOut"), "quiet", () => {
    const lonely = passkeys.count === 0 ? [i18n.t("signOutGuest", { name: page.me.name })] : [];
    const confirmed = makeConfirmed(i18n, {
      word: i18n.t("signOut"),
      question: [i18n.t("signOutSure"), ...lonely],
      yes: i18n.t("signOut"),
      async run() {
        await askHttp({ method: "DELETE", path: "/v1/sessions/current", token: page.client.token });
        page.signedOut("signedOut");
      },
    });
    place.replaceChildren(confirmed);
    confirmed.querySelector("button")?.click();
  });
  place.append(button);
  return place;
}

/** @param {Page} page */
function makeExport(page) {
  const { i18n } = page;
  const element = make("div");
  const status = make("p", "hint");
  const button = makeButton(i18n.t("export"), "quiet", async () => {
    button.disabled = true;
    status.textContent = i18n.t("exporting");
    try {
      const file = await fetchFile({ method: "GET", path: "/v1/me/export", token: page.client.token });
      saveFile(file, `maru-${new Date().toISOString().slice(0, 10)}.ndjson`);
      status.textContent = i18n.t("exportDone");
    } catch (error) {
      status.textContent = problemText(i18n, error);
    }
    button.disabled = false;
  });
  status.role = "status";
  element.append(button, status);
  return element;
}

/**
 * Nobody writes their name by accident.
 * @param {Page} page
 */
function makeErasure(page) {
  const { i18n } = page;
  const element = make("details", "erasure");
  const form = make("form");
  const name = makeField(make("input"), {
    id: "settings-erase",
    label: i18n.t("eraseType", { name: page.me.name }),
  });
  const submit = make("button", "danger wide", i18n.t("eraseSure"));
  const isMeant = () => name.control.value.normalize("NFKC").trim() === page.me.name;
  submit.disabled = true;
  name.control.autocomplete = "off";
  name.control.addEventListener("input", () => submit.disabled = !isMeant());
  form.noValidate = true;
  form.append(make("p", undefined, i18n.t("eraseWords")), name.element, submit);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!isMeant() || submit.disabled) return;
    submit.disabled = true;
    try {
      await askHttp({ method: "DELETE", path: "/v1/me", token: page.client.token });
      page.signedOut("erased");
    } catch (error) {
      name.complain(problemText(i18n, error));
      submit.disabled = false;
    }
  });
  element.append(make("summary", undefined, i18n.t("erase")), form);
  return element;
}
