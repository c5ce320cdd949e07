/**
 * My rooms, with what is unread in them: asked for after each hello, then kept by the news of `watch`. No DOM.
 * @module
 */

import { createEmitter } from "../../client/emitter.js";

/** @import { Activity, PersonEvent } from "../../client/frames.js" */
/** @import { MyRoom } from "../../client/operations.js" */
/** @import { RoomInfo } from "../../client/events.js" */
/** @import { RoomEvents } from "../../client/rooms.js" */

/** `activeAt`: when the last message came, in milliseconds since 1970. @typedef {MyRoom & {activeAt: number}} ListedRoom */
/** @typedef {ReturnType<typeof createMyRooms>} MyRooms */

/**
 * Makes it, empty.
 * @param {object} parts
 * @param {() => Promise<MyRoom[]>} parts.ask what the server knows of my rooms
 * @param {(room: string, cursor: string) => Promise<unknown>} parts.markRead
 */
export function createMyRooms({ ask, markRead }) {
  /** @type {Map<string, ListedRoom>} */
  let rooms = new Map();
  /** @type {import("../../client/emitter.js").Emitter<{change: undefined}>} */
  const events = createEmitter();
  /** How far each room was in sight here, which is told later. @type {Map<string, string>} */
  const seen = new Map();
  let isKnown = false;
  /** Counts questions: a late answer to an earlier one says nothing. */
  let turn = 0;

  const changed = () => events.emit("change", undefined);

  async function load() {
    const mine = ++turn;
    try {
      const answer = await ask();
      if (mine !== turn) return;
      rooms = new Map(answer.map((room) => [room.room.name, lookedAt(listed(room, rooms.get(room.room.name)))]));
      isKnown = true;
      changed();
    } catch {
      // The connection went: the next hello asks again.
    }
  }

  /**
   * @param {string} name
   * @param {Partial<ListedRoom>} change
   */
  function update(name, change) {
    const room = rooms.get(name);
    if (room === undefined) return;
    rooms.set(name, { ...room, ...change });
    changed();
  }

  /**
   * @param {string} name
   * @param {string} cursor
   */
  function read(name, cursor) {
    const room = rooms.get(name);
    if (room === undefined || (room.marker !== undefined && room.marker >= cursor)) return;
    // What lies between the two is counted by the server, whose news of it follow.
    rooms.set(name, { ...(cursor >= room.head ? allRead(room) : room), marker: cursor });
    changed();
  }

  /** @param {ListedRoom} room as the server tells of it, who hears a little later what was seen */
  const lookedAt = (room) => (seen.get(room.room.name) ?? "") >= room.head ? allRead(room) : room;

  /** Who has written in it has accepted it [V29]. @param {string} name */
  function answered(name) {
    const room = rooms.get(name);
    if (room?.request === undefined) return;
    const { request: _, ...rest } = room;
    rooms.set(name, rest);
    changed();
  }

  return {
    on: events.on,
    load,

    /** Whether the server has told them once. @returns {boolean} */
    get isKnown() {
      return isKnown;
    },

    /** Favourites first, then those where something was said last. @returns {ListedRoom[]} */
    get all() {
      return [...rooms.values()].sort((a, b) =>
        Number(b.favourite) - Number(a.favourite) || b.activeAt - a.activeAt || (a.room.name < b.room.name ? -1 : 1)
      );
    },

    /** @param {string} name */
    find: (name) => rooms.get(name),

    /** How much waits in all of them: mentions, and messages in rooms that may tell of all. @returns {{unread: number, mentions: number}} */
    get waiting() {
      let [unread, mentions] = [0, 0];
      for (const room of rooms.values()) {
        mentions += room.mentions;
        if (room.notify === "all") unread += room.unread;
      }
      return { unread, mentions };
    },

    /** @param {Activity} activity */
    takeActivity({ room: name, head, at, marker, unread, more, mentions }) {
      const room = rooms.get(name);
      // A direct room that somebody has just written in, or one that was joined in another tab.
      if (room === undefined) return void load();
      const { more: _, ...rest } = room;
      const next = {
        ...rest,
        head,
        unread,
        mentions,
        activeAt: Math.max(room.activeAt, at ?? 0),
        ...(marker !== undefined && { marker }),
        ...(more && { more }),
      };
      rooms.set(name, lookedAt(next));
      changed();
    },

    /** @param {PersonEvent} event */
    takePerson(event) {
      if (event.type === "read") read(event.room, event.cursor);
      else if (event.type === "membership") load();
    },

    /** @param {RoomInfo} info how a room is now */
    takeInfo(info) {
      update(info.name, { room: info });
    },

    /**
     * What a joined room's log says of it.
     * @param {Pick<RoomEvents, "room" | "events">} news
     * @param {string} me my id
     */
    takeEvents({ room: name, events }, me) {
      for (const event of events) {
        if (event.type === "room") update(name, { room: event.room });
        else if (event.type === "message" && event.user.id === me) answered(name);
      }
    },

    /**
     * What I have chosen, which the server has taken.
     * @param {string} name
     * @param {{notify?: MyRoom["notify"], favourite?: boolean}} choice
     */
    takeChoice(name, choice) {
      update(name, choice);
    },

    /**
     * This is in sight, and with it all before it: it waits no more, here and at once.
     * @param {string} name
     * @param {string} cursor
     */
    see(name, cursor) {
      if ((seen.get(name) ?? "") >= cursor) return;
      seen.set(name, cursor);
      const room = rooms.get(name);
      if (room === undefined || room.unread + room.mentions === 0 || cursor < room.head) return;
      rooms.set(name, allRead(room));
      changed();
    },

    /**
     * I have read up to here: at once for me, then for the server and my other devices.
     * @param {string} name
     * @param {string} cursor
     */
    markRead(name, cursor) {
      const room = rooms.get(name);
      if (room?.marker !== undefined && room.marker >= cursor) return;
      read(name, cursor);
      // Lost or refused: the next message that is read says more than this one did.
      markRead(name, cursor).catch(() => {});
    },

    /** I am in no rooms: somebody else now, or nobody. */
    clear() {
      turn += 1;
      rooms = new Map();
      seen.clear();
      isKnown = false;
      changed();
    },
  };
}

/** @param {ListedRoom} room @returns {ListedRoom} */
function allRead({ more: _, ...room }) {
  return { ...room, unread: 0, mentions: 0 };
}

/**
 * @param {MyRoom} room
 * @param {ListedRoom | undefined} before
 * @returns {ListedRoom}
 */
function listed(room, before) {
  return { ...room, activeAt: Math.max(room.lastMessage?.at ?? room.joinedAt, before?.activeAt ?? 0) };
}
