/**
 * The elements of one row of the message list.
 * @module
 */

import { makeAvatar } from "../../ui/avatar.js";
import { make, makeButton } from "../../ui/dom.js";
import { isEmojiOnly, splitText } from "./text_parts.js";

/** @import { I18n } from "../../ui/i18n.js" */
/** @import { MessageRow, Row } from "./rows.js" */

/** @typedef {{retry: (key: string) => void, discard: (key: string) => void}} MessageActions */
/** @typedef {{element: HTMLLIElement, update: (row: Row) => void}} RowView */

/**
 * Makes the element of a row.
 * @param {Row} row
 * @param {I18n} i18n
 * @param {MessageActions} actions
 * @returns {RowView} `update` takes later versions of the same row
 */
export function createRowView(row, i18n, actions) {
  return row.kind === "day" ? createDay(row.at, i18n) : createMessage(row, i18n, actions);
}

/**
 * @param {number} at
 * @param {I18n} i18n
 * @returns {RowView}
 */
function createDay(at, i18n) {
  const element = make("li", "day");
  element.append(make("span", undefined, i18n.day(at)));
  return { element, update() {} };
}

/**
 * @param {MessageRow} row
 * @param {I18n} i18n
 * @param {MessageActions} actions
 * @returns {RowView}
 */
function createMessage(row, i18n, actions) {
  const element = make("li");
  const author = make("bdi", "author", row.author);
  const time = make("time");
  const edited = make("span", "edited");
  const delivery = make("span", "delivery");
  const meta = make("div", "meta");
  meta.append(edited, time, delivery);
  const body = make("div", "body");
  let bubble = makeBubble(row, i18n);
  body.append(author, bubble, meta);
  element.append(makeAvatar(row.userId, row.author), body);
  /** @type {MessageRow | undefined} */
  let shown;

  /** @param {MessageRow} next */
  function update(next) {
    if (shown !== undefined && isSame(shown, next)) return;
    element.className = ["message", next.own && "own", next.first && "first", next.last && "last"].filter(Boolean)
      .join(" ");
    element.dataset.status = next.status;
    if (next.key !== undefined) element.dataset.key = next.key;
    if (next.cursor !== undefined) element.dataset.cursor = next.cursor;
    time.dateTime = new Date(next.at).toISOString();
    time.textContent = i18n.time(next.at);
    time.title = i18n.moment(next.at);
    if (shown !== undefined && (shown.text !== next.text || shown.deleted !== next.deleted)) {
      const changed = makeBubble(next, i18n);
      bubble.replaceWith(changed);
      bubble = changed;
    }
    edited.textContent = next.edited ? i18n.t("edited") : "";
    if (shown?.reactions !== next.reactions) showReactions(body, next);
    if (shown?.status !== next.status) showDelivery(delivery, next, i18n, actions);
    shown = next;
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
 * How often each emoji was given, below the text.
 * @param {HTMLElement} body
 * @param {MessageRow} row
 */
function showReactions(body, { reactions }) {
  body.querySelector(".reactions")?.remove();
  if (reactions.length === 0) return;
  const list = make("ul", "reactions");
  list.append(...reactions.map(({ emoji, count }) => make("li", undefined, `${emoji} ${count}`)));
  body.append(list);
}

/**
 * @param {MessageRow} row
 * @param {I18n} i18n
 */
function makeBubble({ text, deleted }, i18n) {
  if (deleted) return make("p", "text deleted", i18n.t("deleted"));
  const paragraph = make("p", isEmojiOnly(text) ? "text emoji" : "text");
  // The paragraph takes the direction of what is written in it, and keeps it to itself.
  paragraph.dir = "auto";
  for (const part of splitText(text)) {
    if (part.href === undefined) {
      paragraph.append(part.text);
      continue;
    }
    const link = make("a", undefined, part.text);
    link.href = part.href;
    link.target = "_blank";
    link.rel = "noopener noreferrer nofollow";
    link.dir = "ltr";
    paragraph.append(link);
  }
  return paragraph;
}

/**
 * @param {HTMLElement} delivery
 * @param {MessageRow} row
 * @param {I18n} i18n
 * @param {MessageActions} actions
 */
function showDelivery(delivery, { status, key, error }, i18n, actions) {
  delivery.replaceChildren();
  if (status === "sent" || key === undefined) return;
  if (status === "pending") {
    // Two texts, one of them shown: which one is true changes with the connection, for all messages at once.
    delivery.append(make("span", "sending", i18n.t("pending")), make("span", "queued", i18n.t("queued")));
    return;
  }
  delivery.append(
    make("span", "reason", i18n.t("failed", { reason: reasonOf(error?.code ?? "internal", i18n) })),
    makeButton(i18n.t("retry"), "retry", () => actions.retry(key)),
    makeButton(i18n.t("discard"), "discard", () => actions.discard(key)),
  );
}

/**
 * @param {string} code
 * @param {I18n} i18n
 */
function reasonOf(code, i18n) {
  if (code === "too_long" || code === "forbidden" || code === "conflict" || code === "unknown_outcome") {
    return i18n.t(`reason_${code}`);
  }
  return i18n.t("reason_other", { code });
}

/**
 * @param {MessageRow} a
 * @param {MessageRow} b
 */
function isSame(a, b) {
  return a.status === b.status && a.cursor === b.cursor && a.own === b.own && a.first === b.first &&
    a.last === b.last && a.at === b.at && a.text === b.text && a.edited === b.edited && a.deleted === b.deleted &&
    a.reactions === b.reactions;
}
