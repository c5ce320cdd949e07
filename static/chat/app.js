/**
 * The page's root: makes the parts and connects them.
 * @module
 */

import { connect } from "../client.js";
import { createEmitter } from "../client/emitter.js";
import { createAnnouncer } from "../ui/announcer.js";
import { makeAvatar } from "../ui/avatar.js";
import { find } from "../ui/dom.js";
import { createI18n } from "../ui/i18n.js";
import { followSoftKeyboard } from "../ui/soft_keyboard.js";
import { createStorage } from "../ui/storage.js";
import { createTheme } from "../ui/theme.js";
import { createComposer } from "./composer/composer.js";
import { createDrafts } from "./composer/drafts.js";
import { createSpeakers } from "./composer/speakers.js";
import { createRoomView } from "./conversation/room_view.js";
import { createDialogs } from "./dialogs/dialogs.js";
import { createEntryForm } from "./entry_form.js";
import { listenForControls } from "./page_controls.js";
import { createPresence } from "./presence.js";
import { createRemovals } from "./conversation/removals.js";
import { createRoomHead } from "./room_head.js";
import { createMyRooms } from "./rooms/my_rooms.js";
import { createRoomsPane } from "./rooms/rooms_pane.js";
import { formatRoute, parseRoute } from "./route.js";
import { createSending } from "./sending.js";
import { createSidePane } from "./side/side.js";
import { createStanding } from "./standing.js";
import { createStatusBar } from "./status_bar.js";
import { createTabTitle } from "./tab_title.js";
import { createToasts } from "./toasts.js";

/** @import { Client } from "../client.js" */
/** @import { Emitter } from "../client/emitter.js" */
/** @import { State } from "../client/connection.js" */
/** @import { User } from "../client/events.js" */
/** @import { MessageStatus } from "../client/outbox.js" */
/** @import { RoomEvents } from "../client/rooms.js" */
/** @import { Announcer } from "../ui/announcer.js" */
/** @import { I18n } from "../ui/i18n.js" */
/** @import { Storage } from "../ui/storage.js" */
/** @import { Theme } from "../ui/theme.js" */
/** @import { Drafts } from "./composer/drafts.js" */
/** @import { Removals } from "./conversation/removals.js" */
/** @import { Presence } from "./presence.js" */
/** @import { MyRooms } from "./rooms/my_rooms.js" */
/** @import { Route } from "./route.js" */
/** @import { Standing } from "./standing.js" */
/** @import { Toasts } from "./toasts.js" */

/**
 * What the page's parts have in common; panes and dialogs take it whole.
 * @typedef {object} Page
 * @property {I18n} i18n
 * @property {Storage} storage what stays over a reload, the same in all tabs
 * @property {Drafts} drafts what was begun in each room and thread
 * @property {Announcer} announcer says something to screen readers
 * @property {Toasts} toasts short notes that everybody sees
 * @property {MyRooms} rooms my rooms and what waits in them
 * @property {Presence} presence who is in the open room
 * @property {Standing} standing how the open room is, and what I am in it
 * @property {Client} client there is one from the door on; before that, to ask for it is a TypeError
 * @property {User} me id and name are empty until the server has told them
 * @property {string} room the one that is open; empty: none
 * @property {(route: Route) => void} go
 * @property {(panel: string, of?: string) => void} openSide a pane beside the room, instead of the one that is there
 * @property {() => void} closeSide
 * @property {(dialog: string, of?: string) => Promise<void>} openDialog
 * @property {() => void} closeDialog
 * @property {() => void} focusComposer
 * @property {Removals} removals messages that are about to be deleted
 * @property {ReturnType<typeof createSending>["send"]} send
 * @property {(name: string) => void} rename as the same person; the name was checked
 * @property {Theme} theme
 * @property {(language: string) => void} speak another language, from now on
 * @property {Emitter<{language: undefined}>["on"]} on `language`: the page speaks another one
 */

const local = createStorage("localStorage");
const i18n = createI18n(local.get("language"), navigator.languages);
/** @type {Emitter<{language: undefined}>} */
const events = createEmitter();
/** Where somebody goes whom no link has sent anywhere. */
const LOBBY = "lobby";

/** @type {Client | undefined} */
let client;
let name = local.get("name") ?? "";
/** The room that is open, or none. */
let room = "";
/** @type {User} id and name are empty until the server has told them */
let me = { id: "", name };

const sending = createSending({
  storage: local,
  findClient: () => client,
  me: () => me,
  onStatus: (status) => status.room === room && view.report(status),
});

/** @type {Page} */
const page = {
  i18n,
  storage: local,
  drafts: createDrafts(local),
  theme: createTheme(i18n, local),
  announcer: createAnnouncer(find("announcer", HTMLElement), i18n),
  toasts: createToasts(),
  rooms: createMyRooms({
    ask: () => page.client.myRooms(),
    markRead: (room, cursor) => page.client.markRead(room, cursor),
  }),
  presence: createPresence((room, of) => page.client.people(room, { limit: 200, ...of })),
  standing: createStanding(),
  removals: createRemovals(local, () => page),
  send: sending.send,
  on: events.on,

  get client() {
    if (client === undefined) throw new TypeError("Cannot ask the server before somebody has come in");
    return client;
  },
  get me() {
    return me;
  },
  get room() {
    return room;
  },

  go(route) {
    location.hash = formatRoute(route);
  },
  openSide: (panel, of) => page.go({ kind: "room", room, side: { panel, ...(of !== undefined && { of }) } }),
  closeSide: () => page.go({ kind: "room", room }),
  openDialog: (dialog, of) => dialogs.open(dialog, of),
  closeDialog: () => dialogs.close(),
  focusComposer: () => composer.focus(),
  rename(next) {
    name = next;
    local.set("name", name);
    client?.rename(name);
  },
  speak(language) {
    i18n.choose(language);
    local.set("language", i18n.language);
    translate();
  },
};

const roomsPane = createRoomsPane(page);
const roomHead = createRoomHead(page);
const tabTitle = createTabTitle(() => room === "" ? "" : roomHead.title);
const side = createSidePane(page);
const dialogs = createDialogs(page);
const view = createRoomView(page, {
  retry: sending.retry,
  discard,
  reply: (message) => composer.reply(message),
  edit: (message, text) => composer.edit(message, text),
});
const statusBar = createStatusBar(i18n, () => client?.reconnect());
const speakers = createSpeakers(() => page.presence.people);
const composer = createComposer({
  i18n,
  storage: local,
  onSend,
  onTyping: () => client?.typing(room),
  onEdit: ({ cursor }, text) => view.edit(cursor, text),
  onEditLast: () => view.lastOwn && composer.edit(view.lastOwn),
  drafts: page.drafts,
  findPeople: () => speakers.others(me.id),
});
const entry = createEntryForm({ i18n, onEnter });
const language = find("language", HTMLSelectElement);

/**
 * @param {string} text
 * @param {{reply: {cursor: string} | undefined}} about
 */
function onSend(text, { reply }) {
  view.toLatest();
  page.send(room, text, { reply: reply?.cursor });
}

/** @param {string} key */
function discard(key) {
  sending.drop(key);
  view.discard(key);
  composer.focus();
}

/** @param {MessageStatus} status */
function onMessage(status) {
  sending.take(status);
  if (status.room === room) view.report(status);
}

/** @param {RoomEvents} news */
function onEvents(news) {
  sending.hear(news.events);
  if (news.room !== room) return;
  page.standing.take(news.events, me.id);
  if (news.replace) speakers.clear();
  speakers.take(news.events);
  const messages = view.take(news);
  page.announcer.announce(messages);
  tabTitle.count(messages.length);
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

/** @param {string} newName */
function onEnter(newName) {
  const isRenamed = newName !== name;
  name = newName;
  local.set("name", name);
  if (client === undefined) start();
  else if (isRenamed || client.state.status === "closed") client.rename(name);
  follow();
}

function start() {
  const token = local.get("token");
  client = connect("/ws", { name, ...(token !== undefined && { token }) });
  client.on("state", onState);
  client.on("events", onEvents);
  client.on("message", onMessage);
  client.on("hello", ({ user, token, limits }) => {
    local.set("token", token);
    if (me.id !== "" && me.id !== user.id) page.rooms.clear();
    setMe(user);
    sending.resume(room);
    composer.setLimit(limits.text);
    page.rooms.load();
  });
  client.on("joined", ({ room: joined, info, level }) => {
    if (page.rooms.isKnown && page.rooms.find(joined) === undefined) page.rooms.load();
    if (joined !== room) return;
    page.standing.enter(info, level);
    page.presence.enter(joined);
  });
  client.on("people", ({ room, changes }) => page.presence.take(room, changes));
  client.on("activity", page.rooms.takeActivity);
  client.on("person", (event) => {
    if (event.type === "renamed") setMe(event.user);
    else page.rooms.takePerson(event);
  });
  client.on("refused", ({ room }) => shutOut(room, "roomClosed"));
  client.on("removed", ({ room }) => shutOut(room, "roomRemoved"));
  client.watch();
  statusBar.show(client.state);
}

/** @param {User} user */
function setMe(user) {
  me = user;
  find("me", HTMLElement).textContent = user.name;
  find("my-avatar", HTMLElement).replaceChildren(makeAvatar(user.id, user.name));
  view.setMe(user);
  page.removals.resume(user.id);
}

/**
 * @param {string} closed
 * @param {"roomClosed" | "roomRemoved"} word
 */
function shutOut(closed, word) {
  page.rooms.load();
  if (closed !== room) return;
  room = "";
  document.body.dataset.room = "none";
  i18n.fill(find("no-room", HTMLElement), word, { room: closed });
  side.show("", undefined, "");
  page.go({ kind: "rooms" });
}

/**
 * @param {string} next
 * @param {string} [at] the message that a link names
 */
function enterRoom(next, at) {
  if (next === room) {
    if (at !== undefined) view.goTo(at);
    return;
  }
  if (room !== "") client?.leave(room);
  room = next;
  document.body.dataset.room = "open";
  local.set("room", room);
  page.standing.leave();
  speakers.clear();
  roomsPane.mark();
  view.show(room, { at });
  composer.show(room);
  client?.join(room, { people: true });
  sending.enter(room);
  tabTitle.seen();
  composer.focus();
}

/** Shows what the address says. */
function follow() {
  const route = parseRoute(location.hash);
  if (name === "") return showEntry();
  if (client === undefined) start();
  switch (route.kind) {
    case "start":
      // Not a step of its own: going back must not lead here, and forth again.
      return location.replace(formatRoute({ kind: "room", room: local.get("room") ?? LOBBY }));
    case "rooms":
      document.body.dataset.view = "chat";
      document.body.dataset.pane = "rooms";
      return tabTitle.show();
    case "invite":
      document.body.dataset.view = "chat";
      document.body.dataset.pane ??= "chat";
      return void dialogs.open("invite", route.code);
    case "room":
      document.body.dataset.view = "chat";
      document.body.dataset.pane = route.side === undefined ? "chat" : "side";
      enterRoom(route.room, route.message);
      side.show(room, route.side, formatRoute({ kind: "room", room }));
      roomHead.show(route.side);
      return tabTitle.show();
  }
}

function showEntry() {
  document.body.dataset.view = "entry";
  const route = parseRoute(location.hash);
  entry.open({ name, room: route.kind === "room" ? route.room : undefined });
}

function translate() {
  i18n.apply(document);
  language.value = i18n.language;
  for (const part of [page.theme, roomsPane, roomHead, statusBar, composer, entry, side]) part.translate();
  if (room !== "") view.translate();
  events.emit("language", undefined);
}

language.addEventListener("change", () => page.speak(language.value));
listenForControls({
  focusComposer: () => composer.focus(),
  openDialog: (name) => dialogs.open(name),
  toggleSwitcher() {
    if (client !== undefined) dialogs.toggle("switcher");
    return client !== undefined;
  },
});
page.standing.on("change", tabTitle.show);
addEventListener("hashchange", follow);

followSoftKeyboard();
translate();
// Before anything takes the focus: what is hidden cannot have it.
document.body.hidden = false;
follow();
