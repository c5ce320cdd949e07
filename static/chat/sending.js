/**
 * Sends messages and keeps them until they are sent or dropped, whatever becomes of the page meanwhile. No DOM.
 * @module
 */

import { randomKey } from "../client.js";
import { createEmitter } from "../client/emitter.js";
import { createUnsent, sentAgain } from "./unsent.js";

/** @import { Client } from "../client.js" */
/** @import { RoomEvent, User } from "../client/events.js" */
/** @import { MessageStatus } from "../client/outbox.js" */
/** @import { Storage } from "../ui/storage.js" */
/** @import { Unsent } from "./unsent.js" */

/** @typedef {ReturnType<typeof createSending>} Sending */

/**
 * Makes it, with what earlier pages and closed tabs have left.
 * @param {object} parts
 * @param {Storage} parts.storage the same for all tabs
 * @param {() => Pick<Client, "send" | "join" | "leave"> | undefined} parts.findClient
 * @param {() => User} parts.me
 * @param {(status: MessageStatus) => void} parts.onStatus what has become of a message that is not tried any more
 */
export function createSending({ storage, findClient, me, onStatus }) {
  const unsent = createUnsent(storage);
  /** @type {import("../client/emitter.js").Emitter<{dropped: string}>} */
  const events = createEmitter();
  /** What this page's client has been given: it tries these by itself. @type {Set<string>} */
  const given = new Set();
  /** What the page shows as refused. @type {Set<string>} */
  const refused = new Set();

  /** @param {Omit<Unsent, "at">} message */
  function give({ room, key, text, reply, thread, by }) {
    given.add(key);
    findClient()?.send(room, text, { key, ...about(reply, thread), ...(by !== undefined && { triedAs: by }) });
  }

  /** @param {string} room that was joined */
  function giveAll(room) {
    for (const message of unsent.all) {
      if (message.room !== room) continue;
      if (message.refused !== undefined) onStatus(show(message));
      else if (!given.has(message.key)) give(message);
    }
  }

  /**
   * @param {Unsent} message
   * @returns {MessageStatus}
   */
  function show({ at: _at, by: _by, refused: code, ...draft }) {
    if (code === undefined) return { ...draft, status: "pending" };
    refused.add(draft.key);
    return { ...draft, status: "failed", error: { code, message: "" } };
  }

  return {
    /** `dropped`: the key of a message that will not be sent. */
    on: events.on,

    /**
     * Sends a message, now or when it can be sent.
     * @param {string} room that is joined
     * @param {string} text
     * @param {{reply?: string | undefined, thread?: string | undefined}} [to]
     */
    send(room, text, { reply, thread } = {}) {
      const { id } = me();
      const key = randomKey();
      // Kept before anything else: what was sent is not lost by a reload in the next moment.
      unsent.keep({
        room,
        key,
        text,
        at: Date.now(),
        ...about(reply, thread),
        ...(id !== "" && { by: id }),
      });
      give({ room, key, text, ...about(reply, thread) });
    },

    /** @param {string} key of one that was refused */
    retry(key) {
      const message = unsent.find(key);
      if (message === undefined) return;
      const { by: _, ...draft } = sentAgain(message);
      if (me().id !== "") unsent.claim(me().id, key);
      give(draft);
    },

    /** @param {string} key of one that was refused */
    drop(key) {
      unsent.forget(key);
      events.emit("dropped", key);
    },

    /**
     * Another tab has taken something out of the storage: what it has dropped is dropped here too.
     * @param {string} name as the storage has it
     */
    notice(name) {
      const key = name.split(".unsent.")[1] ?? "";
      if (refused.delete(key)) events.emit("dropped", key);
    },

    /**
     * What is on its way here, and what was refused: for what is opened after that was told.
     * @param {string} room
     * @returns {MessageStatus[]} in the order in which they were written
     */
    left: (room) =>
      unsent.all.filter((each) => each.room === room && (each.refused !== undefined || given.has(each.key))).map(show),

    /** How many are still to be sent. @returns {number} */
    get waiting() {
      return unsent.all.filter(({ refused }) => refused === undefined).length;
    },

    /** There is another client: what was given to the former one it does not try. */
    begin: () => given.clear(),

    /** A room is open: what was left in it goes out, or says why it did not. @param {string} room */
    enter: giveAll,

    /**
     * There is a connection: what closed tabs have left in other rooms goes out too; leaving waits for it.
     * @param {string} open the room that is open
     */
    resume(open) {
      unsent.claim(me().id);
      const left = unsent.all.filter(({ key, refused }) => refused === undefined && !given.has(key));
      for (const room of new Set(left.map((message) => message.room))) {
        if (room !== open) findClient()?.join(room);
        giveAll(room);
        if (room !== open) findClient()?.leave(room);
      }
    },

    /** @param {MessageStatus} status */
    take(status) {
      if (status.status === "sent") {
        given.delete(status.key);
        unsent.forget(status.key);
      }
      if (status.status !== "failed") refused.delete(status.key);
      else {
        refused.add(status.key);
        unsent.refuse(status.key, status.error.code);
      }
    },

    /** @param {readonly RoomEvent[]} events */
    hear(events) {
      for (const event of events) {
        if (event.type !== "message" || event.key === undefined || event.user.id !== me().id) continue;
        given.delete(event.key);
        unsent.forget(event.key);
      }
    },
  };
}

/**
 * @param {string | undefined} reply
 * @param {string | undefined} thread
 */
function about(reply, thread) {
  return { ...(reply !== undefined && { reply }), ...(thread !== undefined && { thread }) };
}
