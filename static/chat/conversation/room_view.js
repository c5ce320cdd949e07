/**
 * One room on the screen: its messages, its history, who is typing, and what is below the fold.
 * @module
 */

import { find } from "../../ui/dom.js";
import { fetchPage } from "./history.js";
import { createMessageList } from "./message_list.js";
import { buildRows } from "./rows.js";
import { createTimeline } from "./timeline.js";
import { createTypingLine } from "./typing_line.js";

/** @import { User } from "../../client/events.js" */
/** @import { I18n } from "../../ui/i18n.js" */
/** @import { MessageActions } from "./message_view.js" */
/** @import { MessageStatus } from "../../client/outbox.js" */
/** @import { RoomEvents } from "../../client/rooms.js" */

/**
 * Takes over the part of index.html that shows a room.
 * @param {I18n} i18n
 * @param {MessageActions} actions
 * @param {() => string | undefined} findToken who asks for history
 */
export function createRoomView(i18n, actions, findToken) {
  const jump = find("jump", HTMLButtonElement);
  const history = find("history", HTMLElement);
  const historyAgain = find("history-again", HTMLButtonElement);
  const scroller = find("messages", HTMLElement);
  const typing = createTypingLine(find("typing", HTMLElement), i18n);
  const list = createMessageList({
    scroller,
    list: find("message-list", HTMLOListElement),
    i18n,
    actions,
    onScroll: () => refresh(),
  });
  let room = "";
  let joined = false;
  let timeline = createTimeline();
  let unread = 0;
  /** @type {User} */
  let me = { id: "", name: "" };
  /** @type {"idle" | "loading" | "failed"} */
  let loading = "idle";
  let abort = new AbortController();
  let isDue = false;

  function refresh() {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      render();
    });
  }

  function render() {
    const atEnd = list.atEnd && !timeline.hasAfter;
    if (atEnd) {
      unread = 0;
      timeline.trim();
    }
    list.render(buildRows(timeline, me), atEnd);
    showJump();
    showHistory();
    loadMore();
  }

  function showJump() {
    jump.hidden = list.atEnd && !timeline.hasAfter;
    jump.dataset.unread = String(unread);
    jump.lastElementChild?.replaceChildren(unread > 0 ? i18n.count("unread", unread) : i18n.t("jump"));
  }

  function showHistory() {
    const isEmpty = timeline.messages.length === 0 && timeline.outgoing.length === 0;
    const atStart = joined && !timeline.hasBefore;
    history.textContent = loading === "failed"
      ? i18n.t("historyFailed")
      : loading === "loading" && timeline.hasBefore
      ? i18n.t("loadingOlder")
      : atStart
      ? i18n.t(isEmpty ? "noMessages" : "start")
      : "";
    historyAgain.hidden = loading !== "failed";
  }

  function loadMore() {
    if (loading !== "idle") return;
    if (timeline.hasBefore && list.nearStart) {
      load({ before: timeline.messages[0]?.cursor }, (page) => timeline.prepend(page.items, page.hasBefore));
    } else if (timeline.hasAfter && list.nearEnd) {
      load({ after: timeline.messages.at(-1)?.cursor }, (page) => timeline.extend(page.items, page.hasAfter));
    }
  }

  /**
   * @param {{before?: string | undefined, after?: string | undefined}} place
   * @param {(page: import("./history.js").Page) => void} take
   */
  async function load(place, take) {
    loading = "loading";
    const { signal } = abort;
    try {
      const page = await fetchPage(room, place, findToken(), signal);
      if (signal.aborted) return;
      loading = "idle";
      take(page);
    } catch {
      if (signal.aborted) return;
      loading = "failed";
    }
    refresh();
  }

  /** What is on its way belongs to what was shown before. */
  function forgetLoading() {
    abort.abort();
    abort = new AbortController();
    loading = "idle";
  }

  function toLatest() {
    unread = 0;
    if (timeline.hasAfter) {
      forgetLoading();
      load({}, (page) => {
        timeline.replace(page.items, page.hasBefore);
        list.toEnd();
      });
    } else {
      list.toEnd();
      refresh();
    }
  }

  jump.addEventListener("click", () => {
    toLatest();
    scroller.focus({ preventScroll: true });
  });
  historyAgain.addEventListener("click", () => {
    loading = "idle";
    refresh();
  });

  return {
    /**
     * Shows another room, empty until its first page comes.
     * @param {string} name
     */
    show(name) {
      forgetLoading();
      room = name;
      scroller.ariaLabel = i18n.t("messages", { room });
      joined = false;
      timeline = createTimeline();
      unread = 0;
      typing.clear();
      list.clear();
      list.toEnd();
      refresh();
    },

    /**
     * Takes events of the room.
     * @param {RoomEvents} events
     * @returns {import("../../client/events.js").Message[]} other people's messages that are news
     */
    take({ events, replace }) {
      const messages = events.filter((event) => event.type === "message");
      for (const event of events) {
        if (event.type === "message" || (event.type === "typing" && !event.on)) typing.stop(event.user.id);
        else if (event.type === "typing" && event.user.id !== me.id) typing.start(event.user);
      }
      refresh();
      if (replace) {
        forgetLoading();
        joined = true;
        unread = 0;
        timeline.restart(messages);
        list.toEnd();
        return [];
      }
      const atEnd = list.atEnd && !timeline.hasAfter;
      timeline.append(events, atEnd);
      // Nothing is painted in a hidden tab, and what waits for it must not grow meanwhile.
      if (atEnd) timeline.trim();
      const news = messages.filter(({ user, deleted }) => user.id !== me.id && !deleted);
      if (!atEnd) unread += news.length;
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

    /** @param {string} key */
    discard(key) {
      timeline.discard(key);
      refresh();
    },

    /** @param {User} user who sees the room */
    setMe(user) {
      me = user;
      refresh();
    },

    toLatest,

    /** Says everything again in another language. */
    translate() {
      const { scrollTop } = scroller;
      list.clear();
      typing.show();
      scroller.ariaLabel = i18n.t("messages", { room });
      render();
      scroller.scrollTop = scrollTop;
    },
  };
}
