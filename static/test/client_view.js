/**
 * What the client module hands on over an ill wire, and whether that is what it has promised.
 * @module
 */

import { make } from "../ui/dom.js";
import { makeButtonWord } from "./fields.js";
import { startStorm } from "./storm.js";
import { makeWord, t } from "./words.js";

/** @import { Clock } from "../client/connection.js" */
/** @import { RoomEvent } from "../client/events.js" */
/** @import { Line } from "./line.js" */

const MAX_SHOWN = 300;

/**
 * Makes the view.
 * @param {Line} line
 * @param {Clock} clock
 */
export function createClientView(line, clock) {
  const input = make("input");
  input.autocomplete = "off";
  input.dir = "auto";
  const say = makeWord("button", "say", "primary");
  say.type = "submit";
  const storm = makeButtonWord("storm", "quiet", makeStorm);
  const form = make("form", "say");
  form.append(input, say, storm);
  const verdict = make("p", "verdict");
  verdict.role = "status";
  const fates = make("p", "hint");
  const compared = make("p", "hint");
  const list = make("ol", "handed-on");
  list.tabIndex = 0;
  list.dataset.wordLabel = "clientTitle";
  list.ariaLabel = t("clientTitle");
  const element = make("section", "client");
  element.append(makeWord("h3", "clientTitle"), form, verdict, fates, compared, list);

  /** @param {string} text */
  function sayIt(text) {
    if (line.client === undefined) compared.textContent = t("notOpen");
    else line.client.say(text);
  }

  function makeStorm() {
    const { client } = line;
    if (client === undefined) return sayIt("");
    storm.disabled = true;
    startStorm({
      clock,
      say(index) {
        if (line.client === client) client.say(t("stormText", { index }));
        return line.client === client;
      },
      drop() {
        const isOpen = line.state.status === "open";
        if (isOpen) line.drop();
        return isOpen;
      },
      onDone() {
        storm.disabled = false;
      },
    });
  }

  function showVerdict() {
    const { client } = line;
    if (client === undefined) return;
    const { gaps, doubles, isOrdered, handedOn, compared: count, toCome } = client.verdict;
    verdict.replaceChildren(
      makeMark(gaps === 0, t("checkGaps", { count: gaps })),
      makeMark(doubles === 0, t("checkDoubles", { count: doubles })),
      makeMark(isOrdered, t(isOrdered ? "checkKept" : "checkBroken")),
    );
    fates.textContent = t("fates", { ...client.fates });
    const seen = t("checkCompared", { handedOn, compared: count });
    compared.textContent = toCome === 0 ? seen : `${seen} · ${t("checkToCome", { count: toCome })}`;
  }

  /** @param {RoomEvent} event */
  function makeItem(event) {
    const item = make("li");
    const what = event.type === "message" ? event.text : event.type === "member" ? event.change : "";
    item.append(make("code", "type", event.type), makeText("bdi", event.user.name), makeText("span", what));
    item.title = event.cursor;
    return item;
  }

  input.dataset.wordLabel = "sayPlaceholder";
  input.ariaLabel = t("sayPlaceholder");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.value.trim() === "") return;
    sayIt(input.value);
    input.value = "";
  });
  line.on("handedOn", ({ events, replace }) => {
    const follows = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    if (replace) list.replaceChildren(makeWord("li", "replaced", "hint"));
    list.append(...events.map(makeItem));
    while (list.children.length > MAX_SHOWN) list.firstElementChild?.remove();
    if (follows) list.scrollTop = list.scrollHeight;
  });
  line.on("verdict", showVerdict);
  line.on("state", showVerdict);

  return { element, translate: showVerdict };
}

/**
 * @template {"bdi" | "span"} Tag
 * @param {Tag} tag
 * @param {string} text somebody's
 */
function makeText(tag, text) {
  const element = make(tag, undefined, text);
  element.dir = "auto";
  return element;
}

/**
 * @param {boolean} isGood
 * @param {string} text
 */
function makeMark(isGood, text) {
  return make("span", `mark ${isGood ? "good" : "bad"}`, `${isGood ? "✓" : "✗"} ${text}`);
}
