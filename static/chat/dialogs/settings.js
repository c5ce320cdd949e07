/**
 * Settings: who one is, how the page looks and speaks here, and what is kept of one.
 * @module
 */

import { make, makeButton } from "../../ui/dom.js";
import { makeAccount } from "./settings/account.js";
import { makeDevice } from "./settings/device.js";
import { makeNameForm } from "./settings/name_form.js";
import { makeNotify } from "./settings/notify.js";
import { makePasskeys } from "./settings/passkeys.js";
import { makeSessions } from "./settings/sessions.js";

/** @import { Page } from "../app.js" */
/** @import { Panel } from "../side/side.js" */

/** What a person is whose name and sessions are Maru's own, and not a host site's. */
const OWN = ["guest", "claimed"];

/**
 * Makes the dialog.
 * @param {Page} page
 * @param {string} [place] the id of what takes the focus
 * @returns {Panel}
 */
export function createPanel(page, place) {
  const { i18n } = page;
  const element = make("div", "settings");
  const you = makeSection(i18n.t("settingsYou"));
  const here = makeSection(i18n.t("settingsDevice"));
  const data = makeSection(i18n.t("settingsAccount"));
  const device = makeDevice(page);
  const notify = makeNotify(page);
  const name = makeNameForm(page);
  const passkeys = makePasskeys(page);
  const sessions = makeSessions(page);
  const account = makeAccount(page, passkeys);

  you.append(name, passkeys.element);
  here.append(...device.elements, notify.element);
  data.append(sessions.element, account);
  element.append(you, here, data, makeLinks(page));

  async function look() {
    try {
      const { kind } = await page.client.ask("get_me");
      const isOwn = OWN.includes(String(kind));
      // A host site says how its users are called, and signs them in and out; a bot's operator does.
      for (const part of [name, passkeys.element, sessions.element]) part.hidden = !isOwn;
      if (isOwn) await Promise.all([passkeys.load(), sessions.load()]);
    } catch {
      // No connection: what cannot be done now says so when it is tried.
    }
  }

  look();
  // What is open speaks the former language, whichever tab has chosen another.
  const stop = page.on("language", () => page.openDialog("settings", document.activeElement?.id));
  const tabs = new AbortController();
  addEventListener("storage", () => {
    device.show();
    notify.show();
  }, { signal: tabs.signal });
  const focus = !place ? null : element.querySelector(`#${CSS.escape(place)}`);
  return {
    title: i18n.t("settings"),
    element,
    focus: focus instanceof HTMLElement ? focus : undefined,
    closed() {
      stop();
      tabs.abort();
    },
  };
}

/** @param {string} title */
function makeSection(title) {
  const section = make("section", "settings-section");
  section.append(make("h3", undefined, title));
  return section;
}

/** @param {Page} page */
function makeLinks({ i18n, openDialog }) {
  const links = make("p", "settings-links");
  links.append(makeButton(i18n.t("shortcuts"), "link", () => openDialog("shortcuts")));
  for (const [href, word] of /** @type {const} */ ([["/docs", "linkDocs"], ["/test", "linkTest"]])) {
    const link = make("a", "link", i18n.t(word));
    link.href = href;
    link.target = "_blank";
    links.append(link);
  }
  return links;
}
