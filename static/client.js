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

import { createConnection } from "./client/connection.js";
import { createEmitter } from "./client/emitter.js";
import { createIdentity } from "./client/identity.js";
import { createOperations } from "./client/operations.js";
import { createOutbox } from "./client/outbox.js";
import { createQuestions } from "./client/questions.js";
import { createRenewal } from "./client/renewal.js";
import { createRooms } from "./client/rooms.js";
import { hasNetwork, listenForWakes } from "./client/wake.js";
import { createWatch } from "./client/watch.js";

/** @import { Clock, RawFrame, State } from "./client/connection.js" */
/** @import { Activity, Hello, PersonEvent, PresenceChange, ProtocolError, RemovedWhy, ServerFrame } from "./client/frames.js" */
/** @import { MessageStatus, Sent } from "./client/outbox.js" */
/** @import { Refreshed } from "./client/renewal.js" */
/** @import { Joined, RoomEvents } from "./client/rooms.js" */

/**
 * @typedef {object} ClientEvents
 * @property {State} state the connection's state, each time it changes
 * @property {Hello} hello after every successful hello; keep the token, it makes the same guest again
 * @property {Joined} joined after every join, also those of a new connection: how the room is, and what one is in it
 * @property {RoomEvents} events what happened in a joined room, oldest first; with `replace` the room's newest page
 *   instead of everything that was handed on before
 * @property {MessageStatus} message what became of a message of `send`
 * @property {{room: string, error: ProtocolError}} refused a room that will not be joined again
 * @property {{room: string, why: RemovedWhy}} removed a room that the server has ended for us; it is not joined again by itself
 * @property {{room: string, changes: PresenceChange[]}} people who came to a room that was joined with `people`, and who went
 * @property {Activity} activity news of one of my rooms, after `watch`
 * @property {PersonEvent} person what happened to me, after `watch`
 * @property {RawFrame} frame every text frame, as it is on the wire
 */

/**
 * @typedef {object} ConnectOptions
 * @property {string} [name] the guest's name. Without name and token the page's cookie says who it is
 * @property {string} [token] of an earlier `hello`, a host site's JWT or an API key
 * @property {() => Promise<string>} [getToken] gives a host site's JWT that holds, without limit of calls. Called before
 *   the first hello if there is no `token`, before the token ends, and when it has ended
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
  const { clock = REAL_CLOCK, random = Math.random, newKey = randomKey } = options;
  const identity = createIdentity(options);
  /** @type {import("./client/emitter.js").Emitter<ClientEvents>} */
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
        renewal.stop();
        watch.lost();
        if (state.status === "closed") questions.close(state.error ?? { code: "closed", message: state.reason });
        else questions.lost();
      }
      events.emit("state", state);
    },
    onHello(hello) {
      outbox.setAuthor(hello.user.id);
      outbox.setRate(hello.limits.rate);
      outbox.setMaxLength(hello.limits.text);
      renewal.begin(hello);
      events.emit("hello", hello);
      rooms.resume();
      watch.resume();
      questions.resume();
    },
    onFrame: take,
    onRaw: (frame) => events.emit("frame", frame),
  });
  const rooms = createRooms({
    connection,
    clock,
    random,
    onEvents: (detail) => events.emit("events", detail),
    onJoined(joined) {
      events.emit("joined", joined);
      outbox.flush(joined.room);
    },
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
  const questions = createQuestions(connection);
  const renewal = createRenewal({ ask: questions.ask, connection, identity, clock, random });
  const watch = createWatch({ connection, clock, random });

  /** @param {Exclude<ServerFrame, {kind: "answer" | "other"}>} frame */
  function take(frame) {
    switch (frame.kind) {
      case "events":
        return rooms.take(frame);
      case "people":
        return events.emit("people", { room: frame.room, changes: frame.changes });
      case "activity":
        return events.emit("activity", frame.activity);
      case "person":
        for (const event of frame.events) {
          if (event.type === "renamed") connection.renamed(event.user);
          events.emit("person", event);
        }
        return;
      case "removed":
        return removed(frame.room, frame.why);
      default:
        return unreachable(frame);
    }
  }

  /**
   * @param {string} room
   * @param {RemovedWhy} why
   */
  function removed(room, why) {
    if (!rooms.remove(room)) return;
    outbox.refuse(room, { code: "forbidden", message: `removed from the room: ${why}` });
    events.emit("removed", { room, why });
  }

  connection.start();
  const stopWakes = (options.listenForWakes ?? listenForWakes)(connection.wake);

  return {
    ...createOperations(questions.ask),
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
     * @param {{after?: string, people?: boolean}} [options] `after`: a cursor from before, to get only what came since;
     *   `people`: hear who comes and goes, as the event `people`
     * @returns {Promise<Joined>} the first answer; its events come as `events` as well. Rejects with the protocol's
     *   error when refused. Nobody has to wait for it or catch it.
     */
    join: (room, options = {}) => rooms.join(room.normalize("NFC"), options),

    /**
     * No more events of the room; one stays its member. Messages that were not answered yet still go out before it is left.
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
     * @param {{key?: string, reply?: string, thread?: string, triedAs?: string}} [options] the same `key` again never
     *   makes a second message; `reply`: the cursor of the message that it answers; `thread`: of the one whose thread it
     *   belongs to; `triedAs`: the id of the user as whom the key may have been used before, e.g. before a reload
     * @returns {Promise<Sent>} when it is durable. Rejects with the protocol's error when the server refuses it for
     *   good; with `unknown_outcome` when it was under way and we came back as somebody else, for whom to send it again
     *   could be to say it twice. Nobody has to wait for it or catch it: `message` tells the same.
     */
    send(room, text, { key = newKey(), reply, thread, triedAs } = {}) {
      const name = room.normalize("NFC");
      const standing = rooms.standing(name);
      // A lone surrogate would be a bad frame, and the third closes the connection [C4].
      const draft = {
        key,
        text: text.toWellFormed(),
        ...(reply !== undefined && { reply }),
        ...(thread !== undefined && { thread }),
      };
      if (standing === undefined || standing === "leaving") {
        const error = { code: "forbidden", message: `not joined: ${name}` };
        events.emit("message", { room: name, ...draft, status: "failed", error });
        const refusal = Promise.reject(error);
        refusal.catch(() => {});
        return refusal;
      }
      return outbox.add(name, draft, triedAs);
    },

    /**
     * Says that somebody is typing, at most every 3 s [V16]; does nothing while there is no connection.
     * @param {string} room
     * @param {boolean} [on] false: they have stopped; says nothing to those who heard of no typing
     */
    typing(room, on = true) {
      const name = room.normalize("NFC");
      if (!on) {
        if (typedAt.delete(name) && rooms.isJoined(name)) {
          connection.request({ type: "typing", room: name, on: false }, () => {});
        }
        return;
      }
      const last = typedAt.get(name);
      if (!rooms.isJoined(name) || (last !== undefined && clock.now() - last < TYPING_MS)) return;
      typedAt.set(name, clock.now());
      connection.request({ type: "typing", room: name }, () => {});
    },

    /**
     * Asks for any operation of the protocol, now or when there is a connection: all are listed at `/docs`.
     * @param {string} type its name, e.g. `list_members`
     * @param {Readonly<Record<string, unknown>>} [input] what it takes
     * @returns {Promise<Record<string, unknown>>} what it answers. Rejects with the protocol's error; with `lost` when the
     *   connection went before the answer came: it may have been done, and what is safe to repeat may be asked again; with
     *   `closed` when no connection will come. Nobody has to wait for it or catch it.
     */
    ask: questions.ask,

    /**
     * From now on hear of all rooms that I am in, without joining them, as `activity`, and of what happens to me, as
     * `person`; also over later connections. They are news, not a log: after each `hello` ask `myRooms` for how things are.
     * @returns {Promise<void>} when the server has begun to tell. Nobody has to wait for it or catch it
     */
    watch: watch.start,

    /** Ends it. */
    unwatch: watch.stop,

    /**
     * Gives the server a new token of the same person, on the connection that there is, or makes one with it.
     * @param {string} token a host site's JWT
     * @returns {Promise<Refreshed>} Rejects with the protocol's error: then the token of before stays.
     */
    refresh: renewal.refresh,

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
      identity.rename(newName);
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
      questions.close(reason);
      renewal.stop();
      outbox.close(reason);
      rooms.close(reason);
      connection.close();
      watch.stop();
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

/**
 * @param {never} frame
 * @returns {never}
 */
function unreachable(frame) {
  throw new TypeError(`Cannot take the frame: ${JSON.stringify(frame)}`);
}

/** @param {string | URL} url */
function socketUrl(url) {
  const full = new URL(url, globalThis.location?.href);
  full.protocol = full.protocol.replace("http", "ws");
  return full.href;
}
