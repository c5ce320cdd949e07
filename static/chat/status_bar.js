/**
 * The connection in words: what happens, what is safe, and how much waits to be sent. The state is a live region and changes seldom; the
 * countdown beside it is none, or a screen reader would read out every second.
 * @module
 */

import { find } from "../ui/dom.js";
import { BLIP_MS, canReconnect, isBlip, wordOf } from "./connection_words.js";

/** @import { State } from "../client/connection.js" */
/** @import { I18n } from "../ui/i18n.js" */

/**
 * Takes over the line that tells the state of the connection.
 * @param {object} parts
 * @param {I18n} parts.i18n
 * @param {() => void} parts.onReconnect
 * @param {() => number} parts.countUnsent messages of mine that the server has not got yet
 */
export function createStatusBar({ i18n, onReconnect, countUnsent }) {
  const status = find("status", HTMLElement);
  /** Where no conversation stands beside the rooms. */
  const roomsStatus = find("rooms-status", HTMLElement);
  const countdown = find("countdown", HTMLElement);
  const reconnect = find("reconnect", HTMLButtonElement);
  /** @type {State} */
  let state = { status: "connecting" };
  /** What is told; it lags behind where the connection may be back in a moment. @type {State} */
  let told = state;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let ticker;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let lag;

  function tell() {
    clearTimeout(lag);
    lag = undefined;
    told = state;
    clearInterval(ticker);
    if ("retryAt" in told) ticker = setInterval(tick, 500);
    show();
  }

  function show() {
    const unsent = told.status === "online" ? 0 : countUnsent();
    const sentences = [i18n.t(wordOf(told)), ...(unsent > 0 ? [i18n.count("unsent", unsent)] : [])];
    const words = sentences.join(" ");
    document.body.dataset.connection = told.status;
    if (status.textContent !== words) status.textContent = words;
    roomsStatus.textContent = told.status === "online" ? "" : words;
    reconnect.hidden = !canReconnect(told);
    tick();
  }

  function tick() {
    const seconds = "retryAt" in told ? Math.ceil((told.retryAt - Date.now()) / 1000) : undefined;
    countdown.textContent = seconds === undefined
      ? ""
      : seconds > 0
      ? i18n.count("retry", seconds)
      : i18n.t("retrySoon");
  }

  reconnect.addEventListener("click", onReconnect);
  return {
    /** Says it again: in another language, or with another number. */
    translate: show,

    /** @param {State} next */
    show(next) {
      state = next;
      status.dataset.state = state.status;
      if (!isBlip(state.status, told.status)) tell();
      else lag ??= setTimeout(tell, BLIP_MS);
    },
  };
}
