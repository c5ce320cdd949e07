/**
 * The elements of one row of the message list.
 * @module
 */

import { makeAvatar } from "../../ui/avatar.js";
import { make, makeButton } from "../../ui/dom.js";
import { showDelivery } from "./delivery_view.js";
import { isEmojiOnly } from "./emoji_only.js";
import { mentionsMe } from "./known_names.js";
import { renderMarkdown } from "./markdown_view.js";
import { createReactionsView } from "./reactions_view.js";

/** @import { I18n } from "../../ui/i18n.js" */
/** @import { KnownNames } from "./known_names.js" */
/** @import { MessageRow, Quoted, Row } from "./rows.js" */

/**
 * What can be done where a message stands.
 * @typedef {object} RowActions
 * @property {(key: string) => void} retry
 * @property {(key: string) => void} discard
 * @property {(cursor: string, emoji: string, on: boolean) => void} react
 * @property {(cursor: string, emoji: string) => Promise<string[]>} whoReacted names
 * @property {(cursor: string) => void} openThread
 * @property {(cursor: string) => void} goTo
 * @property {(cursor: string) => void} undo what was just deleted
 */
/**
 * What rows are shown with, beside what they are.
 * @typedef {object} RowContext
 * @property {I18n} i18n
 * @property {() => string} me my id
 * @property {KnownNames} names
 * @property {(cursor: string) => Quoted | undefined} quoted undefined: not known yet
 * @property {(cursor: string, reaction: {emoji: string, users: readonly string[]}) => boolean} isMine
 * @property {(cursor: string) => boolean} canUndo whether it is only about to be deleted
 * @property {RowActions} actions
 */
/** `update` takes later versions of the same row. @typedef {{element: HTMLLIElement, update: (row: Row) => void}} RowView */

/** Names the elements of messages for those who hear them. */
let serial = 0;

/**
 * Makes the element of a row.
 * @param {Row} row
 * @param {RowContext} context
 * @returns {RowView}
 */
export function createRowView(row, context) {
  if (row.kind === "message") return createMessage(row, context);
  const { i18n } = context;
  const element = make("li", row.kind);
  element.append(make("span", undefined, row.kind === "day" ? i18n.day(row.at) : i18n.t("newMessages")));
  return { element, update() {} };
}

/**
 * @param {MessageRow} row
 * @param {RowContext} context
 * @returns {RowView}
 */
function createMessage(row, context) {
  const { i18n, actions } = context;
  const name = `message-${++serial}`;
  const element = make("li");
  const author = make("bdi", "author", row.author);
  const time = make("time");
  const marks = make("span", "marks");
  const delivery = make("span", "delivery");
  const meta = make("div", "meta");
  const body = make("div", "body");
  const reactions = createReactionsView(context);
  let bubble = make("div");
  /** @type {HTMLElement | undefined} */
  let quote;
  /** @type {HTMLElement | undefined} */
  let replies;
  /** What is shown, part by part: only what has changed is made anew. @type {Record<string, readonly unknown[]>} */
  let shown = {};
  const line = make("div", "line");
  meta.append(marks, time, delivery);
  line.append(bubble, meta);
  body.append(author, line);
  element.append(makeAvatar(row.userId, row.author), body);
  element.tabIndex = -1;
  author.id = `${name}-author`;
  time.id = `${name}-time`;
  element.setAttribute("aria-labelledby", `${name}-author ${name}-text ${name}-time`);

  /** @param {MessageRow} next */
  function update(next) {
    const about = next.reply ?? next.thread;
    const quoted = about === undefined ? undefined : context.quoted(about);
    const undoable = next.cursor !== undefined && context.canUndo(next.cursor);
    const names = context.names.of(next.mentions);
    const parts = {
      place: [next.status, next.cursor, next.own, next.first, next.last, next.at, next.thread],
      text: [next.text, next.deleted, undoable, ...names],
      marks: [next.edited, next.pinned],
      quote: [next.reply, quoted?.author, quoted?.text, quoted?.gone, next.thread],
      replies: [next.replies?.count, next.replies?.at],
      reactions: [next.reactions, ...next.reactions.map((given) => next.cursor && context.isMine(next.cursor, given))],
    };
    const before = shown;
    shown = parts;
    /** @param {keyof typeof parts} part */
    const isOld = (part) => !isSame(before[part], parts[part]);
    if (isOld("place")) place(next);
    if (isOld("text")) {
      const fresh = undoable ? makeUndo(next, context) : makeBubble(next, names, context);
      fresh.id = `${name}-text`;
      bubble.replaceWith(fresh);
      bubble = fresh;
    }
    if (isOld("marks")) showMarks(marks, next, i18n);
    if (isOld("quote")) {
      quote?.remove();
      quote = next.thread !== undefined
        ? makeThreadLine(next.thread, quoted, context)
        : next.reply !== undefined
        ? makeQuote(next.reply, quoted, context)
        : undefined;
      if (quote !== undefined) line.before(quote);
    }
    if (isOld("replies")) {
      replies?.remove();
      replies = next.replies && makeReplies(next, context);
      if (replies !== undefined) body.append(replies);
    }
    if (isOld("reactions")) {
      reactions.show(next);
      if (next.reactions.length === 0) reactions.element.remove();
      else if (!reactions.element.isConnected) line.after(reactions.element);
    }
  }

  /** @param {MessageRow} next */
  function place(next) {
    element.className = [
      "message",
      next.own && "own",
      next.first && "first",
      next.last && "last",
      next.thread !== undefined && "in-thread",
      !next.own && mentionsMe(next.mentions, context.me()) && "for-me",
    ].filter(Boolean).join(" ");
    if (next.status !== element.dataset.status) showDelivery(delivery, next, i18n, actions);
    element.dataset.status = next.status;
    if (next.key !== undefined) element.dataset.key = next.key;
    if (next.cursor !== undefined) element.dataset.cursor = next.cursor;
    time.dateTime = new Date(next.at).toISOString();
    time.textContent = i18n.time(next.at);
    time.title = i18n.moment(next.at);
  }

  update(row);
  return {
    element,
    update(next) {
      if (next.kind === "message") update(next);
    },
  };
}

/**
 * @param {MessageRow} row
 * @param {readonly string[]} mentioned names
 * @param {RowContext} context
 */
function makeBubble({ text, deleted, mentions }, mentioned, { i18n, me, names }) {
  if (deleted) return make("div", "text deleted", i18n.t("deleted"));
  const bubble = make("div", isEmojiOnly(text) ? "text emoji" : "text");
  // It takes the direction of what is written in it, and keeps it to itself.
  bubble.dir = "auto";
  const mine = mentions.filter((id) => mentionsMe([id], me()));
  bubble.append(...renderMarkdown(text, { mentioned, me: names.of(mine), i18n }));
  return bubble;
}

/**
 * @param {MessageRow} row
 * @param {RowContext} context
 */
function makeUndo({ cursor = "" }, { i18n, actions }) {
  const bubble = make("div", "text deleted", `${i18n.t("deletedNow")} `);
  bubble.append(makeButton(i18n.t("undo"), "link undo", () => actions.undo(cursor)));
  return bubble;
}

/**
 * @param {HTMLElement} marks
 * @param {MessageRow} row
 * @param {I18n} i18n
 */
function showMarks(marks, { edited, pinned, deleted }, i18n) {
  marks.replaceChildren();
  if (deleted) return;
  if (pinned) marks.append(make("span", "pinned", i18n.t("pinned")));
  if (edited === undefined) return;
  const mark = make("span", "edited", i18n.t("edited"));
  mark.title = i18n.moment(edited);
  marks.append(mark);
}

/**
 * What a message answers: a press leads there.
 * @param {string} cursor
 * @param {Quoted | undefined} quoted
 * @param {RowContext} context
 */
function makeQuote(cursor, quoted, { i18n, actions }) {
  if (quoted?.gone) return make("p", "quote", i18n.t("quoteGone"));
  const quote = makeButton("", "quote", () => actions.goTo(cursor));
  const text = make("span", "quote-text", quoted?.text ?? "…");
  text.dir = "auto";
  quote.append(make("bdi", "quote-author", quoted?.author ?? ""), text);
  return quote;
}

/**
 * @param {string} thread
 * @param {Quoted | undefined} quoted
 * @param {RowContext} context
 */
function makeThreadLine(thread, quoted, { i18n, actions }) {
  const line = makeButton("", "quote", () => actions.openThread(thread));
  const text = make("span", "quote-text", quoted?.text ?? "");
  text.dir = "auto";
  line.append(make("span", "quote-author", i18n.t("inThread")), text);
  return line;
}

/**
 * @param {MessageRow} row
 * @param {RowContext} context
 */
function makeReplies({ cursor = "", replies }, { i18n, actions }) {
  const button = makeButton(i18n.count("replies", replies?.count ?? 0), "replies", () => actions.openThread(cursor));
  const time = make("span", "replies-at", i18n.time(replies?.at ?? 0));
  time.title = i18n.moment(replies?.at ?? 0);
  button.append(" ", time);
  return button;
}

/**
 * @param {readonly unknown[] | undefined} a
 * @param {readonly unknown[]} b
 */
function isSame(a, b) {
  return a !== undefined && a.length === b.length && a.every((value, index) => value === b[index]);
}
