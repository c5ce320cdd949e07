/**
 * Notifications: off until somebody turns them on here, which is also when the browser asks.
 * @module
 */

import { make } from "../../../ui/dom.js";
import { chime } from "../../notifications/chime.js";
import { readWanted } from "../../notifications/news.js";
import { canNotify, startNotifications } from "../../notifications/notifications.js";
import { makeChoices, showChoice } from "../field.js";

/** @import { Page } from "../../app.js" */

/**
 * Makes the fields.
 * @param {Page} page
 * @returns {{element: HTMLElement, show: () => void}} `show`: another tab may have chosen
 */
export function makeNotify(page) {
  const { i18n, storage } = page;
  const sound = makeSound(page);
  const element = make("div", "notify");
  const problem = make("p", "problem");
  const choices = makeChoices({
    // Unlike the one of a room, which may stand behind this dialog: of one name there is one choice on a page.
    name: "notifications",
    legend: i18n.t("notifications"),
    choices: [
      { choice: "off", label: i18n.t("notificationsOff") },
      { choice: "mentions", label: i18n.t("notificationsMentions") },
      { choice: "all", label: i18n.t("notificationsAll") },
    ],
    chosen: chosen(),
    onChoose: choose,
  });
  problem.role = "alert";
  choices.disabled = !canNotify;
  if (!canNotify) problem.textContent = i18n.t("notificationsUnable");
  element.append(choices, problem, sound.element);

  function chosen() {
    const isAllowed = canNotify && Notification.permission === "granted";
    return isAllowed ? readWanted(storage.get("notify")) ?? "off" : "off";
  }

  /** @param {"off" | "mentions" | "all"} choice */
  async function choose(choice) {
    problem.textContent = "";
    if (choice !== "off" && await Notification.requestPermission() !== "granted") {
      problem.textContent = i18n.t("notificationsDenied");
      showChoice(choices, "off");
      choice = "off";
    }
    storage.set("notify", choice === "off" ? undefined : choice);
    if (choice !== "off") startNotifications(page);
  }

  return {
    element,
    show() {
      showChoice(choices, chosen());
      sound.show();
    },
  };
}

/** @param {Page} page */
function makeSound({ i18n, storage }) {
  const line = make("label", "check");
  const box = make("input");
  box.type = "checkbox";
  const show = () => box.checked = storage.get("notifySound") === "on";
  box.disabled = !canNotify;
  box.addEventListener("change", () => {
    storage.set("notifySound", box.checked ? "on" : undefined);
    if (box.checked) chime();
  });
  line.append(box, make("span", undefined, i18n.t("notificationsSound")));
  show();
  return { element: line, show };
}
