/**
 * What is done rarely, and thought over: taking everything along, closing a room, leaving it.
 * @module
 */

import { make, makeButton } from "../../ui/dom.js";
import { saveFile } from "../../ui/save_file.js";
import { fetchFile } from "../http.js";
import { may } from "../rights.js";
import { attempt, makeProblem } from "../side/attempt.js";

/** @import { Page } from "../app.js" */

/**
 * The ways out of a room: archiving it, bringing it back, leaving.
 * @param {Page} page
 */
export function makeEndings(page) {
  const { i18n, client, room, standing } = page;
  const element = make("section", "endings");
  const problem = makeProblem();
  const take = makeButton(
    i18n.t("exportRoom"),
    "quiet wide",
    () => attempt({ i18n, control: take, problem }, () => download(page)),
  );
  const archive = makeButton("", "quiet wide", () => {
    if (!standing.info?.archived) return ask(archive, i18n.t("archiveQuestion"), i18n.t("archive"), setArchived);
    attempt({ i18n, control: archive, problem }, setArchived);
  });
  const leave = makeButton("", "danger wide", () => page.openDialog("leave_room", room));
  const question = make("div");
  element.append(take, archive, leave, question, problem);

  async function setArchived() {
    const info = await client.updateRoom(room, { archived: !standing.info?.archived });
    if (info !== undefined) page.rooms.takeInfo(info);
  }

  /**
   * @param {HTMLElement} opener
   * @param {string} text
   * @param {string} word
   * @param {() => Promise<unknown>} run
   */
  function ask(opener, text, word, run) {
    const form = make("form", "side-form");
    const yes = make("button", "danger", word);
    const end = () => {
      question.replaceChildren();
      if (opener.isConnected) opener.focus();
    };
    const buttons = make("p", "buttons");
    buttons.append(yes, makeButton(i18n.t("cancel"), "quiet", end));
    form.append(make("p", undefined, text), buttons);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await attempt({ i18n, control: yes, problem }, run);
      end();
    });
    question.replaceChildren(form);
    yes.focus();
  }

  return {
    element,
    show() {
      take.hidden = !may("export", standing);
      archive.hidden = !may("archive", standing);
      archive.textContent = i18n.t(standing.info?.archived ? "unarchive" : "archiveAsk");
      // Who keeps order everywhere need not be in it.
      leave.hidden = page.rooms.find(room) === undefined;
      leave.textContent = i18n.t(standing.info?.kind === "direct" ? "hideDirect" : "leaveRoom");
    },
  };
}

/**
 * Saves a room as a file, one JSON object a line.
 * @param {Page} page
 */
async function download({ client, room }) {
  const path = `/v1/rooms/${encodeURIComponent(room)}/export`;
  saveFile(await fetchFile({ method: "GET", path, token: client.token }), `${room}.ndjson`);
}
