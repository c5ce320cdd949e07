/**
 * One person: who they are in the room, when they were last here, and what one may do with them.
 * @module
 */

import { readUser } from "../../client/records.js";
import { makeAvatar } from "../../ui/avatar.js";
import { make, makeButton } from "../../ui/dom.js";
import { mayAppoint, mayJudge } from "../rights.js";
import { formatRoute } from "../route.js";
import { attempt, makeProblem } from "./attempt.js";
import { isMuted } from "./member_list.js";
import { makeSentenceForm } from "./sentence_form.js";
import { writeInComposer } from "./write_in_composer.js";

/** @import { User } from "../../client/events.js" */
/** @import { Page } from "../app.js" */
/** @import { createMemberList } from "./member_list.js" */

/** @type {readonly ("owner" | "moderator" | "member")[]} */
const ROLES = ["member", "moderator", "owner"];

/**
 * Makes the card.
 * @param {Page} page
 * @param {ReturnType<typeof createMemberList>} list
 * @param {string} id whose
 */
export function createPersonCard(page, list, id) {
  const { i18n, client, room, standing, presence } = page;
  const element = make("div", "person-card");
  const back = make("a", "back", i18n.t("allPeople"));
  back.href = formatRoute({ kind: "room", room, side: { panel: "people" } });
  const head = make("div", "person-head");
  const facts = make("p", "hint");
  const since = make("p", "hint");
  const actions = make("div", "person-actions");
  const problem = makeProblem();
  element.append(back, head, facts, since, actions, problem);
  /** @type {User | undefined} */
  let known;
  /** @type {{here: boolean, seen: number | undefined} | undefined} */
  let seen;
  let shown = "";
  const isMe = id === page.me.id;
  const userOf = () => list.find(id)?.user ?? presence.people.find((each) => each.id === id) ?? known;

  function show() {
    const user = userOf();
    const member = list.find(id);
    // Whose page of the list has not come is here all the same: no stranger.
    const level = isMuted(member, Date.now()) ? "muted" : member?.role ?? (presence.has(id) ? "member" : "stranger");
    head.hidden = actions.hidden = user === undefined;
    if (user === undefined) return;
    showFacts(level, member?.joinedAt);
    const may = {
      judge: !isMe && mayJudge(standing, level),
      appoint: mayAppoint(standing, { role: member?.role, isMe }),
    };
    const sign = JSON.stringify([user, level, member?.role, may]);
    if (sign === shown) return;
    shown = sign;
    const name = make("bdi", "person-name", user.name);
    head.replaceChildren(makeAvatar(id, user.name), name);
    const held = actions.contains(document.activeElement);
    actions.replaceChildren(...makeContacts(user), ...makeOrder(user, level, may.judge));
    if (may.appoint && member !== undefined) actions.append(makeRole(member.role));
    if (held) back.focus();
  }

  /**
   * @param {string} level
   * @param {number | undefined} joinedAt
   */
  function showFacts(level, joinedAt) {
    const role = list.find(id)?.role;
    const said = [];
    if (isMe) said.push(i18n.t("you"));
    if (role !== undefined) said.push(i18n.t(`role_${role}`));
    else if (level === "stranger") said.push(i18n.t("notInRoom"));
    if (level === "muted") said.push(i18n.t("muted"));
    if (presence.has(id)) said.push(i18n.t("hereNow"));
    else if (seen?.here) said.push(i18n.t("elsewhereNow"));
    else if (seen?.seen !== undefined) said.push(i18n.t("lastHere", { when: i18n.stamp(seen.seen) }));
    facts.textContent = said.join(" · ");
    since.textContent = joinedAt === undefined ? "" : i18n.t("inRoomSince", { when: i18n.stamp(joinedAt) });
  }

  /** @param {User} user */
  function makeContacts({ name }) {
    const messages = make("a", "quiet button", i18n.t("theirMessages"));
    messages.href = formatRoute({ kind: "room", room, side: { panel: "search", of: `from:${id}` } });
    if (isMe) return [messages];
    const write = makeButton(
      i18n.t("writeTo"),
      "primary",
      () =>
        attempt({ i18n, control: write, problem, reasons: { forbidden: "directRefused" } }, async () => {
          const opened = await client.openDirect(id);
          if (opened === undefined) return;
          await page.rooms.load();
          page.go({ kind: "room", room: opened.name });
        }),
    );
    const mention = makeButton(i18n.t("mentionThem"), "quiet", () => {
      page.closeSide();
      writeInComposer(page, `@${name} `);
    });
    const isDirect = standing.info?.kind === "direct";
    return isDirect ? [messages] : standing.mayWrite ? [write, mention, messages] : [write, messages];
  }

  /**
   * @param {User} user
   * @param {string} level
   * @param {boolean} mayJudge
   */
  function makeOrder(user, level, mayJudge) {
    if (!mayJudge) return [];
    const place = make("div");
    /** @param {"mute" | "kick" | "ban"} kind */
    const ask = (kind) => {
      const opener = document.activeElement;
      const form = makeSentenceForm(page, kind, user, () => {
        place.replaceChildren();
        if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
        else back.focus();
      });
      place.replaceChildren(form.element);
      form.focus.focus();
    };
    const unmute = makeButton(
      i18n.t("unmute"),
      "quiet",
      () => attempt({ i18n, control: unmute, problem }, () => client.unmute(room, id)),
    );
    return [
      level === "muted" ? unmute : makeButton(i18n.t("muteAsk"), "quiet", () => ask("mute")),
      ...(list.find(id) === undefined ? [] : [makeButton(i18n.t("kickAsk"), "quiet", () => ask("kick"))]),
      makeButton(i18n.t("banAsk"), "quiet", () => ask("ban")),
      place,
    ];
  }

  /** @param {string} role */
  function makeRole(role) {
    const label = make("label", "labelled");
    const select = make("select");
    for (const each of ROLES) select.add(new Option(i18n.t(`role_${each}`), each, each === role, each === role));
    label.append(make("span", undefined, i18n.t("role")), select);
    select.addEventListener("change", async () => {
      const reasons = /** @type {const} */ ({ conflict: isMe ? "onlyOwner" : "tooManyOwners" });
      const isDone = await attempt(
        { i18n, control: select, problem, reasons },
        () => client.ask("set_role", { room, person: id, role: select.value }),
      );
      if (!isDone) select.value = role;
    });
    return label;
  }

  async function look() {
    try {
      if (userOf() === undefined) known = readUser((await client.ask("get_person", { person: id })).user);
      show();
      seen = await client.lastSeen(room, id);
    } catch {
      // Nobody by that id, or nobody who is in the room: what is known of them stands there.
      if (userOf() === undefined) problem.textContent = i18n.t("nobodyKnown");
    }
    show();
  }

  const stops = [list.on("change", show), presence.on("change", show), standing.on("change", show)];
  show();
  look();
  return {
    element,
    focus: back,
    closed() {
      for (const stop of stops) stop();
    },
  };
}
