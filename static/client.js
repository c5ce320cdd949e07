/**
 * A client of Maru's `maru.v1` (docs/protocol.md) for browsers, Deno and Node ≥ 22: no DOM, no dependencies.
 *
 * It keeps the promise of the server on the other side of the wire: what `events` hands on has no gap and no double, and
 * what `send` takes arrives once, in its order, through any number of lost connections.
 *
 * @example
 * ```js
 * const client = connect("wss://chat.example/ws", { name: "민지" });
 * client.on("events", ({ room, events, replace }) => show(room, events, replace));
 * await client.join("lobby");
 * await client.send("lobby", "안녕하세요");
 * ```
 * @module
 */

import { createConnection } from "./connection.js";
import { createEmitter } from "./emitter.js";
import { createOutbox } from "./outbox.js";
import { createRooms } from "./rooms.js";
import { hasNetwork, listenForWakes } from "./wake.js";

/** @import { Clock, RawFrame, State } from "./connection.js" */
/** @import { Limits, ProtocolError, User } from "./frames.js" */
/** @import { MessageStatus, Sent } from "./outbox.js" */
/** @import { Joined, RoomEvents } from "./rooms.js" */

/**
 * @typedef {object} ClientEvents
 * @property {State} state the connection's state, each time it changes
 * @property {{user: User, token: string | undefined, limits: Limits, now: number | undefined}} hello after every
 *   successful hello; keep the token, it makes the same guest again
 * @property {RoomEvents} events what happened in a joined room, oldest first; with `replace` the room's newest page
 *   instead of everything that was handed on before
 * @property {MessageStatus} message what became of a message of `send`
 * @property {{room: string, error: ProtocolError}} refused a room that will not be joined again
 * @property {RawFrame} frame every text frame, as it is on the wire
 */

/**
 * @typedef {object} ConnectOptions
 * @property {string} [name] the guest's name
 * @property {string} [token] of an earlier `hello`
 * @property {new (url: string, protocol: string) => WebSocket} [WebSocket] default: the global one
 * @property {Clock} [clock] default: the real one
 * @property {() => number} [random] default: Math.random
 * @property {() => string} [newKey] names a message; default: a random UUID
 * @property {typeof listenForWakes} [listenForWakes] default: the window's events, where there is a window
 * @property {() => boolean} [hasNetwork] default: navigator.onLine, where there is one
 */

/** @typedef {ReturnType<typeof connect>} Client */

const TYPING_MS = 3_000;

/** @type {Clock} */
const REAL_CLOCK = {
  now: () => Date.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  // Safe: it gets back what the line above returned, a number or Node's object.
  clearTimeout: (timer) => clearTimeout(/** @type {number | undefined} */ (timer)),
};

/**
 * Connects, and stays connected until `close`.
 * @param {string | URL} url of `/ws`; http(s) stands for ws(s), and a browser resolves a relative one
 * @param {ConnectOptions} [options]
 * @throws {TypeError} when the URL is none
 */
export function connect(url, options = {}) {
  const { name, token, clock = REAL_CLOCK, random = Math.random, newKey = randomKey } = options;
  const identity = { ...(name !== undefined && { name }), ...(token !== undefined && { token }) };
  /** @type {import("./emitter.js").Emitter<ClientEvents>} */
  const events = createEmitter();
  /** @type {Map<string, number>} */
  const typedAt = new Map();

  const connection = createConnection({
    url: socketUrl(url),
    identity,
    WebSocket: options.WebSocket ?? globalThis.WebSocket,
    clock,
    random,
    hasNetwork: options.hasNetwork ?? hasNetwork,
    onState(state) {
      if (state.status !== "online") {
        rooms.lost();
        outbox.lost();
      }
      events.emit("state", state);
    },
    onHello(hello) {
      outbox.setRate(hello.limits.rate);
      outbox.setMaxLength(hello.limits.text);
      events.emit("hello", hello);
      rooms.resume();
    },
    onEvents: (frame) => rooms.take(frame),
    onRaw: (frame) => events.emit("frame", frame),
  });
  const rooms = createRooms({
    connection,
    clock,
    random,
    onEvents: (detail) => events.emit("events", detail),
    onJoined: (room) => outbox.flush(room),
    onRefused(room, error) {
      outbox.refuse(room, error);
      events.emit("refused", { room, error });
    },
  });
  const outbox = createOutbox({
    connection,
    clock,
    random,
    isJoined: rooms.isJoined,
    onStatus: (status) => events.emit("message", status),
    onEmpty(room) {
      if (rooms.standing(room) === "leaving") rooms.leave(room, false);
    },
  });
  connection.start();
  const stopWakes = (options.listenForWakes ?? listenForWakes)(connection.wake);

  return {
    on: events.on,

    /** @returns {State} */
    get state() {
      return connection.state;
    },

    /** The newest token, once hello was answered. @returns {string | undefined} */
    get token() {
      return identity.token;
    },

    /**
     * Joins a room and stays in it over reconnects.
     * @param {string} room 1 to 64 letters, digits, `_`, `-`; is put into NFC, as the server does
     * @param {{after?: string}} [options] a cursor from before, to get only what came since
     * @returns {Promise<Joined>} the first answer; its events come as `events` as well. Rejects with the protocol's
     *   error when refused. Nobody has to wait for it or catch it.
     */
    join: (room, { after } = {}) => rooms.join(room.normalize("NFC"), after),

    /**
     * No more events of the room. Messages that were not answered yet still go out before it is left.
     * @param {string} room
     */
    leave(room) {
      const name = room.normalize("NFC");
      rooms.leave(name, outbox.hasUnsent(name));
    },

    /**
     * Sends a message, now or when there is a connection again.
     * @param {string} room that was joined
     * @param {string} text
     * @param {{key?: string}} [options] the same key again never makes a second message
     * @returns {Promise<Sent>} when it is durable. Rejects with the protocol's error when the server refuses it for
     *   good. Nobody has to wait for it or catch it: `message` tells the same.
     */
    send(room, text, { key = newKey() } = {}) {
      const name = room.normalize("NFC");
      const standing = rooms.standing(name);
      if (standing === undefined || standing === "leaving") {
        const error = { code: "forbidden", message: `not joined: ${name}` };
        events.emit("message", { room: name, key, text, status: "failed", error });
        const refusal = Promise.reject(error);
        refusal.catch(() => {});
        return refusal;
      }
      // A lone surrogate would be a bad frame, and the third closes the connection [C4].
      return outbox.add(name, key, text.toWellFormed());
    },

    /**
     * Says that somebody is typing, at most every 3 s [V16]; does nothing while there is no connection.
     * @param {string} room
     */
    typing(room) {
      const name = room.normalize("NFC");
      const last = typedAt.get(name);
      if (!rooms.isJoined(name) || (last !== undefined && clock.now() - last < TYPING_MS)) return;
      typedAt.set(name, clock.now());
      connection.request({ type: "typing", room: name }, () => {});
    },

    /**
     * The place up to which a room's events were handed on.
     * @param {string} room
     * @returns {string | undefined}
     */
    cursor: (room) => rooms.cursor(room.normalize("NFC")),

    /**
     * Takes another name, as the same guest, over a new connection.
     * @param {string} newName
     */
    rename(newName) {
      identity.name = newName;
      connection.restart();
    },

    /** Tries now instead of later, also after the connection was closed for good. */
    reconnect: connection.reconnect,

    /** Breaks the connection as a lost network would. For trying things out. */
    drop: connection.drop,

    /**
     * Sends a text frame as it is. For trying things out.
     * @param {string} text
     * @returns {boolean} whether there was a connection to take it
     */
    sendRaw: connection.sendRaw,

    /** Ends everything; promises that still wait reject with the code `closed`. */
    close() {
      stopWakes();
      const reason = { code: "closed", message: "the client was closed" };
      outbox.close(reason);
      rooms.close(reason);
      connection.close();
    },
  };
}

/**
 * A random UUID, also on pages without TLS, where `crypto.randomUUID` does not exist.
 * @returns {string}
 */
export function randomKey() {
  // Safe: lib.dom promises it everywhere, browsers give it to secure contexts only.
  const { randomUUID } = /** @type {{randomUUID?: () => string}} */ (crypto);
  if (randomUUID !== undefined) return crypto.randomUUID();
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20)].join("-");
}

/** @param {string | URL} url */
function socketUrl(url) {
  const full = new URL(url, globalThis.location?.href);
  full.protocol = full.protocol.replace("http", "ws");
  return full.href;
}
