/**
 * One connection to `/ws` that stays: says hello, matches answers to requests, notices when the other side is gone and
 * comes back. What the rooms and messages on it mean is not its business.
 * @module
 */

import { comebackAfter, comebackMs } from "./backoff.js";
import { isRetryable, parseFrame, readHello } from "./frames.js";
import { createRequests } from "./requests.js";

/** @import { LogEvent, ProtocolError, User } from "./frames.js" */
/** @import { Wake } from "./wake.js" */

/**
 * @typedef {{status: "connecting"}
 *   | {status: "online", user: User}
 *   | {status: "waiting" | "offline", retryAt: number, code: number}
 *   | {status: "closed", code: number, reason: string, error?: ProtocolError}} State
 * `offline` is `waiting` while the browser knows of no network. `retryAt` is by the client's clock.
 */
/** @typedef {{now: () => number, setTimeout: (run: () => void, ms: number) => unknown, clearTimeout: (timer: unknown) => void}} Clock */
/** @typedef {{direction: "in" | "out", text: string, at: number}} RawFrame */
/** @typedef {{name?: string, token?: string}} Identity changed in place: the newest token is kept here */

/**
 * @typedef {object} ConnectionParts
 * @property {string} url
 * @property {Identity} identity
 * @property {new (url: string, protocol: string) => WebSocket} WebSocket
 * @property {Clock} clock
 * @property {() => number} random
 * @property {() => boolean} hasNetwork
 * @property {(state: State) => void} onState
 * @property {(hello: ReturnType<typeof readHello>) => void} onHello
 * @property {(frame: {room: string, prev: string, events: LogEvent[]}) => void} onEvents
 * @property {(frame: RawFrame) => void} onRaw
 */

const OPEN_MS = 10_000;
const SILENCE_MS = 25_000;
/** How long a socket may be closing before it is given up. */
const CLOSING_MS = 5_000;
/** A connection that lived this long was a good one: the next failure is the first again. */
const GOOD_MS = 5_000;
/** Where the backoff goes on after one that did not: up to 2 s. */
const SHAKY_ATTEMPT = 2;

/** @typedef {ReturnType<typeof createConnection>} Connection */

/**
 * Makes a connection that does nothing before `start`.
 * @param {ConnectionParts} parts
 */
export function createConnection(parts) {
  const { url, identity, clock, random } = parts;
  /** @type {State} */
  let state = { status: "connecting" };
  /** @type {WebSocket | undefined} */
  let socket;
  let attempt = 0;
  let onlineAt = 0;
  let heard = 0;
  let heardAt = 0;
  /** The open timeout, then the watch on silence, then the wait for the next try: one of them at a time. @type {unknown} */
  let timer;
  let probing = false;
  const requests = createRequests({
    clock,
    send: sendRaw,
    heard: () => heard,
    onDoubt() {
      if (state.status === "online") probe();
    },
    onGiveUp: () => lose(1006, "timeout"),
  });

  /** @param {State} next */
  function enter(next) {
    state = next;
    parts.onState(next);
  }

  function open() {
    clock.clearTimeout(timer);
    enter({ status: "connecting" });
    const opening = new parts.WebSocket(url, "maru.v1");
    socket = opening;
    timer = clock.setTimeout(() => lose(1006, "timeout"), OPEN_MS);
    opening.onopen = sayHello;
    opening.onmessage = ({ data }) => {
      if (typeof data === "string") take(data);
    };
    opening.onclose = ({ code, reason }) => lose(code, reason);
    opening.onerror = () => {};
  }

  function sayHello() {
    const { name, token } = identity;
    requests.ask(
      { type: "hello", ...(token !== undefined && { token }), ...(name !== undefined && { name }) },
      (reply) => {
        if (reply.kind === "ok") return welcome(readHello(reply.ok));
        if (reply.kind === "lost") return;
        const { error } = reply;
        if (error.code === "unauthorized" && token !== undefined && name !== undefined) {
          // The server forgot us (a new secret, a new database): better a new guest with the same name than nobody.
          delete identity.token;
          sayHello();
        } else if (isRetryable(error)) {
          lose(1013, error.code, error.retryAfterMs);
        } else {
          hangUp();
          enter({ status: "closed", code: 4500, reason: error.message, error });
        }
      },
    );
  }

  /** @param {ReturnType<typeof readHello>} hello */
  function welcome(hello) {
    if (hello.token !== undefined) identity.token = hello.token;
    onlineAt = clock.now();
    watchSilence();
    enter({ status: "online", user: hello.user });
    parts.onHello(hello);
  }

  /** @param {string} text */
  function take(text) {
    heard += 1;
    heardAt = clock.now();
    parts.onRaw({ direction: "in", text, at: heardAt });
    const frame = parseFrame(text);
    if (frame.kind === "answer") requests.settle(frame.id, frame.reply);
    else if (frame.kind === "events") parts.onEvents(frame);
  }

  /**
   * @param {string} text
   * @returns {boolean} whether there was an open socket to take it
   */
  function sendRaw(text) {
    if (socket === undefined || socket.readyState !== 1) return false;
    socket.send(text);
    parts.onRaw({ direction: "out", text, at: clock.now() });
    return true;
  }

  // Browsers answer the server's pings below the page, so a dead line looks like a quiet one: we ask.
  function watchSilence() {
    clock.clearTimeout(timer);
    const silentMs = clock.now() - heardAt;
    if (silentMs >= SILENCE_MS) probe();
    else timer = clock.setTimeout(watchSilence, SILENCE_MS - silentMs);
  }

  function probe() {
    if (probing) return;
    clock.clearTimeout(timer);
    if (socket?.readyState !== 1) {
      // Its close event is on its way, with a code that says more than "lost". But not for ever.
      timer = clock.setTimeout(() => lose(1006, "timeout"), CLOSING_MS);
      return;
    }
    probing = true;
    requests.ask({ type: "ping" }, () => {
      probing = false;
      if (state.status === "online") watchSilence();
    });
  }

  /** Lets go of the socket without waiting for it: on a dead line the closing handshake takes minutes. */
  function hangUp() {
    clock.clearTimeout(timer);
    const gone = socket;
    socket = undefined;
    if (gone !== undefined) {
      gone.onopen = gone.onmessage = gone.onclose = null;
      if (gone.readyState <= 1) gone.close();
    }
    requests.lose();
  }

  /**
   * @param {number} code
   * @param {string} reason
   * @param {number} [floorMs]
   */
  function lose(code, reason, floorMs = 0) {
    // A server that let us in is there; one that loses us again at once may be ill, so not all of the patience is dropped.
    if (state.status === "online") attempt = clock.now() - onlineAt >= GOOD_MS ? 0 : Math.min(attempt, SHAKY_ATTEMPT);
    // The state first: what is settled as lost below must not take this connection for a live one.
    state = { status: "connecting" };
    hangUp();
    const waitMs = Math.max(floorMs, comebackMs(code, attempt, random));
    if (waitMs === Infinity) return enter({ status: "closed", code, reason });
    attempt += 1;
    timer = clock.setTimeout(open, waitMs);
    enter({ status: parts.hasNetwork() ? "waiting" : "offline", retryAt: clock.now() + waitMs, code });
  }

  return {
    /** Connects for the first time. @throws {TypeError} when the URL is none for sockets */
    start: open,
    request: requests.ask,
    sendRaw,
    /** @returns {State} */
    get state() {
      return state;
    },
    /**
     * Something happened outside: a waiting connection tries now, a quiet one is asked whether it lives.
     * @param {Wake} why
     */
    wake(why) {
      if (state.status === "online") return probe();
      if (!("retryAt" in state)) return;
      if (why === "offline") enter({ ...state, status: "offline" });
      // Who was sent away for haste does not get around the wait by switching tabs.
      else if (comebackAfter(state.code) !== "slowly") open();
    },
    /** Connects now, whatever the wait, also after the connection was closed for good. */
    reconnect() {
      if (state.status === "online" || state.status === "connecting") return;
      attempt = 0;
      open();
    },
    /** Says hello again with what `identity` holds now; that takes a new connection. */
    restart() {
      state = { status: "connecting" };
      hangUp();
      attempt = 0;
      open();
    },
    /** Breaks the connection as a lost network would; it comes back by itself. */
    drop() {
      if (socket !== undefined) lose(1006, "dropped");
    },
    /** Ends it for good. */
    close() {
      state = { status: "connecting" };
      hangUp();
      enter({ status: "closed", code: 1000, reason: "" });
    },
  };
}
