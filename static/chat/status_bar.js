/**
 * The connection in words. The state is a live region and changes seldom; the countdown beside it is none, or a screen
 * reader would read out every second.
 * @module
 */

import { find } from "../ui/dom.js";

/** @import { State } from "../client/connection.js" */
/** @import { I18n } from "../ui/i18n.js" */

/**
 * Takes over the line that tells the state of the connection.
 * @param {I18n} i18n
 * @param {() => void} onReconnect
 */
export function createStatusBar(i18n, onReconnect) {
  const status = find("status", HTMLElement);
  const countdown = find("countdown", HTMLElement);
  const reconnect = find("reconnect", HTMLButtonElement);
  /** @type {State} */
  let state = { status: "connecting" };
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let ticker;

  function show() {
    const words = i18n.t(state.status);
    status.dataset.state = state.status;
    document.body.dataset.connection = state.status;
    if (status.textContent !== words) status.textContent = words;
    reconnect.hidden = state.status !== "waiting" && state.status !== "offline" && state.status !== "closed";
    tick();
  }

  function tick() {
    const seconds = "retryAt" in state ? Math.ceil((state.retryAt - Date.now()) / 1000) : undefined;
    countdown.textContent = seconds === undefined
      ? ""
      : seconds > 0
      ? i18n.count("retry", seconds)
      : i18n.t("retrySoon");
  }

  reconnect.addEventListener("click", onReconnect);
  return {
    translate: show,

    /** @param {State} next */
    show(next) {
      state = next;
      clearInterval(ticker);
      if ("retryAt" in state) ticker = setInterval(tick, 500);
      show();
    },
  };
}
