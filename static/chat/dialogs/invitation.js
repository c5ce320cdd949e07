/**
 * Making an invitation to a room, as a link that is shown once and can be copied.
 * @module
 */

import { make, makeButton } from "../../ui/dom.js";
import { formatRoute } from "../route.js";
import { makeField, makeSelect } from "./field.js";
import { problemText } from "./problem.js";

/** @import { Page } from "../app.js" */

const DAY_S = 86_400;

/**
 * Makes the form.
 * @param {Page} page
 * @param {string} room in which one may invite
 * @returns {HTMLElement}
 */
export function makeInvitation(page, room) {
  const { i18n } = page;
  const form = make("form", "invitation");
  const uses = makeField(
    makeSelect([["1", i18n.t("inviteOne")], ["10", i18n.t("inviteTen")], ["0", i18n.t("inviteAny")]]),
    { id: "invite-uses", label: i18n.t("inviteUses") },
  );
  const days = makeField(
    makeSelect([1, 7, 30].map((count) => [String(count), i18n.count("days", count)])),
    { id: "invite-days", label: i18n.t("inviteDays") },
  );
  const submit = make("button", "quiet wide", i18n.t("inviteMake"));
  const result = make("div", "invite-link");
  days.control.value = "7";
  result.role = "status";
  form.append(uses.element, days.element, submit, result);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const { code } = await page.client.createInvite(room, {
        uses: Number(uses.control.value),
        expiresInS: Number(days.control.value) * DAY_S,
      });
      showLink(new URL(formatRoute({ kind: "invite", code }), location.href).href);
    } catch (error) {
      result.replaceChildren(make("p", "problem", problemText(i18n, error)));
    }
  });

  /** @param {string} link */
  function showLink(link) {
    const box = make("input");
    box.readOnly = true;
    box.value = link;
    box.ariaLabel = i18n.t("inviteLink");
    box.addEventListener("focus", () => box.select());
    const copy = makeButton(i18n.t("copy"), "quiet", async () => {
      try {
        await navigator.clipboard.writeText(link);
        copy.textContent = i18n.t("copied");
        page.announcer.say(i18n.t("linkCopied"));
      } catch {
        // Not allowed here: it is selected, and can be copied by hand.
        box.focus();
      }
    });
    result.replaceChildren(box, copy, make("p", "hint", i18n.t("inviteOnce")));
    box.focus();
  }

  return form;
}
