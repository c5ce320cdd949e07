/**
 * Notifications of the system. Nothing of it is loaded before somebody has asked for it in the settings, and nothing is shown while they look at
 * the page, in whichever tab.
 * @module
 */

import { roomTitle } from "../rooms/room_title.js";
import { findNews, findRead, readWanted } from "./news.js";
import { shareTabs } from "./looking.js";

/** @import { Message } from "../../client/events.js" */
/** @import { Page } from "../app.js" */
/** @import { Counts, News } from "./news.js" */

/** Among so many of the newest messages the one is found that a notification is of. */
const LOOK_BACK = 20;
/** Characters of a message: the system cuts off more. */
const MAX_BODY = 160;
/** Browsers tell by it which notification takes the place of an earlier one. */
const TAG = "maru.";

let isStarted = false;

/**
 * Whether this browser can show them, on this page: it needs HTTPS, or localhost.
 */
export const canNotify = globalThis.Notification !== undefined && globalThis.navigator?.locks !== undefined;

/**
 * Begins to notify, once.
 * @param {Page} page
 */
export function startNotifications(page) {
  if (isStarted || !canNotify) return;
  isStarted = true;
  const { rooms, i18n, storage } = page;
  /** @type {Map<string, Notification>} */
  const shown = new Map();
  let isMyTurn = false;
  const tabs = shareTabs(() => isMyTurn = true);
  let before = snapshot();

  /** @returns {Map<string, Counts> | undefined} */
  function snapshot() {
    if (!rooms.isKnown) return undefined;
    return new Map(rooms.all.map(({ room, unread, mentions }) => [room.name, { unread, mentions }]));
  }

  rooms.on("change", async () => {
    const wanted = readWanted(storage.get("notify"));
    const news = wanted === undefined ? [] : findNews(before, rooms.all, wanted);
    before = snapshot();
    for (const name of findRead(shown.keys(), rooms.all)) close(name);
    if (news.length === 0 || !isMyTurn || Notification.permission !== "granted" || await tabs.isLookedAt()) return;
    await Promise.all(news.map(tell));
    if (storage.get("notifySound") === "on") (await import("./chime.js")).chime();
  });

  /** @param {News} news */
  async function tell({ kind, room }) {
    const { name } = room.room;
    const title = roomTitle(room.room, page.me.id);
    const message = await findMessage(name, kind);
    // Read while it was looked for.
    if (rooms.find(name)?.unread === 0) return;
    const by = message?.user.name ?? title;
    const heading = kind === "direct"
      ? by
      : i18n.t(kind === "mention" ? "notifyCalled" : "notifyIn", { name: by, room: title });
    const notification = new Notification(heading, {
      body: message === undefined ? i18n.t("notifyNew") : Array.from(message.text).slice(0, MAX_BODY).join(""),
      tag: TAG + name,
      icon: "/static/icon.svg",
      lang: i18n.language,
      // Who wants a sound has ours.
      silent: true,
    });
    shown.set(name, notification);
    notification.addEventListener("close", () => {
      if (shown.get(name) === notification) shown.delete(name);
    });
    notification.addEventListener("click", () => {
      globalThis.focus();
      close(name);
      page.go({ kind: "room", room: name, ...(message !== undefined && { message: message.cursor }) });
    });
  }

  /**
   * The newest message that is meant; what news says of itself is only where.
   * @param {string} room
   * @param {News["kind"]} kind
   * @returns {Promise<Message | undefined>}
   */
  async function findMessage(room, kind) {
    try {
      const { items } = await page.client.history(room, { limit: LOOK_BACK });
      return items.findLast(({ user, deleted, mentions = [] }) =>
        user.id !== page.me.id && !deleted &&
        (kind !== "mention" || mentions.includes(page.me.id) || mentions.includes("@room"))
      );
    } catch {
      return undefined;
    }
  }

  /** @param {string} name */
  function close(name) {
    shown.get(name)?.close();
    shown.delete(name);
  }
}
