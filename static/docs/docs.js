/**
 * The documentation: reads /openapi.json and shows it, to be searched and tried.
 * @module
 */

import { showOperation } from "./operation_view.js";
import { groupOperations, matches } from "./model.js";
import { withCode } from "../ui/code_text.js";
import { chooseLanguage, currentLanguage, t, translate } from "./words.js";
import { find, make } from "../ui/dom.js";

/** @import { ApiDocument, Operation } from "./model.js" */

const token = find("token", HTMLInputElement);
const search = find("search", HTMLInputElement);
const language = find("language", HTMLSelectElement);
const list = find("list", HTMLElement);
const groups = find("groups", HTMLElement);
const found = find("found", HTMLElement);

/** @type {{operation: Operation, view: HTMLDetailsElement, link: HTMLElement}[]} */
const shown = [];

/** @param {ApiDocument} api */
function show(api) {
  find("title", HTMLElement).textContent = `${api.info.title} API`;
  find("version", HTMLElement).textContent = `v${api.info.version}`;
  for (const paragraph of (api.info.description ?? "").split(/\n{2,}/)) {
    find("about", HTMLElement).append(withCode(make("p"), paragraph));
  }
  for (const { name, description, operations } of groupOperations(api)) {
    const section = make("section", "group");
    const heading = make("h2", "", name);
    heading.id = `tag-${name}`;
    section.setAttribute("aria-labelledby", heading.id);
    section.append(heading, withCode(make("p", "hint"), description));
    const links = make("ul");
    for (const operation of operations) {
      const view = showOperation(operation, api, () => token.value.trim());
      const item = make("li");
      const link = make("a");
      link.href = `#${operation.operationId}`;
      link.append(make("span", `method ${operation.method}`, operation.method.toUpperCase()));
      link.append(withCode(make("span"), operation.summary));
      item.append(link);
      links.append(item);
      section.append(view);
      shown.push({ operation, view, link: item });
    }
    const part = make("section");
    part.append(make("h3", "", name), links);
    list.append(part);
    groups.append(section);
  }
}

function filter() {
  let count = 0;
  for (const { operation, view, link } of shown) {
    view.hidden = link.hidden = !matches(operation, search.value);
    if (!view.hidden) count++;
  }
  // A group of which nothing is left goes, too.
  for (const section of [...groups.children, ...list.children]) {
    if (section instanceof HTMLElement) {
      section.hidden = [...section.querySelectorAll(".operation, li:has(> a)")].every((entry) =>
        entry.matches("[hidden]")
      );
    }
  }
  found.textContent = t("found", { count, all: shown.length });
}

/** Opens the operation that the address names. */
function openHash() {
  const view = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!(view instanceof HTMLDetailsElement)) return;
  view.hidden = false;
  view.open = true;
  view.scrollIntoView();
  return view.querySelector("summary");
}

function goToHash() {
  openHash()?.focus({ preventScroll: true });
}

function speak() {
  translate(document);
  language.value = currentLanguage();
  filter();
}

search.addEventListener("input", filter);
search.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  search.value = "";
  filter();
});
addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof Element && event.target.matches("input, textarea, select");
  if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  search.focus();
});
addEventListener("hashchange", goToHash);
// A link to what is open already changes no hash.
list.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("a")?.hash === location.hash) goToHash();
});
language.addEventListener("change", () => {
  chooseLanguage(language.value);
  speak();
});

speak();
try {
  const response = await fetch("/openapi.json");
  if (!response.ok) throw new Error(`Cannot load /openapi.json: ${response.status}`);
  show(await response.json());
  speak();
  openHash();
} catch (error) {
  find("failed", HTMLElement).hidden = false;
  console.error(error);
}
document.body.dataset.ready = "";
