/**
 * A request to be chosen, edited and sent; or what is none.
 * @module
 */

import { withCode } from "../ui/code_text.js";
import { make } from "../ui/dom.js";
import { makeButtonWord, makeField } from "./fields.js";
import { MALFORMED } from "./malformed.js";
import { requestText, withId } from "./requests.js";
import { t } from "./words.js";

/** @import { Reply } from "../client/frames.js" */
/** @import { Data } from "./faulty_wire.js" */
/** @import { Line, Settings } from "./line.js" */
/** @import { RequestExample } from "./requests.js" */

/**
 * What stands in the list. `data`: what is sent in place of the text, which is not to be edited then.
 * @typedef {{value: string, label: () => string, group: string, about: () => string, rules: string, docs: string | undefined,
 *   text: () => string, data: (() => Data) | undefined}} Choice
 */

/**
 * Makes the form.
 * @param {Line} line
 * @param {() => Settings} settings as they stand in the pane's form
 * @param {readonly RequestExample[]} requests more may come
 */
export function createRequestForm(line, settings, requests) {
  let examples = [...requests];
  const select = make("select");
  const about = make("p", "hint about-request");
  const text = make("textarea");
  text.rows = 3;
  text.spellcheck = false;
  text.dir = "auto";
  const send = makeButtonWord("send", "primary", sendNow);
  send.setAttribute("aria-keyshortcuts", "Control+Enter");
  const again = makeButtonWord("fillIn", "quiet", fill);
  const problem = make("p", "problem");
  problem.role = "status";
  const buttons = make("p", "buttons");
  buttons.append(send, again, problem);
  const element = make("form", "request");
  element.append(makeField("request", select), about, makeField("frame", text), buttons);
  /** Whether somebody has written into it, or has sent it: then it stays as it is. */
  let isTouched = false;

  /** @returns {Choice[]} */
  const choices = () => isRaw() ? [...examples.map(ofRequest), ...MALFORMED.map(ofMalformed)] : plainChoices();
  const isRaw = () => settings().mode === "v1" || settings().mode === "client";
  const chosen = () => choices().find(({ value }) => value === select.value);
  const known = () => {
    const { name, token, room } = settings();
    const { person, head, cursor } = line.learned;
    return { name, token, room, person, head, cursor };
  };
  const nextId = () => line.state.status === "open" ? line.raw?.nextId ?? 1 : settings().hello ? 2 : 1;

  /**
   * @param {RequestExample} example
   * @returns {Choice}
   */
  function ofRequest(example) {
    return {
      value: example.type,
      label: () => example.type,
      group: example.group === "socket" ? t("groupSocket") : example.group,
      about: () => "about" in example ? t(example.about) : example.summary,
      rules: example.rules,
      docs: "summary" in example ? example.type : undefined,
      text: () => requestText(nextId(), example.type, example.fill(known())),
      data: undefined,
    };
  }

  function showChoices() {
    const groups = Map.groupBy(choices(), ({ group }) => group);
    const before = select.value;
    select.replaceChildren(...[...groups].map(([name, all]) => {
      const group = make("optgroup");
      group.label = name;
      for (const { value, label } of all) {
        const option = make("option", undefined, label());
        option.value = value;
        group.append(option);
      }
      return group;
    }));
    const first = isRaw() ? "join" : PLAIN;
    select.value = choices().some(({ value }) => value === before) ? before : first;
    if (select.value !== before) fill();
    else showAbout();
  }

  function showAbout() {
    const choice = chosen();
    about.replaceChildren();
    if (choice === undefined) return;
    withCode(about, choice.about());
    about.append(" ", make("span", "rules", t("rules", { rules: choice.rules })));
    if (choice.docs === undefined) return;
    const link = make("a", undefined, t("inDocs"));
    link.href = `/docs#${choice.docs}`;
    link.target = "_blank";
    about.append(" ", link);
  }

  function fill() {
    isTouched = false;
    problem.textContent = "";
    text.value = chosen()?.text() ?? "";
    text.readOnly = chosen()?.data !== undefined;
    showAbout();
  }

  function sendNow() {
    const isSent = line.raw?.send(chosen()?.data?.() ?? text.value) ?? false;
    problem.textContent = isSent ? "" : t("notOpen");
    if (!isSent) return;
    isTouched = true;
    if (chosen()?.data === undefined) text.value = withId(text.value, nextId());
  }

  select.addEventListener("change", fill);
  text.addEventListener("input", () => isTouched = true);
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    sendNow();
  });
  line.on("state", ({ status }) => {
    if (status !== "open") return;
    problem.textContent = "";
    if (isTouched) text.value = withId(text.value, nextId());
    else fill();
  });
  line.on("learned", () => {
    if (!isTouched) fill();
  });
  showChoices();

  return {
    element,
    showMode: showChoices,
    translate: showChoices,

    /** @param {readonly RequestExample[]} more */
    add(more) {
      examples = [...examples, ...more];
      showChoices();
    },

    /** @param {string} frame fills it in and sends it */
    sendText(frame) {
      if (!isRaw()) select.value = PLAIN;
      fill();
      text.value = frame;
      sendNow();
    },

    /**
     * Fills a request in, sends it and waits for its answer.
     * @param {string} type
     * @param {Record<string, unknown>} fields
     * @returns {Promise<Reply>}
     */
    ask(type, fields) {
      const { raw } = line;
      if (raw === undefined) return Promise.resolve({ kind: "lost" });
      select.value = type;
      fill();
      const id = raw.nextId;
      text.value = requestText(id, type, fields);
      const answer = raw.answerTo(id);
      sendNow();
      return answer;
    },
  };
}

const PLAIN = "plain";
/** What is no frame of the plain mode either. */
const BAD_PLAIN = ["badJson", "badArray", "badKey", "badLarge", "badBinary"];

/** @returns {Choice[]} */
function plainChoices() {
  return [{
    value: PLAIN,
    label: () => t("plainMessage"),
    group: t("groupPlain"),
    about: () => t("aboutPlainMessage"),
    rules: "P1–P5",
    docs: undefined,
    text: () => JSON.stringify({ message: "안녕하세요 👋" }),
    data: undefined,
  }, ...MALFORMED.filter(({ name }) => BAD_PLAIN.includes(name)).map(ofMalformed)];
}

/**
 * @param {typeof MALFORMED[number]} malformed
 * @returns {Choice}
 */
function ofMalformed({ name, about, rules, text, data }) {
  return {
    value: name,
    label: () => t(name),
    group: t("groupBad"),
    about: () => t(about),
    rules,
    docs: undefined,
    text: () => text,
    data,
  };
}
