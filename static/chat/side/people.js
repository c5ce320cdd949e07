/**
 * The people of a room: who is here, who else is in it, and one of them in full.
 * @module
 */

import { makeAvatar } from "../../ui/avatar.js";
import { make, makeButton } from "../../ui/dom.js";
import { createKeyedList } from "../../ui/keyed_list.js";
import { problemText } from "../dialogs/problem.js";
import { may } from "../rights.js";
import { formatRoute } from "../route.js";
import { createBans } from "./bans.js";
import { createMemberList, sortPeople } from "./member_list.js";
import { createPersonCard } from "./person_card.js";

/** @import { Page } from "../app.js" */
/** @import { Person } from "./member_list.js" */
/** @import { Panel } from "./side.js" */

/**
 * Makes the panel.
 * @param {Page} page
 * @param {string} [of] whose card; none: the list
 * @returns {Panel}
 */
export function createPanel(page, of) {
  const { i18n, client, room, presence, standing } = page;
  const list = createMemberList((query) => client.ask("list_members", { room, ...query }));
  const element = make("div", "people");
  const all = make("div");
  const filter = make("input", "filter");
  filter.type = "search";
  filter.dir = "auto";
  filter.placeholder = i18n.t("filterPeople");
  filter.ariaLabel = i18n.t("filterPeople");
  const here = makeSection(page, i18n.t("hereNow"));
  const away = makeSection(page, i18n.t("members"));
  const nobody = make("p", "hint", i18n.t("nobodyCalled"));
  nobody.role = "status";
  const state = make("p", "hint");
  const more = makeButton(i18n.t("moreMembers"), "quiet wide", () => list.more());
  const bans = createBans(page);
  all.append(filter, here.element, away.element, nobody, state, more, bans.element);
  /** @type {ReturnType<typeof createPersonCard> | undefined} */
  let card;

  function show() {
    const people = sortPeople(list.all, presence.people, filter.value, Date.now());
    here.show(people.here);
    away.show(people.away);
    nobody.hidden = filter.value.trim() === "" || people.here.length + people.away.length > 0 ||
      list.status === "loading";
    state.textContent = list.status === "loading"
      ? i18n.t("loading")
      : list.status === "failed"
      ? problemText(i18n, list.failure)
      : "";
    more.hidden = list.status === "loading" || (!list.hasMore && list.status !== "failed");
    more.textContent = i18n.t(list.status === "failed" ? "tryAgain" : "moreMembers");
    bans.show(may("moderate", standing));
  }

  /** @param {string | undefined} id */
  function turn(id) {
    const before = of;
    of = id;
    card?.closed();
    card = id === undefined ? undefined : createPersonCard(page, list, id);
    element.replaceChildren(card?.element ?? all);
    if (card !== undefined) return card.focus.focus();
    // Back on the one whose card it was.
    const row = before === undefined ? undefined : here.find(before) ?? away.find(before);
    (row?.querySelector("a") ?? filter).focus();
  }

  filter.addEventListener("input", show);
  const stops = [
    list.on("change", show),
    presence.on("change", show),
    standing.on("change", show),
    client.on("events", (news) => {
      if (news.room !== room) return;
      // What came between is not known: it is asked for again.
      if (news.replace) list.load();
      else list.take(news.events);
      if (news.events.some(({ type }) => type === "member")) bans.load();
    }),
  ];
  list.load();
  show();
  if (of === undefined) element.append(all);
  else turn(of);
  return {
    title: i18n.t("people"),
    element,
    focus: card?.focus,
    turn,
    closed() {
      for (const stop of stops) stop();
      list.stop();
      card?.closed();
    },
  };
}

/**
 * @param {Page} page
 * @param {string} title
 */
function makeSection(page, title) {
  const element = make("section");
  const heading = make("h3");
  const count = make("span", "count");
  const list = make("ul", "rows");
  heading.append(title, " ", count);
  element.append(heading, list);
  /** @type {ReturnType<typeof createKeyedList<Person>>} */
  const rows = createKeyedList(list, {
    keyOf: ({ user }) => user.id,
    make: ({ user }) => makeRow(page, user.id),
    fill: (row, person) => fillRow(page, row, person),
  });
  return {
    element,
    find: rows.find,
    /** @param {readonly Person[]} people */
    show(people) {
      element.hidden = people.length === 0;
      count.textContent = String(people.length);
      rows.show(people);
    },
  };
}

/**
 * @param {Page} page
 * @param {string} id
 */
function makeRow({ room }, id) {
  const row = make("li");
  const link = make("a", "row");
  link.href = formatRoute({ kind: "room", room, side: { panel: "people", of: id } });
  link.dataset.person = id;
  row.append(link);
  return row;
}

/**
 * @param {Page} page
 * @param {HTMLElement} row
 * @param {Person} person
 */
function fillRow({ i18n, me }, row, { user, role, isMuted, isHere }) {
  const shown = JSON.stringify([user.name, role, isMuted, isHere, me.id]);
  if (row.dataset.shown === shown) return;
  row.dataset.shown = shown;
  const avatar = makeAvatar(user.id, user.name);
  avatar.classList.toggle("is-here", isHere);
  const marks = [];
  if (user.id === me.id) marks.push(i18n.t("you"));
  if (role === "owner" || role === "moderator") marks.push(i18n.t(`role_${role}`));
  if (isMuted) marks.push(i18n.t("muted"));
  row.firstElementChild?.replaceChildren(
    avatar,
    make("bdi", "row-name", user.name),
    ...marks.map((mark) => make("span", "mark", mark)),
  );
}
