/**
 * Where a pane connects to and as whom, and how that goes.
 * @module
 */

import { make } from "../ui/dom.js";
import { comebackOf, meaningOf } from "./close_codes.js";
import { makeButtonWord, makeField } from "./fields.js";
import { makeWord, t } from "./words.js";

/** @import { Line, LineState, Mode, Settings } from "./line.js" */
/** @import { Word } from "./words.js" */

/** @type {[Mode, Word][]} */
const MODES = [["v1", "modeV1"], ["client", "modeClient"], ["echo", "modeEcho"], ["room", "modeRoom"]];

/**
 * Makes the form.
 * @param {Line} line
 * @param {{name: string, room: string, mode: Mode}} begin
 */
export function createConnectionForm(line, begin) {
  const mode = make("select");
  for (const [value, word] of MODES) {
    const option = makeWord("option", word);
    option.value = value;
    mode.append(option);
  }
  mode.value = begin.mode;
  const [name, room, token] = [makeInput(begin.name), makeInput(begin.room), makeInput("")];
  const hello = make("input");
  hello.type = "checkbox";
  hello.checked = true;
  const helloField = make("label", "check");
  helloField.append(hello, makeWord("span", "autoHello"));
  const fields = {
    mode: makeField("endpoint", mode, "wide"),
    name: makeField("name", name),
    room: makeField("room", room),
    token: makeField("token", token, "wide"),
  };
  const connect = makeButtonWord("connect", "primary", open);
  const close = makeButtonWord("close", "quiet", line.close);
  const status = make("p", "state");
  status.role = "status";
  const buttons = make("p", "buttons");
  buttons.append(connect, close, status);
  const element = make("form", "connection");
  element.append(fields.mode, fields.name, fields.room, fields.token, helloField, buttons);
  let onMode = () => {};

  /** @returns {Settings} */
  function settings() {
    const chosen = MODES.find(([value]) => value === mode.value)?.[0] ?? "v1";
    return { mode: chosen, name: name.value, room: room.value, token: token.value.trim(), hello: hello.checked };
  }

  function open() {
    line.open(settings());
  }

  function showMode() {
    const { mode } = settings();
    fields.room.hidden = mode === "echo";
    fields.token.hidden = mode === "echo" || mode === "room";
    helloField.hidden = mode !== "v1";
    onMode();
  }

  function showState() {
    const { state } = line;
    status.dataset.state = state.status;
    status.textContent = stateText(state);
    const isIdle = state.status === "idle" || state.status === "closed";
    connect.dataset.word = isIdle ? "connect" : "connectAgain";
    connect.textContent = t(isIdle ? "connect" : "connectAgain");
    close.disabled = isIdle;
  }

  mode.addEventListener("change", showMode);
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    open();
  });
  line.on("state", showState);
  line.on("learned", () => {
    // The next hello is the same guest's.
    if (line.learned.token !== undefined) token.value = line.learned.token;
  });
  showMode();
  showState();

  return {
    element,
    settings,
    open,
    translate: showState,

    /** @param {Partial<Pick<Settings, "mode" | "hello">>} next */
    set(next) {
      if (next.hello !== undefined) hello.checked = next.hello;
      if (next.mode === undefined) return;
      mode.value = next.mode;
      showMode();
    },

    /** @param {() => void} listener */
    onMode(listener) {
      onMode = listener;
    },
  };
}

/** @param {string} value */
function makeInput(value) {
  const input = make("input");
  input.value = value;
  input.autocomplete = "off";
  input.spellcheck = false;
  input.dir = "auto";
  return input;
}

/**
 * A connection's state in words.
 * @param {LineState} state
 */
function stateText(state) {
  switch (state.status) {
    case "idle":
      return t("stateIdle");
    case "connecting":
      return t("stateConnecting");
    case "open":
      return t("stateOpen");
    case "waiting":
      return t("stateWaiting", { code: state.code });
    case "closed": {
      const { code, reason } = state;
      const words = t("stateClosed", { code, meaning: t(meaningOf(code)), comeback: t(comebackOf(code)) });
      return reason === "" ? words : `${words} ${t("reason", { reason })}`;
    }
    default:
      throw new TypeError(`Cannot show the state: ${JSON.stringify(state)}`);
  }
}
