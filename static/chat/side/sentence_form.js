/**
 * How long, and why: what is asked before somebody is muted, put out or banned.
 * @module
 */

import { make, makeButton } from "../../ui/dom.js";
import { attempt, makeProblem } from "./attempt.js";

/** @import { Word } from "../../ui/i18n.js" */
/** @import { Page } from "../app.js" */

/** @typedef {"mute" | "kick" | "ban"} Sentence */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** @type {readonly {word: Word, ms: number | undefined}[]} */
const TIMES = [
  { word: "for10Minutes", ms: 10 * MINUTE_MS },
  { word: "forHour", ms: HOUR_MS },
  { word: "forDay", ms: DAY_MS },
  { word: "forWeek", ms: 7 * DAY_MS },
  { word: "forMonth", ms: 30 * DAY_MS },
  { word: "untilLifted", ms: undefined },
];
/** @type {Record<Sentence, {question: Word, done: Word, label: Word, usual: number}>} */
const WORDS = {
  mute: { question: "muteQuestion", done: "muteDone", label: "muteDo", usual: 1 },
  kick: { question: "kickQuestion", done: "kickDone", label: "kickDo", usual: 0 },
  ban: { question: "banQuestion", done: "banDone", label: "banDo", usual: 5 },
};
const MAX_REASON = 500;

/**
 * Makes the form.
 * @param {Page} page
 * @param {Sentence} kind
 * @param {{id: string, name: string}} person
 * @param {() => void} onEnd done, or thought better of
 */
export function makeSentenceForm(page, kind, { id, name }, onEnd) {
  const { i18n, client, room } = page;
  const { question, done, label, usual } = WORDS[kind];
  const form = make("form", "side-form");
  const asked = make("p");
  i18n.fill(asked, question, { name });
  const reason = make("input");
  reason.maxLength = MAX_REASON;
  reason.dir = "auto";
  const times = make("select");
  TIMES.forEach(({ word }, place) =>
    times.add(new Option(i18n.t(word), String(place), place === usual, place === usual))
  );
  const problem = makeProblem();
  const submit = make("button", "danger", i18n.t(label));
  const buttons = make("p", "buttons");
  buttons.append(submit, makeButton(i18n.t("cancel"), "quiet", onEnd));
  form.append(asked);
  if (kind !== "kick") form.append(labelled(i18n.t("howLong"), times));
  form.append(labelled(i18n.t("reason"), reason), make("p", "hint", i18n.t("reasonHint")), problem, buttons);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { ms } = TIMES[Number(times.value)] ?? {};
    const why = reason.value.trim() === "" ? {} : { reason: reason.value.trim() };
    const sentence = { ...why, ...(ms !== undefined && { until: Date.now() + ms }) };
    const isDone = await attempt({ i18n, control: submit, problem }, () => {
      if (kind === "kick") return client.kick(room, id, why.reason);
      return kind === "ban" ? client.ban(room, id, sentence) : client.mute(room, id, sentence);
    });
    if (!isDone) return;
    page.toasts.show(i18n.t(done, { name }));
    onEnd();
  });
  return { element: form, focus: kind === "kick" ? reason : times };
}

/**
 * @param {string} text
 * @param {HTMLElement} control
 */
function labelled(text, control) {
  const label = make("label", "labelled");
  label.append(make("span", undefined, text), control);
  return label;
}
