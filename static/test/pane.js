/**
 * One pane: a line, and everything that one does with it.
 * @module
 */

import { make } from "../ui/dom.js";
import { createClientView } from "./client_view.js";
import { createConnectionForm } from "./connection_form.js";
import { createFaultsForm } from "./faults_form.js";
import { createFramesView } from "./frames_view.js";
import { createLine } from "./line.js";
import { createRequestForm } from "./request_form.js";
import { TourError } from "./tour.js";
import { makeWord, t } from "./words.js";

/** @import { Clock } from "../client/connection.js" */
/** @import { Mode } from "./line.js" */
/** @import { LogPage } from "./promise_check.js" */
/** @import { RequestExample } from "./requests.js" */
/** @import { Stage } from "./tour.js" */
/** @import { Word } from "./words.js" */

/** How long the tour waits for what has to come. */
const PATIENCE_MS = 10_000;

/**
 * Makes one.
 * @param {object} parts
 * @param {string} parts.letter tells the ids of two panes apart
 * @param {Word} parts.title
 * @param {Word} parts.name whose name stands in it at first
 * @param {Mode} parts.mode
 * @param {Clock} parts.clock
 * @param {string} parts.base `ws://host`
 * @param {() => string} parts.newKey
 * @param {(of: {room: string, after: string, token: string}) => Promise<LogPage>} parts.readLog
 * @param {readonly RequestExample[]} parts.requests
 */
export function createPane({ letter, title, name, mode, clock, base, newKey, readLog, requests }) {
  const line = createLine({
    // Safe: a browser's takes one protocol or none.
    WebSocket: globalThis.WebSocket,
    clock,
    base,
    notes: () => ({
      opened: t("noteOpened"),
      dropped: t("noteDropped"),
      closed: (code, reason) => t("noteClosed", { code, reason }).trim(),
    }),
    readLog,
  });
  const connection = createConnectionForm(line, { name: t(name), room: t("roomName"), mode });
  const frames = createFramesView(line);
  const request = createRequestForm(line, connection.settings, requests);
  const client = createClientView(line, clock);
  const faults = createFaultsForm(line, { clock, newKey });

  const element = make("section", "pane");
  element.id = `pane-${letter}`;
  const heading = makeWord("h2", title);
  heading.id = `pane-${letter}-title`;
  element.setAttribute("aria-labelledby", heading.id);
  element.append(heading, connection.element, frames.element, request.element, client.element, faults.element);

  function showMode() {
    const { mode } = connection.settings();
    request.element.hidden = mode === "client";
    client.element.hidden = mode !== "client";
    request.showMode();
  }
  connection.onMode(showMode);
  showMode();

  /** @type {Stage} */
  const stage = {
    settings: connection.settings,
    isOpen: () => line.state.status === "open" && line.settings.mode === "v1",
    token: () => line.learned.token,
    async connect(mode) {
      connection.set({ mode, hello: false });
      const opened = until(clock, t("tourNotOpened"), (done, fail) =>
        line.on("state", ({ status }) => {
          if (status === "open") done();
          else if (status === "closed") fail();
        }));
      connection.open();
      // What the tour says by hand, others may want to be said by itself.
      connection.set({ hello: true });
      await opened;
    },
    ask: (type, fields) => request.ask(type, fields),
    sendPlain: (frame) => request.sendText(JSON.stringify(frame)),
    hears: (text) =>
      until(clock, t("tourNotHeard"), (done) =>
        line.on("entry", (entry) => {
          if (entry.direction === "in" && entry.text.includes(text)) done();
        })),
    drop: line.drop,
  };

  return {
    element,
    stage,
    addRequests: request.add,

    translate() {
      for (const part of [connection, frames, request, client, faults]) part.translate();
    },
  };
}

/**
 * Waits until something has happened.
 * @param {Clock} clock
 * @param {string} problem what is said when it does not, or takes too long
 * @param {(done: () => void, fail: () => void) => () => void} listen returns what ends the listening
 * @returns {Promise<void>}
 */
function until(clock, problem, listen) {
  return new Promise((resolve, reject) => {
    /** @param {() => void} settle */
    const end = (settle) => {
      stop();
      clock.clearTimeout(timer);
      settle();
    };
    const fail = () => end(() => reject(new TourError(problem)));
    const timer = clock.setTimeout(fail, PATIENCE_MS);
    const stop = listen(() => end(resolve), fail);
  });
}
