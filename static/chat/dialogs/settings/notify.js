/**
 * Notifications: off until somebody turns them on here, which is also when the browser asks.
 * @module
 */

import { make } from "../../../ui/dom.js";
import { chime } from "../../notifications/chime.js";
import { readWanted } from "../../notifications/news.js";
import { canNotify, startNotifications } from "../../notifications/notifications.js";
import { makeChoices } from "../field.js";

/** @import { Page } from "../../app.js" */

/**
 * Makes the fields.
 * @param {Page} page
 * @returns {HTMLElement}
 */
export function makeNotify(page) {
  const { i18n, storage } = page;
  const element = make("div", "notify");
  const problem = make("p", "problem");
  const isAllowed = canNotify && Notification.permission === "granted";
  const choices = makeChoices({
    name: "notify",
    legend: i18n.t("notifications"),
    choices: [
      { choice: "off", label: i18n.t("notificationsOff") },
      { choice: "mentions", label: i18n.t("notificationsMentions") },
      { choice: "all", label: i18n.t("notificationsAll") },
    ],
    chosen: isAllowed ? readWanted(storage.get("notify")) ?? "off" : "off",
    onChoose: choose,
  });
  problem.role = "alert";
  choices.disabled = !canNotify;
  if (!canNotify) problem.textContent = i18n.t("notificationsUnable");
  element.append(choices, problem, makeSound(page));

  /** @param {"off" | "mentions" | "all"} choice */
  async function choose(choice) {
    problem.textContent = "";
    if (choice !== "off" && await Notification.requestPermission() !== "granted") {
      problem.textContent = i18n.t("notificationsDenied");
      for (const radio of choices.querySelectorAll("input")) radio.checked = radio.value === "off";
      choice = "off";
    }
    storage.set("notify", choice === "off" ? undefined : choice);
    if (choice !== "off") startNotifications(page);
  }

  return element;
}

/** @param {Page} page */
function makeSound({ i18n, storage }) {
  const line = make("label", "check");
  const box = make("input");
  box.type = "checkbox";
  box.checked = storage.get("notifySound") === "on";
  box.disabled = !canNotify;
  box.addEventListener("change", () => {
    storage.set("notifySound", box.checked ? "on" : undefined);
    if (box.checked) chime();
  });
  line.append(box, make("span", undefined, i18n.t("notificationsSound")));
  return line;
}
