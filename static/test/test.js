/**
 * The test page: two panes, the tour through them, and what they have in common.
 * @module
 */

import { randomKey } from "../client.js";
import { find } from "../ui/dom.js";
import { createStorage } from "../ui/storage.js";
import { createTheme } from "../ui/theme.js";
import { createPane } from "./pane.js";
import { operationRequests, socketRequests } from "./requests.js";
import { createTour } from "./tour.js";
import { showTour } from "./tour_view.js";
import { chooseLanguage, currentLanguage, t, translate } from "./words.js";

/** @import { ApiDocument } from "../docs/model.js" */
/** @import { LogPage } from "./promise_check.js" */

const language = find("language", HTMLSelectElement);
const theme = createTheme({ t }, createStorage("localStorage"));

const clock = {
  now: () => Date.now(),
  /** @type {(run: () => void, ms: number) => unknown} */
  setTimeout: (run, ms) => setTimeout(run, ms),
  // Safe: it gets back what the line above returned.
  clearTimeout: (/** @type {unknown} */ timer) => clearTimeout(/** @type {number | undefined} */ (timer)),
};

/**
 * @param {string} path
 * @param {string} token
 * @param {RequestInit} [options]
 */
async function ask(path, token, options = {}) {
  const response = await fetch(path, {
    ...options,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    // The token is who one is here: the cookie of the chat stays at home.
    credentials: "omit",
  });
  if (!response.ok) throw new Error(`Cannot ask for ${path}: ${response.status}`);
  return response.json();
}

/**
 * @param {{room: string, after: string, token: string}} of
 * @returns {Promise<LogPage>}
 */
function readLog({ room, after, token }) {
  const query = new URLSearchParams({ after, limit: "200" });
  return ask(`/v1/rooms/${encodeURIComponent(room)}/messages?${query}`, token);
}

const common = {
  clock,
  base: location.origin.replace(/^http/, "ws"),
  readLog,
  newKey: randomKey,
  requests: socketRequests(randomKey),
};
const left = createPane({ ...common, letter: "a", title: "paneA", name: "nameA", mode: "v1" });
const right = createPane({ ...common, letter: "b", title: "paneB", name: "nameB", mode: "client" });
find("panes", HTMLElement).append(left.element, right.element);

const tour = showTour(
  find("tour-steps", HTMLElement),
  createTour({
    left: left.stage,
    right: right.stage,
    newKey: randomKey,
    async post({ room, key, text, token }) {
      const path = `/v1/rooms/${encodeURIComponent(room)}/messages/${encodeURIComponent(key)}`;
      await ask(path, token, { method: "PUT", body: JSON.stringify({ text }) });
    },
    t,
  }),
);

function speak() {
  translate(document);
  language.value = currentLanguage();
  for (const part of [left, right, tour, theme]) part.translate();
}

language.addEventListener("change", () => {
  chooseLanguage(language.value);
  speak();
});

speak();
try {
  const response = await fetch("/openapi.json");
  if (!response.ok) throw new Error(`Cannot load /openapi.json: ${response.status}`);
  /** @type {ApiDocument} */
  const api = await response.json();
  const requests = operationRequests(api);
  for (const pane of [left, right]) pane.addRequests(requests);
} catch (error) {
  find("no-api", HTMLElement).hidden = false;
  console.error(error);
}
document.body.dataset.ready = "";
