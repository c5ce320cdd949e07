/**
 * The rooms that a client is in, and its place in each one's log: nothing is missed, nothing comes twice.
 * @module
 */

import { backoffMs } from "./backoff.js";
import { readEvents, readRoomInfo } from "./events.js";
import { isRetryable } from "./frames.js";
import { isRecord } from "./records.js";

/** @import { Clock, Connection } from "./connection.js" */
/** @import { LogEvent, RoomEvent, RoomInfo } from "./events.js" */
/** @import { ProtocolError } from "./frames.js" */

/** @typedef {{room: string, events: RoomEvent[], replace: boolean}} RoomEvents */
/**
 * `info`: how the room is now. `level`: what one is in it, `muted`, `member`, `moderator`, `owner` or `admin`.
 * @typedef {{room: string, head: string, recovered: boolean, events: RoomEvent[], info: RoomInfo | undefined, level: string | undefined}} Joined
 */
/**
 * @typedef {object} Room
 * @property {string} name in NFC
 * @property {string | undefined} cursor the place up to which everything was handed on; none before the first join
 * @property {boolean} people whether to hear who comes and goes [V23]
 * @property {"apart" | "joining" | "joined"} standing on the present connection
 * @property {number} turn counts joins, so that a late answer to an earlier one is recognised
 * @property {number} misses joins in a row that did not mend a gap
 * @property {unknown} timer of the next try, where one is due
 * @property {boolean} leaving asked to go, stays until its unsent messages are through
 * @property {PromiseWithResolvers<Joined>} first settled by the first answer
 */

/**
 * @typedef {object} RoomParts
 * @property {Pick<Connection, "request">} connection
 * @property {Clock} clock
 * @property {() => number} random
 * @property {(events: RoomEvents) => void} onEvents
 * @property {(joined: Joined) => void} onJoined after each join, also those of a new connection
 * @property {(room: string, error: ProtocolError) => void} onRefused
 */

/**
 * Makes the client's rooms; there is none yet.
 * @param {RoomParts} parts
 */
export function createRooms({ connection, clock, random, onEvents, onJoined, onRefused }) {
  /** @type {Map<string, Room>} */
  const rooms = new Map();
  let online = false;

  /** @param {Room} room */
  function enter(room) {
    if (!online || rooms.get(room.name) !== room) return;
    room.standing = "joining";
    const turn = ++room.turn;
    const after = room.cursor;
    const request = {
      type: "join",
      room: room.name,
      ...(after !== undefined && { after }),
      ...(room.people && { people: true }),
    };
    connection.request(request, (reply) => {
      if (reply.kind === "lost" || room.turn !== turn || rooms.get(room.name) !== room) return;
      if (reply.kind === "ok") settle(room, reply.ok);
      else mend(room, reply.error);
    });
  }

  /**
   * @param {Room} room
   * @param {Record<string, unknown>} ok
   */
  function settle(room, ok) {
    const events = readEvents(ok.events);
    const head = typeof ok.head === "string" ? ok.head : events.at(-1)?.cursor ?? room.cursor ?? "";
    const recovered = ok.recovered === true && room.cursor !== undefined;
    room.standing = "joined";
    const fresh = recovered ? after(events, room.cursor) : known(events);
    room.cursor = head;
    if (!room.leaving && (fresh.length > 0 || !recovered)) {
      onEvents({ room: room.name, events: fresh, replace: !recovered });
    }
    const level = isRecord(ok.you) && typeof ok.you.level === "string" ? ok.you.level : undefined;
    const joined = { room: room.name, head, recovered, events: fresh, info: readRoomInfo(ok.room), level };
    room.first.resolve(joined);
    onJoined(joined);
  }

  /**
   * @param {Room} room
   * @param {ProtocolError} error
   */
  function mend(room, error) {
    if (room.cursor !== undefined && (error.code === "bad_cursor" || error.code === "cursor_expired")) {
      room.cursor = undefined;
      enter(room);
    } else if (isRetryable(error)) {
      retry(room, error.retryAfterMs ?? 0);
    } else {
      rooms.delete(room.name);
      room.first.reject(error);
      onRefused(room.name, error);
    }
  }

  /**
   * @param {Room} room
   * @param {number} floorMs
   */
  function retry(room, floorMs) {
    const { turn } = room;
    const waitMs = Math.max(floorMs, backoffMs(room.misses++, random));
    room.timer = clock.setTimeout(() => {
      if (room.turn === turn) enter(room);
    }, waitMs);
  }

  return {
    /**
     * @param {string} name
     * @param {{after?: string | undefined, people?: boolean | undefined}} [options] without `after` the newest page
     *   comes; `people`: hear who comes and goes
     * @returns {Promise<Joined>} the first answer; rejects with the protocol's error when refused
     */
    join(name, { after, people = false } = {}) {
      const earlier = rooms.get(name);
      /** @type {Room} */
      const room = {
        name,
        cursor: after,
        people,
        standing: "apart",
        turn: 0,
        misses: 0,
        timer: undefined,
        leaving: false,
        first: Promise.withResolvers(),
      };
      // Who does not care for the answer shall not meet an unhandled rejection.
      room.first.promise.catch(() => {});
      clock.clearTimeout(earlier?.timer);
      if (earlier !== undefined) room.first.promise.then(earlier.first.resolve, earlier.first.reject);
      rooms.set(name, room);
      enter(room);
      return room.first.promise;
    },

    /**
     * Hands on nothing more of the room from now on.
     * @param {string} name
     * @param {boolean} hasUnsent messages are on their way: the room is left after them
     */
    leave(name, hasUnsent) {
      const room = rooms.get(name);
      if (room === undefined) return;
      room.leaving = true;
      if (hasUnsent) return;
      rooms.delete(name);
      clock.clearTimeout(room.timer);
      room.first.reject({ code: "closed", message: `left before the answer: ${name}` });
      if (room.standing !== "apart") connection.request({ type: "leave", room: name }, () => {});
    },

    /**
     * The server has ended the room for us [V26]: it is not joined again.
     * @param {string} name
     * @returns {boolean} whether it was one of ours
     */
    remove(name) {
      const room = rooms.get(name);
      if (room === undefined) return false;
      rooms.delete(name);
      clock.clearTimeout(room.timer);
      room.first.reject({ code: "forbidden", message: `removed from the room: ${name}` });
      // A join that is under way could bring us in again, and nobody here would know.
      if (room.standing === "joining") connection.request({ type: "leave", room: name }, () => {});
      return true;
    },

    /**
     * @param {string} name
     * @returns {"apart" | "joining" | "joined" | "leaving" | undefined}
     */
    standing(name) {
      const room = rooms.get(name);
      return room?.leaving ? "leaving" : room?.standing;
    },

    /**
     * Whether the server takes messages for the room now.
     * @param {string} name
     */
    isJoined: (name) => rooms.get(name)?.standing === "joined",

    /**
     * @param {string} name
     * @returns {string | undefined}
     */
    cursor: (name) => rooms.get(name)?.cursor,

    /** The connection is there, a new one: every room is joined again from its own cursor. */
    resume() {
      online = true;
      for (const room of [...rooms.values()]) enter(room);
    },

    /** The connection is gone, and with it what the server knew. */
    lost() {
      online = false;
      for (const room of rooms.values()) {
        clock.clearTimeout(room.timer);
        room.standing = "apart";
        room.turn += 1;
        room.misses = 0;
      }
    },

    /**
     * Takes a frame of events [V18][V19].
     * @param {{room: string, prev: string, events: LogEvent[]}} frame
     */
    take({ room: name, prev, events }) {
      const room = rooms.get(name);
      // While a join is under way its answer holds everything after our cursor: what comes before it is in there too.
      if (room?.standing !== "joined") return;
      if (prev !== room.cursor) {
        room.standing = "joining";
        // At once the first time; a gap that a join does not mend must not make us ask without a pause.
        if (room.misses > 0) return retry(room, 0);
        room.misses = 1;
        return enter(room);
      }
      room.misses = 0;
      const fresh = after(events, room.cursor);
      room.cursor = events.at(-1)?.cursor ?? room.cursor;
      if (!room.leaving && fresh.length > 0) onEvents({ room: name, events: fresh, replace: false });
    },

    /** @param {unknown} reason what promises that still wait are rejected with */
    close(reason) {
      for (const room of rooms.values()) {
        clock.clearTimeout(room.timer);
        room.first.reject(reason);
      }
      rooms.clear();
    },
  };
}

/**
 * The guard against doubles: cursors sort as strings.
 * @param {LogEvent[]} events
 * @param {string | undefined} cursor
 */
function after(events, cursor) {
  return known(events).filter((event) => cursor === undefined || event.cursor > cursor);
}

/**
 * @param {LogEvent[]} events
 * @returns {RoomEvent[]}
 */
function known(events) {
  return events.filter((event) => event.type !== "unknown");
}
