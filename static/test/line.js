/**
 * What a pane is connected to: a raw socket of `maru.v1`, one of the plain mode, or the client module; all of them over a
 * wire that can be ill.
 * @module
 */

import { createEmitter } from "../client/emitter.js";
import { isRecord } from "../client/records.js";
import { openCheckedClient } from "./checked_client.js";
import { createFaultyWire } from "./faulty_wire.js";
import { createFrameLog } from "./frame_log.js";
import { openRawSocket } from "./raw_socket.js";

/** @import { Clock } from "../client/connection.js" */
/** @import { Emitter } from "../client/emitter.js" */
/** @import { RoomEvents } from "../client/rooms.js" */
/** @import { CheckedClient } from "./checked_client.js" */
/** @import { Faults, Report, SocketType } from "./faulty_wire.js" */
/** @import { Entry } from "./frame_log.js" */
/** @import { LogPage } from "./promise_check.js" */
/** @import { RawSocket } from "./raw_socket.js" */

/** @typedef {"v1" | "client" | "echo" | "room"} Mode */
/**
 * `hello`: whether a raw socket says it by itself.
 * @typedef {{mode: Mode, name: string, token: string, room: string, hello: boolean}} Settings
 */
/**
 * `waiting`: the client comes back by itself.
 * @typedef {{status: "idle" | "connecting" | "open"} | {status: "waiting", code: number}
 *   | {status: "closed", code: number, reason: string}} LineState
 */
/** @typedef {{opened: string, dropped: string, closed: (code: number, reason: string) => string}} Notes */
/** @typedef {{token?: string, person?: string, head?: string | undefined, cursor?: string | undefined}} Learned */
/**
 * @typedef {object} LineEvents
 * @property {LineState} state
 * @property {Entry} entry a frame, or a note
 * @property {undefined} learned something to fill examples with
 * @property {undefined} counted an answer
 * @property {RoomEvents} handedOn by the client
 * @property {undefined} verdict of the check, or the fate of a message of the client
 */
/** @typedef {ReturnType<typeof createLine>} Line */

/**
 * Makes one that is not connected.
 * @param {object} parts
 * @param {SocketType} parts.WebSocket
 * @param {Clock} parts.clock
 * @param {string} parts.base `ws://host`
 * @param {() => Notes} parts.notes what is written into the log of frames
 * @param {(of: {room: string, after: string, token: string}) => Promise<LogPage>} parts.readLog over HTTP
 */
export function createLine({ WebSocket, clock, base, notes, readLog }) {
  /** @type {Emitter<LineEvents>} */
  const events = createEmitter();
  const log = createFrameLog({ now: clock.now });
  /** @type {Faults} */
  let faults = { delayMs: 0, duplicate: false, reorder: false };
  const wire = createFaultyWire({ WebSocket, clock, faults: () => faults, report });
  /** @type {Settings} */
  let settings = { mode: "v1", name: "", token: "", room: "", hello: true };
  /** @type {LineState} */
  let state = { status: "idle" };
  /** @type {RawSocket | undefined} */
  let raw;
  /** @type {CheckedClient | undefined} */
  let client;
  /** @type {Learned} */
  let learned = {};

  /** @param {LineState} next */
  function enter(next) {
    state = next;
    events.emit("state", next);
  }

  /** @param {Report} report */
  function report(report) {
    if (report.kind === "opened") log.opened();
    events.emit(
      "entry",
      report.kind === "frame" ? log.addFrame(report.direction, report.data) : log.addNote(noteOf(report)),
    );
  }

  /** @param {Exclude<Report, {kind: "frame"}>} report */
  function noteOf(report) {
    if (report.kind === "opened") return notes().opened;
    return report.isDropped ? notes().dropped : notes().closed(report.code, report.reason);
  }

  /** @param {Record<string, unknown>} ok */
  function learn({ user, token, head, cursor, events: list }) {
    if (isRecord(user) && typeof user.id === "string") learned.person = user.id;
    if (typeof token === "string") learned.token = token;
    for (const event of Array.isArray(list) ? list : []) {
      if (!isRecord(event) || typeof event.cursor !== "string") continue;
      learned.head = event.cursor;
      if (event.type === "message") learned.cursor = event.cursor;
    }
    if (typeof head === "string") learned.head = head;
    if (typeof cursor === "string") learned.cursor = cursor;
    events.emit("learned", undefined);
  }

  function openRaw() {
    enter({ status: "connecting" });
    const { mode, hello, name, token } = settings;
    const mine = raw = openRawSocket({
      url: urlOf(base, settings),
      protocol: mode === "v1" ? "maru.v1" : undefined,
      WebSocket: wire.WebSocket,
      onOpen() {
        if (raw !== mine) return;
        if (mode === "v1" && hello) mine.request({ type: "hello", ...(token === "" ? { name } : { token, name }) });
        enter({ status: "open" });
      },
      onClose(code, reason) {
        if (raw === mine) enter({ status: "closed", code, reason });
      },
      onOk(ok) {
        if (raw === mine) learn(ok);
      },
      onCount: () => events.emit("counted", undefined),
    });
  }

  function openClient() {
    enter({ status: "connecting" });
    const mine = client = openCheckedClient({
      url: urlOf(base, settings),
      settings,
      WebSocket: wire.WebSocket,
      clock,
      readLog,
      onState(next) {
        if (mine !== client) return;
        if (next.status === "online") enter({ status: "open" });
        else if (next.status === "connecting") enter({ status: "connecting" });
        else if (next.status === "closed") enter({ status: "closed", code: next.code, reason: next.reason });
        else enter({ status: "waiting", code: next.code });
      },
      onOk: learn,
      onHandedOn: (news) => events.emit("handedOn", news),
      onVerdict: () => events.emit("verdict", undefined),
    });
  }

  /** Closes what there is. A raw socket tells its own end; of a client that is let go nothing more is heard. */
  function letGo() {
    const gone = client;
    client = undefined;
    gone?.close();
    raw?.close();
    return gone !== undefined;
  }

  return {
    on: events.on,
    log,

    /** @returns {LineState} */
    get state() {
      return state;
    },
    /** @returns {Readonly<Settings>} */
    get settings() {
      return settings;
    },
    /** @returns {Readonly<Learned>} */
    get learned() {
      return learned;
    },
    /** The raw socket, also one that has ended. */
    get raw() {
      return raw;
    },
    /** The client, until it is closed. */
    get client() {
      return client;
    },

    /** @param {Partial<Faults>} next */
    setFaults(next) {
      faults = { ...faults, ...next };
    },

    /**
     * Connects, instead of what there was.
     * @param {Settings} next
     */
    open(next) {
      letGo();
      raw = undefined;
      // A cursor is a place in one room's log.
      if (next.room !== settings.room) learned = { ...learned, head: undefined, cursor: undefined };
      settings = { ...next };
      if (next.mode === "client") openClient();
      else openRaw();
    },

    /** Closes it, as somebody who is done does. */
    close() {
      if (letGo()) enter({ status: "closed", code: 1000, reason: "" });
    },

    /** Breaks the connection as a lost network does. */
    drop: wire.drop,
  };
}

/**
 * @param {string} base
 * @param {Settings} settings
 */
function urlOf(base, { mode, name, room }) {
  if (mode === "v1" || mode === "client") return `${base}/ws`;
  const path = mode === "echo" ? "/ws/chat/" : `/ws/chat/${encodeURIComponent(room)}/`;
  return `${base}${path}${name === "" ? "" : `?name=${encodeURIComponent(name)}`}`;
}
