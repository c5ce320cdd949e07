/**
 * The chat: makes the parts and connects them.
 * @module
 */

import { createAnnouncer } from "../ui/announcer.js";
import { makeAvatar } from "../ui/avatar.js";
import { find } from "../ui/dom.js";
import { followSoftKeyboard } from "../ui/soft_keyboard.js";
import { createComposer } from "./composer/composer.js";
import { createDrafts } from "./composer/drafts.js";
import { createSpeakers } from "./composer/speakers.js";
import { createRoomView } from "./conversation/room_view.js";
import { createDialogs } from "./dialogs/dialogs.js";
import { entry, events, i18n, lead, open as openDoor, speak, storage as local, theme } from "./door.js";
import { loadLater } from "./later.js";
import { createPresence } from "./presence.js";
import { createRemovals } from "./conversation/removals.js";
import { listenForKeys } from "./page_keys.js";
import { createRoomHead } from "./room_head.js";
import { createMyRooms } from "./rooms/my_rooms.js";
import { createRoomsPane } from "./rooms/rooms_pane.js";
import { formatRoute, parseRoute } from "./route.js";
import { createSending } from "./sending.js";
import { createSession } from "./session.js";
import { createSidePane } from "./side/side.js";
import { createStanding } from "./standing.js";
import { createStatusBar } from "./status_bar.js";
import { createTitle } from "./title.js";
import { createToasts } from "./toasts.js";

/** @import { Client } from "../client.js" */
/** @import { State } from "../client/connection.js" */
/** @import { User } from "../client/events.js" */
/** @import { MessageStatus } from "../client/outbox.js" */
/** @import { RoomEvents } from "../client/rooms.js" */
/** @import { SignedOut } from "./session.js" */

/** @typedef {import("./page.js").Page} Page */

/** Where somebody goes whom no link has sent anywhere. */
const LOBBY = "lobby";
/** The close code that says so (docs/protocol.md). */
const SIGNED_OUT = 4500;

/** The room that is open, or none. */
let room = "";
/** Whose rooms are shown. */
let shownId = "";

const session = createSession({
  storage: local,
  onStart: listen,
  onMe: showMe,
  onLetGo: closeRoom,
  onSignedOut,
});
const sending = createSending({
  storage: local,
  findClient: () => session.client,
  me: () => session.me,
  onStatus: (status) => status.room === room && view.report(status),
});

/** @type {Page} */
const page = {
  i18n,
  storage: local,
  drafts: createDrafts(local),
  theme,
  announcer: createAnnouncer(find("announcer", HTMLElement), i18n),
  toasts: createToasts(),
  tellMissing: (again) => void page.toasts.show(i18n.t("notLoaded"), { word: i18n.t("tryAgain"), run: again }),
  rooms: createMyRooms({
    ask: () => page.client.myRooms(),
    markRead: (room, cursor) => page.client.markRead(room, cursor),
  }),
  presence: createPresence((room, of) => page.client.people(room, { limit: 200, ...of })),
  standing: createStanding(),
  removals: createRemovals(local, () => page),
  sending,
  on: events.on,

  get client() {
    const { client } = session;
    if (client === undefined) throw new TypeError("Cannot ask the server before somebody has come in");
    return client;
  },
  get me() {
    return session.me;
  },
  get room() {
    return room;
  },

  isFollowed: () => view.isFollowed,
  go(route) {
    location.hash = formatRoute(route);
  },
  openSide: (panel, of) => page.go({ kind: "room", room, side: { panel, ...(of !== undefined && { of }) } }),
  closeSide: () => page.go({ kind: "room", room }),
  openDialog: (dialog, of) => dialogs.open(dialog, of),
  closeDialog: () => dialogs.close(),
  focusComposer: () => composer.focus(),
  rename: (next) => session.rename(next),
  signedOut: (note) => session.signedOut(note),
  speak,
};

const roomsPane = createRoomsPane(page);
const roomHead = createRoomHead(page);
const side = createSidePane(page);
const dialogs = createDialogs(page);
const view = createRoomView(page, {
  retry: sending.retry,
  discard(key) {
    sending.drop(key);
    composer.focus();
  },
  reply: (message) => composer.reply(message),
  edit: (message, text) => composer.edit(message, text),
});
const title = createTitle(page, () => roomHead.title);
const statusBar = createStatusBar({
  i18n,
  onReconnect: () => session.client?.reconnect(),
  countUnsent: () => sending.waiting,
});
const speakers = createSpeakers(() => page.presence.people);
const composer = createComposer({
  i18n,
  storage: local,
  onSend,
  onTyping: () => session.client?.typing(room),
  onEdit: view.edit,
  canEdit: view.canEdit,
  onMissing: page.tellMissing,
  onEditLast: () => view.lastOwn && composer.edit(view.lastOwn),
  drafts: page.drafts,
  findPeople: () => speakers.others(session.me.id),
});

/**
 * @param {string} text
 * @param {{reply: {cursor: string} | undefined}} about
 */
function onSend(text, { reply }) {
  view.toLatest();
  sending.send(room, text, { reply: reply?.cursor });
  statusBar.translate();
}

/** @param {MessageStatus} status */
function onMessage(status) {
  sending.take(status);
  if (status.room === room) view.report(status);
}

/** @param {RoomEvents} news */
function onEvents(news) {
  sending.hear(news.events);
  page.rooms.takeEvents(news, session.me.id);
  if (news.room !== room) return;
  page.standing.take(news.events, session.me.id);
  if (news.replace) speakers.clear();
  speakers.take(news.events);
  page.announcer.announce(view.take(news));
}

/** @param {State} state */
function onState(state) {
  statusBar.show(state);
  if (state.status !== "closed") return;
  const code = state.error?.code;
  if (code === "bad_name" || code === "name_taken") {
    openDoor(session.name);
    entry.refuseName(code);
  } else if (code === "unauthorized" || (state.code === SIGNED_OUT && code === undefined)) {
    session.signedOut("signedOutElsewhere");
  }
}

/** @param {Client} client somebody has come in with it */
function listen(client) {
  // One that was let go of has nothing more to say.
  const isMine = () => session.client === client;
  sending.begin();
  client.on("state", (state) => isMine() && onState(state));
  client.on("message", (status) => isMine() && onMessage(status));
  client.on("events", onEvents);
  client.on("hello", ({ limits }) => {
    notify();
    sending.resume(room);
    composer.setLimit(limits.text);
    page.rooms.load();
  });
  client.on("joined", ({ room: joined, info, level }) => {
    if (page.rooms.isKnown && page.rooms.find(joined) === undefined) page.rooms.load();
    if (joined !== room) return;
    page.standing.enter(info, level);
    page.presence.enter(joined);
    view.again();
  });
  client.on("people", ({ room, changes }) => page.presence.take(room, changes));
  client.on("activity", page.rooms.takeActivity);
  client.on("person", page.rooms.takePerson);
  client.on("refused", ({ room }) => shutOut(room, "roomClosed"));
  client.on("removed", ({ room }) => shutOut(room, "roomRemoved"));
  client.watch();
  statusBar.show(client.state);
}

/** Begins to, where somebody has asked for it. */
async function notify() {
  if (local.get("notify") === undefined) return;
  const { startNotifications } = await import("./notifications/notifications.js");
  startNotifications(page);
}

/** @param {User} user */
function showMe(user) {
  if (user.id !== shownId) page.rooms.clear();
  shownId = user.id;
  find("me", HTMLElement).textContent = user.name;
  find("my-avatar", HTMLElement).replaceChildren(makeAvatar(user.id, user.name));
  view.setMe(user);
  page.removals.resume(user.id);
}

function closeRoom() {
  room = "";
  // What was seen is told, and what is in the box is kept as a draft.
  view.show("");
  composer.show("");
  side.show("", undefined, "");
  document.body.dataset.room = "none";
  dialogs.close();
}

/**
 * @param {SignedOut} note
 * @param {string} former
 */
function onSignedOut(note, former) {
  page.rooms.clear();
  page.standing.leave();
  for (const id of ["me", "my-avatar", "room-name"]) find(id, HTMLElement).replaceChildren();
  if (note !== "signedOutElsewhere") history.replaceState(null, "", location.pathname);
  openDoor(note === "signedOutElsewhere" ? former : "", note);
}

/**
 * @param {string} closed
 * @param {"roomClosed" | "roomRemoved"} word
 */
function shutOut(closed, word) {
  page.rooms.load();
  if (closed !== room) return;
  const about = { room: roomHead.title };
  const why = find("no-room", HTMLElement);
  room = "";
  // Who comes without a link is not led there again.
  local.set("room", undefined);
  document.body.dataset.room = "none";
  document.body.dataset.pane = "rooms";
  i18n.fill(why, word, about);
  // A phone shows the list, and not what stands beside it.
  if (!why.checkVisibility()) page.toasts.show(i18n.t(word, about));
  side.show("", undefined, "");
  // No step of its own: going back would lead to the closed room, and from there here again.
  location.replace(formatRoute({ kind: "rooms" }));
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
  if (room !== "") session.client?.leave(room);
  room = next;
  document.body.dataset.room = "open";
  local.set("room", room);
  page.standing.leave();
  speakers.clear();
  roomsPane.mark();
  view.show(room, { at });
  composer.show(room);
  session.client?.join(room, { people: true });
  sending.enter(room);
  composer.focus();
}

/** Shows what the address says. */
function follow() {
  const route = parseRoute(location.hash);
  if (session.name === "") return lead();
  if (session.client === undefined) session.start();
  switch (route.kind) {
    case "start":
      // Not a step of its own: going back must not lead here, and forth again.
      return location.replace(formatRoute({ kind: "room", room: local.get("room") ?? LOBBY }));
    case "rooms":
      document.body.dataset.view = "chat";
      document.body.dataset.pane = "rooms";
      return title.show();
    case "invite":
      document.body.dataset.view = "chat";
      document.body.dataset.pane ??= "chat";
      return void dialogs.open("invite", route.code);
    case "room":
      document.body.dataset.view = "chat";
      document.body.dataset.pane = side.has(route.side) ? "side" : "chat";
      enterRoom(route.room, route.message);
      side.show(room, route.side, formatRoute({ kind: "room", room }));
      roomHead.show(route.side);
      return title.show();
  }
}

function translate() {
  for (const part of [roomsPane, roomHead, statusBar, composer, side]) part.translate();
  if (room !== "") view.translate();
}

loadLater(page);
page.standing.on("change", () => composer.setBar(page.standing.bar, page.standing.until));
events.on("language", translate);
listenForKeys({
  dialogs,
  focusComposer: page.focusComposer,
  onStep(direction, onlyWaiting) {
    const next = roomsPane.step(direction, onlyWaiting);
    if (next !== undefined) page.go({ kind: "room", room: next });
  },
});
addEventListener("hashchange", follow);
addEventListener("click", ({ target }) => {
  // Who is there already, and has scrolled away, goes there again; the address stays, so the browser tells nobody.
  if (target instanceof Element && target.closest("a")?.href === location.href) follow();
});
addEventListener("storage", ({ key, newValue }) => {
  if (key !== null && newValue === null) sending.notice(key);
  if (key === local.keyOf("notify")) notify();
});
followSoftKeyboard();

/** Comes back as who was here before. */
export function begin() {
  translate();
  follow();
}

/**
 * Comes in by the door, or comes back under another name.
 * @param {string} name that was checked
 */
export function enter(name) {
  session.enter(name);
  begin();
}

/**
 * Comes in with a passkey.
 * @param {string} token
 * @param {string} name
 */
export function signIn(token, name) {
  session.become(token, name);
  begin();
}

/** Another tab has kept a token or taken it away. */
export function followTabs() {
  session.follow();
  begin();
}
