/**
 * A thread beside the room: the message that it began with, its replies, and a box of its own. Loaded when the first one is opened.
 * @module
 */

import { changeMessages } from "../../client/fold.js";
import { loadStyle, make, makeButton } from "../../ui/dom.js";
import { makeComposer } from "../composer/another_form.js";
import { createComposer } from "../composer/composer.js";
import { codeOf } from "../dialogs/problem.js";
import { createMessageActions } from "./message_actions.js";
import { createMessageContext } from "./message_context.js";
import { createMessageList } from "./message_list.js";
import { createPainting } from "./painting.js";
import { buildRows } from "./rows.js";
import { createThreadPages } from "./thread_pages.js";
import { createTimeline } from "./timeline.js";

/** @import { Message, RoomEvent } from "../../client/events.js" */
/** @import { MessageStatus } from "../../client/outbox.js" */
/** @import { Page } from "../page.js" */
/** @import { Panel } from "../side/side.js" */
/** @import { RoomActions } from "./room_view.js" */

/**
 * Makes the panel.
 * @param {Page} page
 * @param {string} [of] the cursor of the thread's first message
 * @returns {Panel}
 */
export function createPanel(page, of = "") {
  const thread = createThread(page, of);
  return { title: page.i18n.t("thread"), element: thread.element, focus: thread.box, closed: thread.close };
}

/**
 * Makes a thread of the room that is open.
 * @param {Page} page
 * @param {string} root the cursor of its first message
 */
function createThread(page, root) {
  const { i18n, room, client, sending } = page;
  const element = make("div", "thread");
  const scroller = make("div", "messages thread-messages");
  const items = make("ol", "message-list");
  const status = make("p", "history");
  const elements = makeComposer();
  // A thread is read from its beginning: nothing of it may be let go for what comes later.
  const timeline = createTimeline({ atEnd: Infinity, reading: Infinity });
  /** The first message, in a list so that it is changed as others are. @type {readonly Message[]} */
  let first = [];
  /** Replies that came while older ones were still to be read. @type {RoomEvent[]} */
  const early = [];
  /** Where the reader is once it is known: at the end of a short thread, at the beginning of a long one. */
  let isPlaced = false;
  /** What a thread hangs on was deleted, or the link was cut. */
  let isGone = false;

  /** @type {RoomActions} */
  const actions = {
    retry: sending.retry,
    discard(key) {
      sending.drop(key);
      composer.focus();
    },
    reply: () => composer.focus(),
    edit: (message, text) => composer.edit(message, text),
  };
  const { schedule, refresh } = createPainting(render);
  const context = createMessageContext(page, {
    find,
    onChange: refresh,
    goTo: (cursor) => page.go({ kind: "room", room, message: cursor }),
    actions,
  });
  const list = createMessageList({ scroller, list: items, createView: context.createView, onScroll: schedule });
  const pages = createThreadPages({ ask: (page) => client.thread(room, root, page), take, onChange: refresh });
  const composer = createComposer({
    i18n,
    storage: page.storage,
    drafts: page.drafts,
    elements,
    onSend(text) {
      list.toEnd();
      sending.send(room, text, { thread: root });
    },
    onTyping: () => client.typing(room),
    onEdit: context.edit,
    canEdit: context.canEdit,
    onMissing: page.tellMissing,
    findPeople: () => page.presence.people,
  });

  function showBar() {
    composer.setBar(page.standing.bar, page.standing.until);
  }

  /** @param {string} cursor */
  function find(cursor) {
    return first.find((message) => message.cursor === cursor) ?? timeline.find(cursor);
  }

  /** @param {boolean} isStale */
  function render(isStale) {
    if (isStale) {
      const messages = context.apply([...first, ...timeline.messages]).map(inside);
      const outgoing = timeline.outgoing.map((each) => inside(each));
      list.render(buildRows({ messages, outgoing }, page.me), !timeline.hasAfter && isPlaced);
    } else list.slide();
    if (!isPlaced && pages.state === "idle" && first.length > 0) {
      isPlaced = true;
      if (pages.isWhole) list.toEnd();
    }
    showStatus();
    if (!pages.isWhole && list.nearEnd && pages.state === "idle") pages.load(timeline.messages.at(-1)?.cursor);
  }

  function showStatus() {
    const isEmpty = first.length > 0 && pages.isWhole && timeline.messages.length + timeline.outgoing.length === 0;
    status.replaceChildren(
      ...isGone
        ? [i18n.t("threadGone")]
        : pages.state === "failed"
        ? [i18n.t("historyFailed"), " ", makeButton(i18n.t("tryAgain"), "link", begin)]
        : [pages.state === "loading" ? i18n.t("loading") : isEmpty ? i18n.t("threadBegins") : ""],
    );
  }

  async function begin() {
    pages.load(timeline.messages.at(-1)?.cursor);
    try {
      const message = first[0] ?? await client.message(room, root);
      first = message === undefined ? [] : [message];
      context.note(first);
    } catch (error) {
      isGone = ["not_found", "bad_cursor"].includes(codeOf(error));
    }
    refresh();
  }

  /**
   * @param {readonly Message[]} replies
   * @param {boolean} after whether there are more
   */
  function take(replies, after) {
    context.note(replies);
    timeline.extend(replies, after);
    if (!after) timeline.append(early.splice(0), true);
  }

  /** @param {RoomEvent[]} events */
  function hear(events) {
    first = events.reduce(changeMessages, first);
    context.take(events);
    // Before the replies in between have been read a new one would stand after a gap.
    if (!pages.isWhole) early.push(...events.filter((event) => event.type === "message" && event.thread === root));
    const isOurs = (/** @type {RoomEvent} */ event) =>
      event.type !== "message" || (event.thread === root && pages.isWhole);
    timeline.append(events.filter(isOurs), true);
    refresh();
  }

  /** @param {MessageStatus} status what has become of a message of mine */
  function report(status) {
    if (status.room !== room || status.thread !== root) return;
    timeline.report(status, page.me, Date.now());
    refresh();
  }

  const endings = [
    client.on("events", (news) => {
      if (news.room !== room) return;
      // What is between is not known: it is read from where we were.
      if (news.replace) begin();
      else hear(news.events);
    }),
    client.on("message", report),
    page.removals.on("change", refresh),
    sending.on("dropped", (key) => {
      timeline.discard(key);
      refresh();
    }),
    page.standing.on("change", showBar),
    composer.close,
  ];

  scroller.role = "log";
  scroller.ariaLive = "off";
  scroller.ariaLabel = i18n.t("thread");
  scroller.tabIndex = 0;
  scroller.append(items, status);
  element.append(scroller, elements.form);
  loadStyle(import.meta.resolve("./thread.css"));
  context.open(room);
  context.setMe(page.me);
  composer.show(room, root);
  showBar();
  sending.left(room).forEach(report);
  createMessageActions({
    page,
    scroller,
    list,
    context,
    find,
    actions,
    toLatest: list.toEnd,
    leave: composer.focus,
    isThread: true,
  });
  begin();

  return {
    element,
    box: elements.box,
    close() {
      for (const end of endings) end();
    },
  };
}

/**
 * A message as it stands in its thread, where nobody has to be told that it is one of it.
 * @template {{thread?: string, replies?: unknown}} T
 * @param {T} message
 * @returns {Omit<T, "thread" | "replies">}
 */
function inside({ thread: _thread, replies: _replies, ...message }) {
  return message;
}
