/**
 * About a room: what it is, what I have chosen for it, and what those may change who may.
 * @module
 */

import { copyText } from "../../ui/clipboard.js";
import { make, makeButton } from "../../ui/dom.js";
import { makeAudit } from "../details/audit.js";
import { duration } from "../details/duration.js";
import { makeEndings } from "../details/endings.js";
import { makeFold } from "../details/fold.js";
import { makeInvitations } from "../details/invitations.js";
import { makeMyChoices } from "../details/my_choices.js";
import { countReports, makeReports } from "../details/reports.js";
import { makeRoomSettings } from "../details/room_settings.js";
import { may } from "../rights.js";
import { roomTitle } from "../rooms/room_title.js";
import { formatRoute, roomLink } from "../route.js";

/** @import { RoomInfo } from "../../client/events.js" */
/** @import { Page } from "../app.js" */
/** @import { Panel } from "./side.js" */

/** @type {Record<RoomInfo["kind"], "kindPublic" | "kindPrivate" | "kindDirect">} */
const KINDS = { public: "kindPublic", private: "kindPrivate", direct: "kindDirect" };

/**
 * Makes the panel.
 * @param {Page} page
 * @returns {Panel}
 */
export function createPanel(page) {
  const { i18n, room, standing, rooms } = page;
  const element = make("div", "details");
  const about = make("section");
  const ways = makeWays(page);
  const choices = makeMyChoices(page);
  /** @type {ReturnType<typeof makeRoomSettings> | undefined} */
  let form;
  const settings = makeFold(i18n.t("roomSettings"), () => form = makeRoomSettings(page));
  const invites = makeFold(i18n.t("invites"), () => makeInvitations(page));
  const reports = makeFold(i18n.t("reports"), () => makeReports(page, count));
  const audit = makeFold(i18n.t("audit"), () => makeAudit(page));
  const endings = makeEndings(page);
  element.append(
    about,
    ways,
    choices.element,
    settings.element,
    invites.element,
    reports.element,
    audit.element,
    endings.element,
  );
  let isCounted = false;

  async function count() {
    isCounted = true;
    reports.mark(await countReports(page).catch(() => ""));
  }

  function show() {
    const { info } = standing;
    if (info !== undefined) showAbout(page, about, info);
    settings.element.hidden = !may("configure", standing);
    invites.element.hidden = !may("invite", standing);
    reports.element.hidden = audit.element.hidden = !may("moderate", standing);
    if (!reports.element.hidden && !isCounted) count();
    form?.show();
    choices.show();
    endings.show();
  }

  const stops = [standing.on("change", show), rooms.on("change", show)];
  show();
  return {
    title: i18n.t(standing.info?.kind === "direct" ? "detailsDirect" : "details"),
    element,
    closed() {
      for (const stop of stops) stop();
    },
  };

  /** @param {Page} page */
  function makeWays(page) {
    const ways = make("p", "buttons");
    const pins = make("a", "quiet button", i18n.t("pins"));
    pins.href = formatRoute({ kind: "room", room, side: { panel: "pins" } });
    const copy = makeButton(i18n.t("copyLinkShort"), "quiet", async () => {
      const isCopied = await copyText(new URL(roomLink(room), location.href).href);
      page.toasts.show(i18n.t(isCopied ? "linkCopied" : "notCopied"));
    });
    ways.append(pins, copy);
    return ways;
  }
}

/**
 * @param {Page} page
 * @param {HTMLElement} about
 * @param {RoomInfo} info
 */
function showAbout({ i18n, me }, about, info) {
  const title = make("p", "details-title");
  title.append(make("bdi", undefined, roomTitle(info, me.id)));
  const facts = [i18n.t(KINDS[info.kind])];
  if (info.archived) facts.push(i18n.t("isArchived"));
  if (info.write === "moderators") facts.push(i18n.t("onlyModeratorsWrite"));
  if (info.slowModeS > 0) facts.push(i18n.t("slowModeIs", { time: duration(i18n, info.slowModeS) }));
  if (info.retentionDays > 0) facts.push(i18n.t("retentionIs", { time: i18n.count("days", info.retentionDays) }));
  about.replaceChildren(title);
  if (info.kind === "public" && info.title !== undefined) about.append(make("bdi", "hint", `#${info.name}`));
  if (info.topic !== undefined) {
    const topic = make("p", "details-topic", info.topic);
    topic.dir = "auto";
    about.append(topic);
  }
  const list = make("ul", "facts");
  list.append(...facts.map((fact) => make("li", "hint", fact)));
  about.append(list);
}
