/**
 * The list of what went over a socket.
 * @module
 */

import { make } from "../ui/dom.js";
import { makeButtonWord, makeField, makeToggle } from "./fields.js";
import { isMatch, pretty } from "./frame_log.js";
import { makeWord, t } from "./words.js";

/** @import { Entry } from "./frame_log.js" */
/** @import { Line } from "./line.js" */

/** Nearer than this to the end, in pixels, somebody reads along. */
const NEAR_PX = 40;

/**
 * Makes the list with its filter.
 * @param {Line} line
 */
export function createFramesView(line) {
  const { log } = line;
  const element = make("section", "frames");
  const heading = makeWord("h3", "frames");
  const count = make("span", "hint");
  const filter = make("input");
  filter.type = "search";
  filter.autocomplete = "off";
  filter.spellcheck = false;
  const direction = make("select");
  for (const [value, word] of /** @type {const} */ ([["", "both"], ["in", "onlyIn"], ["out", "onlyOut"]])) {
    const option = makeWord("option", word);
    option.value = value;
    direction.append(option);
  }
  direction.dataset.wordLabel = "frames";
  direction.ariaLabel = t("frames");
  const all = makeToggle("prettyAll", (isOn) => {
    for (const details of list.querySelectorAll("details")) details.open = isOn;
  });
  const clear = makeButtonWord("clear", "quiet", () => {
    log.clear();
    repaint();
  });
  const tools = make("div", "frames-tools");
  tools.append(makeField("filter", filter, "filter"), direction, all, clear);
  const list = make("ol", "frame-list");
  list.dataset.wordLabel = "frames";
  list.ariaLabel = t("frames");
  const empty = makeWord("p", "noFrames", "hint");
  const title = make("p", "frames-title");
  title.append(heading, count);
  element.append(title, tools, empty, list);

  /** What has come since the last painting. @type {Entry[]} */
  let fresh = [];
  let isDue = false;

  const wanted = (/** @type {Entry} */ entry) => isMatch(entry, { text: filter.value, direction: direction.value });

  function paint() {
    isDue = false;
    const follows = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_PX;
    list.append(...fresh.filter(wanted).map((entry) => makeItem(entry, all.ariaPressed === "true")));
    fresh = [];
    while (list.children.length > log.max) list.firstElementChild?.remove();
    if (follows) list.scrollTop = list.scrollHeight;
    keepReachable();
    const { length } = log.entries;
    empty.hidden = length > 0;
    list.hidden = length === 0;
    count.textContent = t("framesShown", { shown: list.children.length, all: length, max: log.max });
  }

  /** One of them is in the order of the Tab key; the arrows lead to the others. */
  function keepReachable() {
    if (list.querySelector("summary[tabindex='0']") === null) lines().at(-1)?.setAttribute("tabindex", "0");
  }

  const lines = () => [...list.querySelectorAll("summary")];

  function repaint() {
    list.replaceChildren();
    fresh = [...log.entries];
    paint();
  }

  list.addEventListener("keydown", (event) => {
    const all = lines();
    const at = all.findIndex((line) => line === document.activeElement);
    const next = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 }[event.key];
    const line = next === undefined || at === -1 ? undefined : all[next];
    if (line === undefined) return;
    event.preventDefault();
    all[at]?.setAttribute("tabindex", "-1");
    line.setAttribute("tabindex", "0");
    line.focus();
  });
  filter.addEventListener("input", repaint);
  direction.addEventListener("change", repaint);
  line.on("entry", (entry) => {
    fresh.push(entry);
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(paint);
  });
  paint();

  return { element, translate: repaint };
}

/**
 * @param {Entry} entry
 * @param {boolean} isOpen
 */
function makeItem({ at, sinceMs, direction, text, bytes }, isOpen) {
  const item = make("li", `frame ${direction}`);
  const since = make("span", "since", `+${sinceMs}`);
  since.title = "ms";
  const time = make("time", undefined, clockTime(at));
  time.dateTime = new Date(at).toISOString();
  const arrow = make("span", "arrow", direction === "out" ? "→" : direction === "in" ? "←" : "·");
  arrow.append(
    make("span", "visually-hidden", t(direction === "out" ? "sent" : direction === "in" ? "received" : "note")),
  );
  const code = make("code", undefined, text);
  code.dir = "auto";
  const size = make("span", "size", direction === "note" ? "" : t("bytes", { count: bytes.toLocaleString("en") }));
  const details = make("details");
  const summary = make("summary");
  summary.tabIndex = -1;
  summary.append(since, time, arrow, size, code);
  details.append(summary);
  details.addEventListener("toggle", () => {
    const whole = make("pre", undefined, pretty(text));
    whole.dir = "auto";
    details.append(whole);
  }, { once: true });
  details.open = isOpen;
  item.append(details);
  return item;
}

/** @param {number} at */
function clockTime(at) {
  const date = new Date(at);
  const [h, m, s] = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) =>
    String(part).padStart(2, "0")
  );
  return `${h}:${m}:${s}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
