/**
 * What goes over the wire, for whoever wants to see it or to try the server with frames of their own.
 * @module
 */

import { find, make } from "../ui/dom.js";
import { isRecord } from "../client/records.js";
import { openPlainSocket } from "./plain_socket.js";

/** @import { Client } from "../client.js" */
/** @import { I18n } from "../ui/i18n.js" */

/** @typedef {{at: number, source: string, direction: "in" | "out" | "note", text: string}} Line */

const KEPT = 200;
const MAIN = "/ws";

/**
 * Takes over the frame log of index.html. Nothing is painted while it is closed.
 * @param {I18n} i18n
 * @param {() => Pick<Client, "sendRaw" | "drop"> | undefined} findClient
 * @param {() => string} currentRoom
 */
export function createFrameLog(i18n, findClient, currentRoom) {
  const details = find("frames", HTMLDetailsElement);
  const list = find("frame-list", HTMLOListElement);
  const target = find("frame-target", HTMLSelectElement);
  const raw = find("frame-raw", HTMLTextAreaElement);
  const resend = find("resend", HTMLButtonElement);
  const plainEcho = find("plain-echo", HTMLButtonElement);
  const plainRoom = find("plain-room", HTMLButtonElement);
  /** @type {Line[]} */
  let lines = [];
  /** How many of `lines`, from the end, have no element yet. */
  let fresh = 0;
  let isDue = false;
  /** @type {string | undefined} */
  let lastSend;
  /** @type {Map<HTMLButtonElement, ReturnType<typeof openPlainSocket>>} */
  const plain = new Map();

  /** @param {Line} line */
  function add(line) {
    lines.push(line);
    if (lines.length > KEPT) lines.shift();
    fresh = Math.min(fresh + 1, KEPT);
    if (isDue || !details.open) return;
    isDue = true;
    requestAnimationFrame(paint);
  }

  function paint() {
    isDue = false;
    const follows = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    list.append(...lines.slice(lines.length - fresh).map(makeLine));
    fresh = 0;
    while (list.children.length > KEPT) list.firstElementChild?.remove();
    if (follows) list.scrollTop = list.scrollHeight;
  }

  function repaint() {
    list.replaceChildren();
    fresh = lines.length;
    if (details.open) paint();
  }

  /** @param {Line} line */
  function makeLine({ at, source, direction, text }) {
    const item = make("li", `frame ${direction}`);
    const time = make("time", undefined, clockTime(at));
    time.dateTime = new Date(at).toISOString();
    const arrow = make("span", "arrow", direction === "out" ? "→" : direction === "in" ? "←" : "·");
    if (direction !== "note") {
      arrow.append(make("span", "visually-hidden", i18n.t(direction === "out" ? "sent" : "received")));
    }
    const size = direction === "note" ? "" : i18n.t("bytes", { count: new TextEncoder().encode(text).length });
    const code = make("code", undefined, text);
    code.dir = "auto";
    item.append(time, arrow, make("span", "source", decodeURIComponent(source)), make("span", "size", size), code);
    return item;
  }

  /** @param {HTMLButtonElement} button */
  function togglePlain(button) {
    const open = plain.get(button);
    if (open?.isOpen) return open.close();
    const path = pathOf(button);
    const socket = openPlainSocket(
      path,
      (report) =>
        add(
          "note" in report
            ? { at: Date.now(), source: path, direction: "note", text: report.note }
            : { at: Date.now(), source: path, ...report },
        ),
      () => {
        translate();
        // Who has just opened it wants to write to it.
        if (plain.get(button)?.isOpen) target.value = path;
      },
      (word, code) => i18n.t(word, { code: String(code) }),
    );
    plain.set(button, socket);
  }

  /** @param {HTMLButtonElement} button */
  function pathOf(button) {
    const open = plain.get(button);
    if (open?.isOpen) return open.path;
    return button === plainEcho ? "/ws/chat/" : `/ws/chat/${encodeURIComponent(currentRoom())}/`;
  }

  /** @param {string} text */
  function sendByHand(text) {
    const socket = [...plain.values()].find(({ path, isOpen }) => isOpen && path === target.value);
    const isSent = target.value === MAIN ? findClient()?.sendRaw(text) : socket?.send(text);
    if (!isSent) add({ at: Date.now(), source: target.value, direction: "note", text: i18n.t("notOpen") });
  }

  function translate() {
    for (const button of [plainEcho, plainRoom]) {
      const path = decodeURIComponent(pathOf(button));
      button.textContent = i18n.t(plain.get(button)?.isOpen ? "closePlain" : "openPlain", { path });
      button.ariaPressed = String(plain.get(button)?.isOpen === true);
    }
    const paths = [MAIN, ...[...plain.values()].filter(({ isOpen }) => isOpen).map(({ path }) => path)];
    const chosen = paths.includes(target.value) ? target.value : paths.at(-1) ?? MAIN;
    target.replaceChildren(...paths.map((path) => {
      const option = make("option", undefined, decodeURIComponent(path));
      option.value = path;
      return option;
    }));
    target.value = chosen;
    find("frames-hint", HTMLElement).textContent = i18n.t("framesHint", { count: KEPT });
    resend.disabled = lastSend === undefined;
  }

  details.addEventListener("toggle", repaint);
  find("drop", HTMLButtonElement).addEventListener("click", () => findClient()?.drop());
  resend.addEventListener("click", () => lastSend !== undefined && findClient()?.sendRaw(lastSend));
  find("frames-clear", HTMLButtonElement).addEventListener("click", () => {
    lines = [];
    repaint();
  });
  plainEcho.addEventListener("click", () => togglePlain(plainEcho));
  plainRoom.addEventListener("click", () => togglePlain(plainRoom));
  find("frame-form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    if (raw.value !== "") sendByHand(raw.value);
  });

  return {
    translate() {
      translate();
      repaint();
    },

    /** @param {import("../client/connection.js").RawFrame} frame */
    add({ at, direction, text }) {
      if (direction === "out" && isSend(text)) {
        lastSend = text;
        resend.disabled = false;
      }
      add({ at, source: MAIN, direction, text });
    },
  };
}

/** @param {string} text */
function isSend(text) {
  try {
    const frame = JSON.parse(text);
    return isRecord(frame) && frame.type === "send";
  } catch {
    return false;
  }
}

/** @param {number} at */
function clockTime(at) {
  const date = new Date(at);
  const [h, m, s] = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) =>
    String(part).padStart(2, "0")
  );
  return `${h}:${m}:${s}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
