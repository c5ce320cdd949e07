/**
 * A new room: a public one has a name, by which everybody finds it; a private one has a title and invitations.
 * @module
 */

import { make, makeButton } from "../../ui/dom.js";
import { checkRoom } from "../names.js";
import { makeChoices, makeField, makeSelect } from "./field.js";
import { makeInvitation } from "./invitation.js";
import { codeOf, problemText } from "./problem.js";

/** @import { Page } from "../app.js" */
/** @import { Panel } from "../side/side.js" */

const MAX_TITLE = 80;
const MAX_TOPIC = 500;

/**
 * Makes the dialog.
 * @param {Page} page
 * @param {string} [wanted] a name that somebody has looked for
 * @returns {Panel}
 */
export function createPanel(page, wanted = "") {
  const { i18n } = page;
  const element = make("div");
  const form = make("form");
  const problem = make("p", "problem");
  /** @type {"public" | "private"} */
  let kind = "public";
  const kinds = makeChoices({
    name: "new-room-kind",
    legend: i18n.t("roomKind"),
    choices: [{ choice: "public", label: i18n.t("roomPublic") }, { choice: "private", label: i18n.t("roomPrivate") }],
    chosen: kind,
    onChoose(choice) {
      kind = choice;
      show();
    },
  });
  const name = makeField(make("input"), {
    id: "new-room-name",
    label: i18n.t("roomName"),
    hint: i18n.t("roomNameHint"),
  });
  const title = makeField(make("input"), { id: "new-room-title", label: i18n.t("roomTitle") });
  const topic = makeField(make("textarea"), { id: "new-room-topic", label: i18n.t("roomTopic") });
  const write = makeField(
    makeSelect([["members", i18n.t("writeMembers")], ["moderators", i18n.t("writeModerators")]]),
    { id: "new-room-write", label: i18n.t("roomWrite") },
  );
  const submit = make("button", "primary wide", i18n.t("roomCreate"));

  form.noValidate = true;
  name.control.value = title.control.value = wanted;
  name.control.autocomplete = title.control.autocomplete = "off";
  title.control.maxLength = MAX_TITLE;
  topic.control.maxLength = MAX_TOPIC;
  topic.control.rows = 2;
  problem.role = "alert";
  form.append(kinds, name.element, title.element, topic.element, write.element, problem, submit);
  element.append(form);

  function show() {
    name.element.hidden = kind !== "public";
    title.element.hidden = kind !== "private";
    problem.replaceChildren();
  }

  /** @returns {{kind: "public", name: string} | {kind: "private", title: string} | undefined} undefined: something is wrong with it */
  function read() {
    if (kind === "private") {
      const text = title.control.value.trim();
      title.complain(text === "" ? i18n.t("roomTitleMissing") : "");
      return text === "" ? undefined : { kind, title: text };
    }
    const checked = checkRoom(name.control.value.trim().replace(/\s+/gu, "-"));
    name.complain(checked.ok ? "" : i18n.t(checked.word));
    return checked.ok ? { kind, name: checked.value } : undefined;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const room = read();
    if (room === undefined || submit.disabled) return;
    problem.replaceChildren();
    submit.disabled = true;
    try {
      const about = topic.control.value.trim();
      const created = await page.client.createRoom({
        ...room,
        ...(about !== "" && { topic: about }),
        write: write.control.value === "moderators" ? "moderators" : "members",
      });
      if (created === undefined) return;
      page.rooms.load();
      if (room.kind === "private") invite(created.name, room.title);
      else open(created.name);
    } catch (error) {
      refuse(error, room.kind === "public" ? room.name : undefined);
    } finally {
      submit.disabled = false;
    }
  });

  /**
   * @param {unknown} error
   * @param {string | undefined} taken
   */
  function refuse(error, taken) {
    if (codeOf(error) === "conflict" && taken !== undefined) {
      name.complain(i18n.t("roomTaken", { room: taken }));
      problem.append(makeButton(i18n.t("switcherOpen", { room: taken }), "link", () => open(taken)));
    } else problem.textContent = problemText(i18n, error);
  }

  /** @param {string} room */
  function open(room) {
    page.closeDialog();
    page.go({ kind: "room", room });
  }

  /**
   * @param {string} room
   * @param {string} called
   */
  function invite(room, called) {
    const words = make("p");
    i18n.fill(words, "roomMade", { room: called });
    words.tabIndex = -1;
    const go = makeButton(i18n.t("roomGo"), "primary wide", () => open(room));
    element.replaceChildren(words, makeInvitation(page, room), go);
    words.focus();
  }

  show();
  return { title: i18n.t("newRoom"), element, focus: name.control };
}
