/**
 * What of a room's settings somebody has changed in a form, while others may change them too. No DOM.
 * @module
 */

/** @import { RoomInfo } from "../../client/events.js" */
/** @import { RoomSettings } from "../../client/operations.js" */

/** As a form holds them. @typedef {{title: string, topic: string, write: string, slowModeS: string, retentionDays: string}} Fields */

/**
 * The fields of a room.
 * @param {RoomInfo} info
 * @returns {Fields}
 */
export function fieldsOf({ title = "", topic = "", write, slowModeS, retentionDays }) {
  return { title, topic, write, slowModeS: String(slowModeS), retentionDays: String(retentionDays) };
}

/**
 * What is to be saved: only what was changed here, so that nothing is taken back that somebody else has changed meanwhile.
 * @param {Fields} before as they were when they were last shown
 * @param {Fields} now as they stand in the form
 * @returns {RoomSettings}
 */
export function changedSettings(before, now) {
  return {
    ...(now.title.trim() !== before.title && { title: now.title.trim() }),
    ...(now.topic.trim() !== before.topic && { topic: now.topic.trim() }),
    ...(now.write !== before.write && { write: now.write === "moderators" ? "moderators" : "members" }),
    ...(now.slowModeS !== before.slowModeS && { slowModeS: Number(now.slowModeS) }),
    ...(now.retentionDays !== before.retentionDays && { retentionDays: Number(now.retentionDays) }),
  };
}

/**
 * What the form shows when the room has changed: what somebody is writing stays.
 * @param {Fields} before as they were when they were last shown
 * @param {Fields} now as they stand in the form
 * @param {Fields} next as the room is
 * @returns {Fields}
 */
export function mergedFields(before, now, next) {
  const merged = { ...now };
  for (const field of /** @type {(keyof Fields)[]} the keys of Fields */ (Object.keys(next))) {
    if (now[field] === before[field]) merged[field] = next[field];
  }
  return merged;
}

/**
 * Whether a number of days can be kept.
 * @param {string} days
 */
export function isRetention(days) {
  return /^\d{1,4}$/.test(days) && Number(days) <= 3_650;
}
