/**
 * The page's root: makes the parts and connects them.
 * @module
 */

import { createAnnouncer } from "../ui/announcer.js";
import { makeAvatar } from "../ui/avatar.js";
import { connect, randomKey } from "../client.js";
import { createComposer } from "./composer/composer.js";
import { find } from "../ui/dom.js";
import { createEntryForm } from "./entry_form.js";
import { createFrameLog } from "../test/frame_log.js";
import { createI18n } from "../ui/i18n.js";
import { findRoom } from "./names.js";
import { createRoomList, roomLink } from "./rooms/room_list.js";
import { createRoomView } from "./conversation/room_view.js";
import { followSoftKeyboard } from "../ui/soft_keyboard.js";
import { createStatusBar } from "./status_bar.js";
import { createStorage } from "../ui/storage.js";
import { createTheme } from "../ui/theme.js";
import { createUnsent } from "./unsent.js";

/** @import { Client } from "../client.js" */
/** @import { State } from "../client/connection.js" */
/** @import { MessageStatus } from "../client/outbox.js" */
/** @import { RoomEvents } from "../client/rooms.js" */

const local = createStorage("localStorage");
const i18n = createI18n(local.get("language"), navigator.languages);
const unsent = createUnsent(createStorage("sessionStorage"));
const announcer = createAnnouncer(find("announcer", HTMLElement), i18n);
const language = find("language", HTMLSelectElement);
const roomsPanel = find("rooms", HTMLElement);
const share = find("share", HTMLButtonElement);

/** @type {Client | undefined} */
let client;
let name = local.get("name") ?? "";
let room = "";
/** Our id, once the server has told it. */
let me = "";
/** Messages that came while the tab was hidden. */
let unseen = 0;

const theme = createTheme(i18n, local);
const roomList = createRoomList(i18n, local);
const view = createRoomView(i18n, { retry, discard }, () => client?.token);
const statusBar = createStatusBar(i18n, () => client?.reconnect());
const frameLog = createFrameLog(i18n, () => client, () => room);
const composer = createComposer({ i18n, storage: local, onSend, onTyping: () => client?.typing(room) });
const entry = createEntryForm({ i18n, onEnter, onCancel: showChat });

/** @param {string} text */
function onSend(text) {
  const key = randomKey();
  // Kept before anything else: what was sent is not lost by a reload in the next moment.
  unsent.keep({ room, key, text, at: Date.now(), ...(me !== "" && { by: me }) });
  view.toLatest();
  client?.send(room, text, { key });
}

/** @param {string} key */
function retry(key) {
  const message = unsent.all.find((message) => message.key === key);
  if (me !== "") unsent.claim(me, key);
  if (message !== undefined) client?.send(message.room, message.text, { key });
}

/** @param {string} key */
function discard(key) {
  unsent.forget(key);
  view.discard(key);
  composer.focus();
}

/** @param {MessageStatus} status */
function onMessage(status) {
  if (status.status === "sent") unsent.forget(status.key);
  if (status.room === room) view.report(status);
}

/** @param {RoomEvents} events */
function onEvents(events) {
  for (const event of events.events) if (event.type === "message" && event.key !== undefined) unsent.forget(event.key);
  if (events.room !== room) return;
  const news = view.take(events);
  announcer.announce(news);
  if (document.hidden) unseen += news.length;
  showTitle();
}

/** @param {State} state */
function onState(state) {
  statusBar.show(state);
  const code = state.status === "closed" ? state.error?.code : undefined;
  if (code === "bad_name" || code === "name_taken" || code === "unauthorized") {
    showEntry();
    entry.refuseName(code);
  }
}

/**
 * @param {string} newName
 * @param {string} newRoom
 */
function onEnter(newName, newRoom) {
  const isRenamed = newName !== name;
  name = newName;
  local.set("name", name);
  if (client === undefined) start();
  else if (isRenamed || client.state.status === "closed") client.rename(name);
  if (findRoom(location.hash) === newRoom) enterRoom(newRoom);
  else location.hash = roomLink(newRoom);
}

function start() {
  const token = local.get("token");
  client = connect("/ws", { name, ...(token !== undefined && { token }) });
  client.on("state", onState);
  client.on("frame", frameLog.add);
  client.on("events", onEvents);
  client.on("message", onMessage);
  client.on("hello", ({ user, token, limits }) => {
    local.set("token", token);
    me = user.id;
    unsent.claim(me);
    find("me", HTMLElement).textContent = user.name;
    find("my-avatar", HTMLElement).replaceChildren(makeAvatar(user.id, user.name));
    view.setMe(user);
    composer.setLimit(limits.text);
  });
  client.on("refused", ({ room }) => shutOut(room, "roomClosed"));
  client.on("removed", ({ room }) => shutOut(room, "roomRemoved"));
  statusBar.show(client.state);
  for (const other of new Set(unsent.all.map((message) => message.room))) sendLeftovers(other);
}

/**
 * @param {string} closed
 * @param {"roomClosed" | "roomRemoved"} word
 */
function shutOut(closed, word) {
  if (closed !== room) return;
  room = "";
  showEntry();
  entry.refuseRoom(closed, word);
}

/**
 * Sends again, after a reload, what was written in a room before it.
 * @param {string} there that was joined
 */
function sendUnsent(there) {
  for (const { room, text, key, by } of unsent.all) {
    if (room === there) client?.send(room, text, { key, ...(by !== undefined && { triedAs: by }) });
  }
}

/**
 * Sends what a reload has left of another room; leaving waits for it.
 * @param {string} other
 */
function sendLeftovers(other) {
  if (other === findRoom(location.hash)) return;
  client?.join(other);
  sendUnsent(other);
  client?.leave(other);
}

/** @param {string} next */
function enterRoom(next) {
  if (client === undefined) return;
  showChat();
  if (next === room) return;
  if (room !== "") client.leave(room);
  room = next;
  local.set("room", room);
  find("room-name", HTMLElement).textContent = room;
  roomList.visit(room);
  frameLog.translate();
  view.show(room);
  composer.show(room);
  client.join(room);
  sendUnsent(room);
  unseen = 0;
  showTitle();
}

function showChat() {
  document.body.dataset.view = "chat";
  if (roomsPanel.matches(":popover-open")) roomsPanel.hidePopover();
  composer.focus();
}

function showEntry() {
  if (roomsPanel.matches(":popover-open")) roomsPanel.hidePopover();
  document.body.dataset.view = "entry";
  entry.open({ name, room: room || (findRoom(location.hash) ?? local.get("room") ?? ""), canCancel: room !== "" });
}

function showTitle() {
  const title = room === "" ? "Maru" : `${room} · Maru`;
  document.title = unseen > 0 ? `(${unseen}) ${title}` : title;
}

function translate() {
  i18n.apply(document);
  language.value = i18n.language;
  for (const part of [theme, roomList, statusBar, frameLog, composer, entry]) part.translate();
  if (room !== "") view.translate();
}

language.addEventListener("change", () => {
  i18n.choose(language.value);
  local.set("language", i18n.language);
  translate();
});
share.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(location.href);
    announcer.say(i18n.t("linkCopied"));
    share.dataset.done = "true";
    setTimeout(() => delete share.dataset.done, 1500);
  } catch {
    // Not allowed here: the address bar shows the link as well.
  }
});
roomsPanel.addEventListener("click", ({ target }) => {
  // The room that is shown already has no hashchange to close the drawer.
  if (target instanceof Element && target.closest("a") !== null) showChat();
});
find("change", HTMLButtonElement).addEventListener("click", showEntry);
find("skip", HTMLAnchorElement).addEventListener("click", (event) => {
  // Its hash would be taken for a room.
  event.preventDefault();
  composer.focus();
});
find("messages", HTMLElement).addEventListener("keydown", ({ key, ctrlKey, metaKey, altKey }) => {
  // Who scrolls and then types wants to write; the key itself still arrives there.
  if ([...key].length === 1 && key !== " " && !ctrlKey && !metaKey && !altKey) composer.focus();
});
document.addEventListener("visibilitychange", () => {
  unseen = 0;
  showTitle();
});
addEventListener("hashchange", () => {
  const next = findRoom(location.hash);
  if (next !== undefined && name !== "") enterRoom(next);
});

followSoftKeyboard();
translate();
// Before anything takes the focus: what is hidden cannot have it.
document.body.hidden = false;
const linked = findRoom(location.hash);
if (name !== "" && linked !== undefined) {
  start();
  enterRoom(linked);
} else {
  showEntry();
}
