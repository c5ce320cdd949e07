/**
 * How a room is, for those who may change it.
 * @module
 */

import { make } from "../../ui/dom.js";
import { makeField, makeSelect } from "../dialogs/field.js";
import { attempt, makeProblem } from "../side/attempt.js";
import { changedSettings, fieldsOf, isRetention, mergedFields } from "./changed_settings.js";
import { duration } from "./duration.js";

/** @import { Page } from "../app.js" */
/** @import { Fields } from "./changed_settings.js" */

const SLOW_S = [0, 5, 10, 30, 60, 300, 900, 3_600, 21_600];

/**
 * Makes the form.
 * @param {Page} page
 */
export function makeRoomSettings(page) {
  const { i18n, client, room, standing } = page;
  const form = make("form", "room-settings");
  form.noValidate = true;
  const title = makeField(make("input"), { id: "room-title", label: i18n.t("roomTitle") });
  const topic = makeField(make("textarea"), { id: "room-topic", label: i18n.t("roomAbout") });
  const write = makeField(
    makeSelect([["members", i18n.t("writeMembers")], ["moderators", i18n.t("writeModerators")]]),
    { id: "room-write", label: i18n.t("roomWrite") },
  );
  const slow = makeField(
    makeSelect(SLOW_S.map((seconds) => [String(seconds), duration(i18n, seconds)])),
    { id: "room-slow", label: i18n.t("slowMode"), hint: i18n.t("slowModeHint") },
  );
  const days = makeField(make("input"), {
    id: "room-days",
    label: i18n.t("retention"),
    hint: i18n.t("retentionHint"),
  });
  title.control.maxLength = 320;
  topic.control.maxLength = 2_000;
  topic.control.rows = 3;
  days.control.inputMode = "numeric";
  const problem = makeProblem();
  const save = make("button", "primary wide", i18n.t("save"));
  form.append(title.element, topic.element, write.element, slow.element, days.element, problem, save);
  /** @type {Fields | undefined} */
  let before;

  /** @returns {Fields} */
  const read = () => ({
    title: title.control.value,
    topic: topic.control.value,
    write: write.control.value,
    slowModeS: slow.control.value,
    retentionDays: days.control.value.trim(),
  });

  /** @param {Fields} fields */
  function put(fields) {
    title.control.value = fields.title;
    topic.control.value = fields.topic;
    write.control.value = fields.write;
    // Another client may have set one that is not offered here.
    if (![...slow.control.options].some(({ value }) => value === fields.slowModeS)) {
      slow.control.add(new Option(duration(i18n, Number(fields.slowModeS)), fields.slowModeS));
    }
    slow.control.value = fields.slowModeS;
    days.control.value = fields.retentionDays;
  }

  function show() {
    if (standing.info === undefined) return;
    const next = fieldsOf(standing.info);
    put(before === undefined ? next : mergedFields(before, read(), next));
    before = next;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fields = read();
    const isGood = isRetention(fields.retentionDays);
    days.complain(isGood ? "" : i18n.t("retentionRefused"));
    if (!isGood || before === undefined) return;
    const changes = changedSettings(before, fields);
    if (Object.keys(changes).length === 0) return page.toasts.show(i18n.t("saved"));
    const reasons = /** @type {const} */ ({ bad_request: "settingsRefused" });
    const isDone = await attempt({ i18n, control: save, problem, reasons }, async () => {
      const info = await client.updateRoom(room, changes);
      if (info === undefined) return;
      before = fieldsOf(info);
      put(before);
      page.rooms.takeInfo(info);
    });
    if (isDone) page.toasts.show(i18n.t("saved"));
  });

  return { element: form, show, opened: show };
}
