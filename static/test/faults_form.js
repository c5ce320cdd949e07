/**
 * The faults of a pane's wire.
 * @module
 */

import { make } from "../ui/dom.js";
import { makeButtonWord, makeNumber, makeToggle } from "./fields.js";
import { MAX_PER_SECOND, MAX_SECONDS, startFlood } from "./flood.js";
import { makeWord, t } from "./words.js";

/** @import { Clock } from "../client/connection.js" */
/** @import { Line } from "./line.js" */

const MAX_DELAY_MS = 10_000;

/**
 * Makes the form.
 * @param {Line} line
 * @param {{clock: Clock, newKey: () => string}} parts
 */
export function createFaultsForm(line, { clock, newKey }) {
  const drop = makeButtonWord("drop", "quiet danger", () => line.drop());
  const delayMs = makeNumber("delayMs", { value: 500, min: 0, max: MAX_DELAY_MS });
  const delay = makeToggle("delay", setDelay);
  const duplicate = makeToggle("duplicate", (duplicate) => line.setFaults({ duplicate }));
  const reorder = makeToggle("reorder", (reorder) => line.setFaults({ reorder }));
  const perSecond = makeNumber("perSecond", { value: 50, min: 1, max: MAX_PER_SECOND });
  const seconds = makeNumber("seconds", { value: 5, min: 1, max: MAX_SECONDS });
  const flood = makeButtonWord("flood", "quiet", toggleFlood);
  const status = make("p", "hint flood-status");
  status.role = "status";
  const element = make("fieldset", "faults");
  element.append(
    makeWord("legend", "faults"),
    drop,
    group(delay, delayMs.input, makeWord("span", "ms")),
    duplicate,
    reorder,
    group(flood, perSecond.input, makeWord("span", "perSecondUnit"), seconds.input, makeWord("span", "secondsUnit")),
    status,
  );
  /** Ends the flood that is under way. @type {(() => void) | undefined} */
  let stop;
  let sent = 0;

  function setDelay() {
    line.setFaults({ delayMs: delay.ariaPressed === "true" ? delayMs.value : 0 });
  }

  function toggleFlood() {
    if (stop !== undefined) return stop();
    if (line.state.status !== "open" && line.client === undefined) return void (status.textContent = t("notOpen"));
    sent = 0;
    let isOver = false;
    const ending = startFlood({
      clock,
      perSecond: perSecond.value,
      seconds: seconds.value,
      send(index) {
        sent = index + 1;
        return say(t("floodText", { index: sent }));
      },
      onDone(all) {
        isOver = true;
        stop = undefined;
        sent = all;
        show();
      },
    });
    if (!isOver) stop = ending;
    show();
  }

  /** @param {string} text */
  function say(text) {
    const { client, raw, settings: { mode, room } } = line;
    if (client !== undefined) {
      client.say(text);
      return true;
    }
    if (raw === undefined) return false;
    return mode === "v1"
      ? raw.request({ type: "send", room, key: newKey(), text })
      : raw.send(JSON.stringify({ message: text }));
  }

  function show() {
    flood.dataset.word = stop === undefined ? "flood" : "floodStop";
    flood.textContent = t(stop === undefined ? "flood" : "floodStop");
    for (
      const [button, hint] of /** @type {const} */ ([[drop, "dropHint"], [duplicate, "duplicateHint"], [
        reorder,
        "reorderHint",
      ]])
    ) {
      button.title = t(hint);
    }
    if (sent === 0) return;
    const { ok, refused } = line.raw?.answers ?? { ok: 0, refused: new Map() };
    const counts = line.client === undefined
      ? [t("countOk", { count: ok }), ...[...refused].map(([code, count]) => `${code} ${count}`)]
      : [];
    status.textContent = [t("floodStatus", { sent }), ...counts].join(" · ");
  }

  delayMs.input.addEventListener("input", setDelay);
  line.on("counted", show);
  show();
  return { element, translate: show };
}

/** @param {...HTMLElement} parts that belong together */
function group(...parts) {
  const element = make("span", "fault");
  element.append(...parts);
  return element;
}
