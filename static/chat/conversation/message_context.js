/**
 * What messages are shown with, and what can be done to them: the same for a room and for a thread. It knows no list of messages.
 * @module
 */

import { createKnownNames, readUsers } from "./known_names.js";
import { createRowView } from "./message_view.js";
import { createMyReactions } from "./my_reactions.js";
import { createPendingChanges } from "./pending_changes.js";
import { createQuotes } from "./quotes.js";

/** @import { Message, RoomEvent, User } from "../../client/events.js" */
/** @import { Quoted } from "../composer/drafts.js" */
/** @import { Page } from "../page.js" */
/** @import { RowContext } from "./message_view.js" */
/** @import { RoomActions } from "./room_view.js" */
/** @import { Row } from "./rows.js" */

/** @typedef {ReturnType<typeof createMessageContext>} MessageContext */

/**
 * Makes it, of no room.
 * @param {Page} page
 * @param {object} parts
 * @param {(cursor: string) => Message | undefined} parts.find one of the messages that are shown
 * @param {() => void} parts.onChange what is shown has to be laid out anew
 * @param {(cursor: string) => void} parts.goTo
 * @param {RoomActions} parts.actions
 */
export function createMessageContext(page, { find, onChange, goTo, actions }) {
  const { i18n, removals } = page;
  const names = createKnownNames();
  const myReactions = createMyReactions();
  let pending = createPendingChanges();
  let room = "";
  let quotes = makeQuotes();
  /** @type {User} */
  let me = { id: "", name: "" };

  function makeQuotes() {
    const there = room;
    return createQuotes({ find, ask: (cursor) => page.client.message(there, cursor), onChange });
  }

  /** What is not needed to see messages. */
  async function operations() {
    const { createMessageOperations } = await import("./message_operations.js");
    return createMessageOperations({ client: page.client, i18n, toasts: page.toasts, pending, onChange });
  }

  /**
   * The same; where the network keeps them away, that is told, and nothing comes.
   * @param {"notReacted" | "notEdited"} word
   * @param {() => void} [again]
   */
  async function loaded(word, again) {
    try {
      return await operations();
    } catch {
      page.toasts.show(i18n.t(word), again && { word: i18n.t("editAgain"), run: again });
      return undefined;
    }
  }

  /**
   * @param {string} cursor
   * @param {string} emoji
   */
  async function whoReacted(cursor, emoji) {
    const { items } = await page.client.ask("list_reactions", { room, cursor, emoji });
    const people = readUsers(items);
    names.learn(people);
    return people.map(({ name }) => name);
  }

  /** @type {RowContext} */
  const rowContext = {
    i18n,
    names,
    me: () => me.id,
    quoted: (cursor) => quotes.get(cursor),
    isMine: myReactions.has,
    canUndo: removals.canUndo,
    actions: {
      retry: actions.retry,
      discard: actions.discard,
      react: async (cursor, emoji, on) => (await loaded("notReacted"))?.react(room, cursor, emoji, on),
      whoReacted,
      openThread: (cursor) => page.openSide("thread", cursor),
      goTo,
      undo: removals.undo,
    },
  };

  /** @param {readonly Message[]} messages */
  function learn(messages) {
    names.take(messages);
    if (messages.some(({ mentions = [] }) => names.misses(mentions))) names.askMembers(room, page.client.ask, onChange);
  }

  return {
    operations,

    /**
     * Gives an own message another text, whether or not it is still among those that are shown.
     * @param {Quoted} message
     * @param {string} text
     */
    async edit(message, text) {
      const here = room;
      const again = () => actions.edit(message, text);
      (await loaded("notEdited", again))?.edit(here, message, text, again);
    },

    /**
     * Whether a message is still there to be edited; that it is gone is told.
     * @param {Quoted} message
     */
    async canEdit({ cursor }) {
      const here = room;
      // What the network keeps away says nothing of the message.
      const isGone = await operations().then(({ isGone }) => isGone(here, cursor), () => false);
      if (isGone && here === room) page.toasts.show(i18n.t("messageGone"));
      return !isGone;
    },

    /** @param {Row} row */
    createView: (row) => createRowView(row, rowContext),

    /** @param {string} name of another room */
    open(name) {
      room = name;
      pending = createPendingChanges();
      quotes = makeQuotes();
    },

    /** @param {User} user who looks */
    setMe(user) {
      me = user;
      names.learn([user]);
      myReactions.setMe(user.id);
    },

    /**
     * What messages will have become by what I have just done.
     * @param {readonly Message[]} messages
     */
    apply: (messages) => removals.apply(pending.apply(messages, me, myReactions.has)),

    /**
     * Takes a page of history.
     * @param {readonly Message[]} messages
     * @param {Readonly<Record<string, readonly string[]>>} [mine] cursor → emoji that I gave, where the messages do not say it
     */
    note(messages, mine = {}) {
      myReactions.note(mine);
      learn(messages);
    },

    /**
     * Takes the page of a join, which does not say which emoji are mine where others are named before me.
     * @param {readonly Message[]} messages
     */
    async noteJoined(messages) {
      learn(messages);
      const isTold = messages.every(({ reactions = [] }) =>
        reactions.every(({ count, users }) => count <= users.length)
      );
      if (isTold) return;
      try {
        const { mine } = await page.client.history(room);
        myReactions.note(mine);
        onChange();
      } catch {
        // The next join brings a new page.
      }
    },

    /** @param {readonly RoomEvent[]} events what happens in the room */
    take(events) {
      names.take(events);
      learn(events.filter((event) => event.type === "message"));
      myReactions.take(events);
      pending.take(events, me.id);
      quotes.take(events);
    },
  };
}
