/**
 * The client module in one room, and a look at whether it keeps its promise.
 * @module
 */

import { connect } from "../client.js";
import { createPromiseCheck } from "./promise_check.js";

/** @import { Clock, State } from "../client/connection.js" */
/** @import { RoomEvents } from "../client/rooms.js" */
/** @import { SocketType } from "./faulty_wire.js" */
/** @import { LogPage } from "./promise_check.js" */

/** @typedef {{sent: number, acknowledged: number, failed: number}} Fates what became of the messages that it was given */
/** @typedef {ReturnType<typeof openCheckedClient>} CheckedClient */

/** How long it has to be quiet before the log is looked at, and again while something is still to come. */
const QUIET_MS = 600;
const MAX_LOOKS = 40;

/**
 * Connects, and joins.
 * @param {object} parts
 * @param {string} parts.url of `/ws`
 * @param {{name: string, token: string, room: string}} parts.settings `token`: may be empty
 * @param {SocketType} parts.WebSocket
 * @param {Clock} parts.clock
 * @param {(of: {room: string, after: string, token: string}) => Promise<LogPage>} parts.readLog by another way than the socket
 * @param {(state: State) => void} parts.onState
 * @param {(ok: Record<string, unknown>) => void} parts.onOk what it has learned
 * @param {(news: RoomEvents) => void} parts.onHandedOn
 * @param {() => void} parts.onVerdict `verdict` or `fates` have changed
 */
export function openCheckedClient(parts) {
  const { settings: { name, token, room }, clock, readLog, onVerdict } = parts;
  const check = createPromiseCheck();
  const fates = { sent: 0, acknowledged: 0, failed: 0 };
  let looks = 0;
  let isClosed = false;
  /** @type {unknown} */
  let timer;

  const client = connect(parts.url, { name, ...(token !== "" && { token }), WebSocket: parts.WebSocket, clock });
  client.on("state", parts.onState);
  client.on("hello", ({ user, token }) => parts.onOk({ user, token }));
  client.on("joined", ({ head }) => {
    check.begin(head);
    lookSoon();
  });
  client.on("events", (news) => {
    check.take(news);
    parts.onOk({ events: news.events });
    parts.onHandedOn(news);
    onVerdict();
    lookSoon();
  });
  client.on("message", ({ status }) => {
    if (status === "sent") fates.acknowledged += 1;
    else if (status === "failed") fates.failed += 1;
    else return;
    onVerdict();
    lookSoon();
  });
  client.join(room).catch(() => {});

  function lookSoon() {
    looks = 0;
    clock.clearTimeout(timer);
    timer = clock.setTimeout(look, QUIET_MS);
  }

  async function look() {
    try {
      if (client.token !== undefined) {
        const { token } = client;
        await check.compare((after) => readLog({ room, after, token }));
      }
    } catch {
      // No network: it is looked at again below, and until then the last word stands.
    }
    if (isClosed) return;
    onVerdict();
    const isDone = check.verdict.toCome === 0 && fates.acknowledged + fates.failed >= fates.sent;
    if (isDone || ++looks >= MAX_LOOKS) return;
    clock.clearTimeout(timer);
    timer = clock.setTimeout(look, QUIET_MS);
  }

  return {
    /** @returns {Fates} */
    get fates() {
      return { ...fates };
    },
    get verdict() {
      return check.verdict;
    },

    /** @param {string} text */
    say(text) {
      fates.sent += 1;
      client.send(room, text);
      onVerdict();
    },

    close() {
      isClosed = true;
      clock.clearTimeout(timer);
      client.close();
    },
  };
}
