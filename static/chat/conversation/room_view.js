/**
 * One room on the screen: its messages, its history, who is typing, what is new, and what is below the fold.
 * @module
 */

import { find } from "../../ui/dom.js";
import { createArrival } from "./arrival.js";
import { createMessageContext } from "./message_context.js";
import { createMessageList } from "./message_list.js";
import { createPages } from "./pages.js";
import { createPainting } from "./painting.js";
import { createReading } from "./reading.js";
import { buildRows } from "./rows.js";
import { createTimeline } from "./timeline.js";
import { createTypingLine } from "./typing_line.js";

/** @import { Message, RoomEvent, User } from "../../client/events.js" */
/** @import { MessageStatus } from "../../client/outbox.js" */
/** @import { RoomEvents } from "../../client/rooms.js" */
/** @import { Quoted } from "../composer/drafts.js" */
/** @import { Page } from "../page.js" */

/**
 * What the room's messages ask of the rest of the page.
 * @typedef {object} RoomActions
 * @property {(key: string) => void} retry
 * @property {(key: string) => void} discard
 * @property {(message: Message) => void} reply
 * @property {(message: Quoted, text?: string) => void} edit with another text than it has, where one was refused
 */
/** @typedef {ReturnType<typeof createRoomView>} RoomView */

/** How long a message is marked that one has gone to. */
const MARKED_MS = 2_500;
/** So long after the messages are there what can be done with them is loaded; a phone would miss the first long press. */
const IDLE_MS = 1_000;

/**
 * Takes over the part of index.html that shows a room.
 * @param {Page} page
 * @param {RoomActions} actions
 */
export function createRoomView(page, actions) {
  const { i18n } = page;
  const jump = find("jump", HTMLButtonElement);
  const history = find("history", HTMLElement);
  const historyAgain = find("history-again", HTMLButtonElement);
  const scroller = find("messages", HTMLElement);
  const element = find("message-list", HTMLOListElement);
  const typing = createTypingLine(find("typing", HTMLElement), i18n);
  const { schedule, refresh } = createPainting(render);
  const pages = createPages({ findToken: () => page.client.token, onChange: refresh, onFail: tellFailure });
  const context = createMessageContext(page, {
    find: (cursor) => timeline.find(cursor),
    onChange: refresh,
    goTo: (cursor) => goTo(cursor, true),
    actions,
  });
  let room = "";
  let joined = false;
  let timeline = createTimeline();
  let arrival = createArrival("");
  let reading = createReading(() => {});
  /** New ones that are not loaded. */
  let beyond = 0;
  /** The message that one comes for. @type {string | undefined} */
  let wanted;
  /** @type {User} */
  let me = { id: "", name: "" };
  /** @type {Promise<void> | undefined} */
  let actionsLoaded;

  const list = createMessageList({ scroller, list: element, createView: context.createView, onScroll: schedule });

  /** @param {boolean} isStale */
  function render(isStale) {
    if (isStale) {
      // Who is at the end does not need what is far above it.
      if (list.atEnd && !timeline.hasAfter) timeline.trim();
      list.render(layOut(), !timeline.hasAfter);
    } else list.slide();
    settle();
    lookAt();
    showJump();
    showHistory();
    loadMore();
  }

  /** The timeline with what I have just done to it, as rows. */
  function layOut() {
    const messages = context.apply(timeline.messages);
    return buildRows({ messages, outgoing: timeline.outgoing }, me, arrival.firstNew);
  }

  /** Where one comes in, as soon as that is known. */
  function settle() {
    if (!joined || arrival.isSettled) return;
    const mine = page.rooms.find(room);
    const known = mine !== undefined ? { marker: mine.marker, unread: mine.unread } : { marker: undefined, unread: 0 };
    const going = arrival.settle(timeline, mine !== undefined || page.rooms.isKnown ? known : "unknown");
    if (going.kind === "line") return toLine();
    if (going.kind !== "around") return;
    beyond = known.unread;
    pages.reset();
    pages.load({ around: going.cursor }, (read) => {
      context.note(read.items, read.mine);
      timeline.open(read.items, read.hasBefore, read.hasAfter);
      if (arrival.locate(timeline, going.cursor)) toLine();
    });
  }

  function toLine() {
    list.render(layOut(), !timeline.hasAfter);
    list.toRow("new");
  }

  const isLooking = () => document.visibilityState === "visible" && document.hasFocus();

  const isReading = () => joined && arrival.isSettled && pages.state !== "loading" && !pages.isAway && isLooking();
  const isAtEnd = () => list.atEnd && !timeline.hasAfter;

  /** What is in sight of somebody who looks has been read. */
  function lookAt() {
    if (!isReading()) return;
    if (isAtEnd()) beyond = 0;
    const seen = isAtEnd() && timeline.newest !== "" ? timeline.newest : list.lastSeen;
    if (seen === undefined) return;
    reading.see(seen);
    page.rooms.see(room, seen);
  }

  function showJump() {
    const isAtEnd = list.atEnd && !timeline.hasAfter;
    const unread = isAtEnd ? 0 : timeline.hasAfter ? beyond : timeline.messages.filter(isUnread).length;
    jump.hidden = isAtEnd;
    jump.dataset.unread = String(unread);
    jump.lastElementChild?.replaceChildren(unread > 0 ? i18n.count("unread", unread) : i18n.t("jump"));
  }

  /** @param {Message} message */
  function isUnread({ cursor, user, deleted }) {
    return cursor > reading.upTo && user.id !== me.id && !deleted;
  }

  function showHistory() {
    const isEmpty = timeline.messages.length === 0 && timeline.outgoing.length === 0;
    history.textContent = pages.state === "failed"
      ? i18n.t("historyFailed")
      : pages.state === "loading" && timeline.hasBefore
      ? i18n.t("loadingOlder")
      : joined && !timeline.hasBefore && list.hasFirst
      ? i18n.t(isEmpty ? "noMessages" : "start")
      : "";
    historyAgain.hidden = pages.state !== "failed";
  }

  /** What comes before is missed where it would stand; elsewhere nobody would see it. @param {import("./history.js").Place} place */
  function tellFailure({ before }) {
    if (before === undefined) page.tellMissing(pages.again);
  }

  function loadMore() {
    if (pages.state !== "idle" || !joined) return;
    if (timeline.hasBefore && list.nearStart) {
      pages.load({ before: timeline.messages[0]?.cursor }, (read) => {
        context.note(read.items, read.mine);
        timeline.prepend(read.items, read.hasBefore);
      });
    } else if (timeline.hasAfter && list.nearEnd) {
      pages.load({ after: timeline.messages.at(-1)?.cursor }, (read) => {
        context.note(read.items, read.mine);
        timeline.extend(read.items, read.hasAfter);
      });
    }
  }

  /** @param {RoomEvent[]} events what happened in the room */
  function append(events) {
    context.take(events);
    timeline.append(events, list.atEnd && !timeline.hasAfter);
    refresh();
  }

  function toLatest() {
    beyond = 0;
    if (!timeline.hasAfter) {
      list.toEnd();
      return schedule();
    }
    pages.reset();
    pages.load({}, (read) => {
      context.note(read.items, read.mine);
      timeline.replace(read.items, read.hasBefore);
      list.render(layOut(), true);
      list.toEnd();
    });
  }

  /**
   * @param {string} cursor
   * @param {boolean} [focuses] the focus goes there too
   */
  function goTo(cursor, focuses = false) {
    arrival.skip();
    if (showMessage(cursor, focuses)) return;
    pages.reset();
    pages.load({ around: cursor }, (read) => {
      if (!read.items.some((message) => message.cursor === cursor)) {
        page.toasts.show(i18n.t("messageGone"));
        return;
      }
      context.note(read.items, read.mine);
      timeline.open(read.items, read.hasBefore, read.hasAfter);
      list.render(layOut(), !timeline.hasAfter);
      showMessage(cursor, focuses);
    });
  }

  /**
   * @param {string} cursor
   * @param {boolean} focuses
   */
  function showMessage(cursor, focuses) {
    const message = timeline.find(cursor);
    const row = message && list.toRow(message.key ?? message.cursor);
    if (row === undefined) return false;
    if (message?.deleted) page.toasts.show(i18n.t("messageGone"));
    row.dataset.marked = "true";
    setTimeout(() => delete row.dataset.marked, MARKED_MS);
    if (focuses) row.focus({ preventScroll: true });
    schedule();
    return true;
  }

  /** What one can do with messages comes when somebody comes near them, or when there is nothing else to do. */
  const loadActions = () => {
    // Before they are needed: without a network they could not be had, and what they do waits for it.
    if (actionsLoaded === undefined) context.operations().catch(() => {});
    actionsLoaded ??= import("./message_actions.js").then(({ createMessageActions }) =>
      createMessageActions({
        page,
        scroller,
        list,
        context,
        find: (cursor) => timeline.find(cursor),
        actions,
        toLatest,
        leave: page.focusComposer,
      })
    ).catch(() => {
      actionsLoaded = undefined;
    });
  };
  for (const type of ["pointerover", "focusin"]) scroller.addEventListener(type, loadActions);

  jump.addEventListener("click", () => {
    toLatest();
    scroller.focus({ preventScroll: true });
  });
  historyAgain.addEventListener("click", pages.again);
  addEventListener("online", pages.again);
  for (const type of ["focus", "visibilitychange"]) addEventListener(type, schedule, true);
  page.removals.on("change", refresh);
  page.sending.on("dropped", (key) => {
    timeline.discard(key);
    refresh();
  });
  page.rooms.on("change", () => {
    if (joined && !arrival.isSettled) schedule();
  });

  return {
    /**
     * Shows another room, empty until its first page comes.
     * @param {string} name
     * @param {{at?: string | undefined}} [place] `at`: the message that one comes for
     */
    show(name, { at } = {}) {
      reading.end();
      room = name;
      pages.reset(room);
      scroller.ariaLabel = i18n.t("messages", { room });
      joined = false;
      timeline = createTimeline();
      arrival = createArrival(me.id);
      context.open(room);
      reading = createReading((cursor) => page.rooms.markRead(name, cursor), page.rooms.find(room)?.marker);
      beyond = 0;
      typing.clear();
      list.clear();
      list.toEnd();
      refresh();
      wanted = at;
    },

    goTo,

    /** The room was joined, or joined again: what could not be read meanwhile is tried. */
    again: pages.again,

    /**
     * Takes events of the room.
     * @param {RoomEvents} events
     * @returns {Message[]} other people's messages that are news
     */
    take({ events, replace }) {
      const messages = events.filter((event) => event.type === "message");
      for (const event of events) {
        if (event.type === "message" || (event.type === "typing" && !event.on)) typing.stop(event.user.id);
        else if (event.type === "typing" && event.user.id !== me.id) typing.start(event.user);
      }
      if (replace) {
        pages.reset();
        joined = true;
        beyond = 0;
        timeline.restart(messages);
        list.toEnd();
        refresh();
        context.noteJoined(messages);
        setTimeout(loadActions, IDLE_MS);
        if (wanted !== undefined) goTo(wanted);
        wanted = undefined;
        return [];
      }
      const atEnd = list.atEnd && !timeline.hasAfter;
      const news = messages.filter(({ user, deleted }) => user.id !== me.id && !deleted);
      if (news[0] !== undefined && !isLooking() && !timeline.messages.some(isUnread)) arrival.mark(news[0].cursor);
      append(events);
      // Nothing is painted in a hidden tab, and what waits for it must not grow meanwhile.
      if (atEnd) timeline.trim();
      if (timeline.hasAfter) beyond += news.length;
      return news;
    },

    /**
     * Takes what became of an own message in this room.
     * @param {MessageStatus} status
     */
    report(status) {
      timeline.report(status, me, Date.now());
      refresh();
    },

    edit: context.edit,
    canEdit: context.canEdit,

    /** My last message, if it can be edited: none while one is on its way, or an earlier one would be taken for it. @returns {Message | undefined} */
    get lastOwn() {
      if (timeline.outgoing.some(({ error }) => error === undefined)) return undefined;
      return timeline.messages.findLast(({ user, deleted }) => user.id === me.id && !deleted);
    },

    /** @param {User} user who sees the room */
    setMe(user) {
      if (user.id !== me.id && !arrival.isSettled) arrival = createArrival(user.id);
      me = user;
      context.setMe(user);
      refresh();
    },

    toLatest,

    /** Whether what comes is seen as it comes. @returns {boolean} */
    get isFollowed() {
      return isReading() && isAtEnd();
    },

    /** Says everything again in another language. */
    translate() {
      typing.show();
      scroller.ariaLabel = i18n.t("messages", { room });
      list.renew();
      refresh();
    },
  };
}
