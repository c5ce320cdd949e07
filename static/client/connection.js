/**
 * One connection to `/ws` that stays: says hello, matches answers to requests, notices when the other side is gone and
 * comes back. What the rooms and messages on it mean is not its business.
 * @module
 */

import { comebackAfter, comebackMs } from "./backoff.js";
import { isRetryable, parseFrame, readHello } from "./frames.js";
import { createRequests } from "./requests.js";

/** @import { User } from "./events.js" */
/** @import { Hello, ProtocolError, ServerFrame } from "./frames.js" */
/** @import { Identity } from "./identity.js" */
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

/**
 * @typedef {object} ConnectionParts
 * @property {string} url
 * @property {Identity} identity
 * @property {new (url: string, protocol: string) => WebSocket} WebSocket
 * @property {Clock} clock
 * @property {() => number} random
 * @property {() => boolean} hasNetwork
 * @property {(state: State) => void} onState
 * @property {(hello: Hello) => void} onHello
 * @property {(frame: Exclude<ServerFrame, {kind: "answer" | "other"}>) => void} onFrame what the server says unasked
 * @property {(frame: RawFrame) => void} onRaw
 */

const OPEN_MS = 10_000;
const SILENCE_MS = 25_000;
/** How long a socket may be closing before it is given up. */
const CLOSING_MS = 5_000;
/** A connection that lived this long was a good one: the next failure is the first again. */
const GOOD_MS = 5_000;
/** The token's time is over [V21]: without another one there is no way back. */
const EXPIRED = 4001;
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
  /** Counts tries: a token that comes after its try was given up is of no use to it. */
  let tries = 0;
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
    if (!identity.needsToken) return dial();
    timer = clock.setTimeout(() => lose(1006, "timeout"), OPEN_MS);
    const mine = ++tries;
    identity.fetch().then(
      () => {
        if (mine === tries) dial();
      },
      () => {
        if (mine === tries) lose(1006, "no token");
      },
    );
  }

  function dial() {
    const opening = new parts.WebSocket(url, "maru.v1");
    socket = opening;
    clock.clearTimeout(timer);
    timer = clock.setTimeout(() => lose(1006, "timeout"), OPEN_MS);
    opening.onopen = sayHello;
    opening.onmessage = ({ data }) => {
      if (typeof data === "string") take(data);
    };
    opening.onclose = ({ code, reason }) => lose(code, reason);
    opening.onerror = () => {};
  }

  function sayHello() {
    requests.ask({ type: "hello", ...identity.hello() }, (reply) => {
      if (reply.kind === "ok") welcome(readHello(reply.ok));
      else if (reply.kind === "error") refused(reply.error);
    });
  }

  /** @param {ProtocolError} error */
  function refused(error) {
    if (isRetryable(error)) return lose(1013, error.code, error.retryAfterMs);
    const next = identity.refuse(error);
    if (next === "again") return sayHello();
    hangUp();
    if (next === "fetch") open();
    else enter({ status: "closed", code: 4500, reason: error.message, error });
  }

  /** @param {Hello} hello */
  function welcome(hello) {
    identity.accept(hello);
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
    else if (frame.kind !== "other") parts.onFrame(frame);
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
    tries += 1;
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
    const canReturn = code !== EXPIRED || identity.expire();
    const waitMs = canReturn ? Math.max(floorMs, comebackMs(code, attempt, random)) : Infinity;
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
    /**
     * The same person is called otherwise now.
     * @param {User} user
     */
    renamed(user) {
      if (state.status !== "online" || state.user.id !== user.id || state.user.name === user.name) return;
      enter({ status: "online", user });
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
