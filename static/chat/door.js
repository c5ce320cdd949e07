/**
 * The page's beginning: what is needed to ask for a name, and nothing else. The chat follows when there is one.
 * @module
 */

import { createEmitter } from "../client/emitter.js";
import { find, make } from "../ui/dom.js";
import { createI18n } from "../ui/i18n.js";
import { createStorage } from "../ui/storage.js";
import { createTheme } from "../ui/theme.js";
import { createEntryForm } from "./entry_form.js";
import { parseRoute } from "./route.js";
import { followTabs } from "./tabs.js";

/** What stays over a reload, the same in all tabs. */
export const storage = createStorage("localStorage");
/** The page's words. */
export const i18n = await createI18n(storage.get("language"), navigator.languages);
/** Light or dark. */
export const theme = createTheme(i18n, storage);
/** `language`: the page speaks another one. @type {import("../client/emitter.js").Emitter<{language: undefined}>} */
export const events = createEmitter();
/** The form that asks for a name. */
export const entry = createEntryForm({
  i18n,
  onType: preload,
  onEnter: (name) => withChat(name, (chat) => chat.enter(name)),
  onSignIn: (token, name) => withChat(name, (chat) => chat.signIn(token, name)),
});

const language = find("language", HTMLSelectElement);
/** Stands where a room will. */
const waiting = find("no-room", HTMLElement);

/**
 * Speaks another language, from now on.
 * @param {string} tag
 */
export async function speak(tag) {
  await follow(tag);
  storage.set("language", i18n.language);
}

/**
 * Asks for a name.
 * @param {string} name that one has, or had
 * @param {import("../ui/i18n.js").Word} [note] why one is here
 */
export function open(name, note) {
  document.body.dataset.view = "entry";
  entry.open({ name, note });
  lead();
}

/** Says where one goes from here. What is written at the door, and why one is there, stays. */
export function lead() {
  const route = parseRoute(location.hash);
  entry.lead(route.kind === "room" ? route.room : undefined);
}

/**
 * Goes on with the chat when it is there. What keeps it away is said at the door, where one can try again.
 * @param {string} name whose chat it is
 * @param {(chat: typeof import("./app.js")) => void} goOn
 */
async function withChat(name, goOn) {
  preload();
  const chat = await import("./app.js").catch((error) => {
    reveal();
    open(name, "notLoaded");
    throw error;
  });
  reveal();
  goOn(chat);
}

/** Before anything takes the focus: what is hidden or inert cannot have it. */
function reveal() {
  document.body.hidden = document.body.inert = false;
  waiting.textContent = "";
}

/** @param {string} tag */
async function follow(tag) {
  await i18n.choose(tag);
  translate();
}

function translate() {
  i18n.apply(document);
  language.value = i18n.language;
  theme.translate();
  entry.translate();
  events.emit("language", undefined);
}

/** Whoever writes their name will want the chat; for who has one boot.js has asked already. Styles come first, so no message waits for them. */
function preload() {
  const files = document.getElementById("chat-files");
  if (files instanceof HTMLTemplateElement) document.head.append(files.content);
}

for (const { tag, name } of i18n.languages) {
  const option = make("option", undefined, name);
  option.value = option.lang = tag;
  language.append(option);
}
language.addEventListener("change", () => speak(language.value));

followTabs(storage, {
  theme: theme.read,
  language: () => follow(storage.get("language") ?? i18n.language),
  token: () => withChat(storage.get("name") ?? "", (chat) => chat.followTabs()),
});

translate();
const name = storage.get("name");
if (name === undefined) {
  reveal();
  open("");
} else {
  // The frame of the chat, in one's own words: nothing in it answers yet.
  document.body.dataset.view = "chat";
  document.body.dataset.pane = parseRoute(location.hash).kind === "rooms" ? "rooms" : "chat";
  waiting.textContent = i18n.t("connecting");
  document.body.inert = true;
  document.body.hidden = false;
  // Not awaited here: the chat imports this module, and waits until it has run.
  withChat(name, (chat) => chat.begin());
}
