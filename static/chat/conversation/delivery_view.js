/**
 * What becomes of a message on its way: it waits, or why it was not sent, and what can be done about it.
 * @module
 */

import { make, makeButton } from "../../ui/dom.js";

/** @import { I18n } from "../../ui/i18n.js" */
/** @import { MessageRow } from "./rows.js" */

/**
 * Shows it.
 * @param {HTMLElement} delivery
 * @param {MessageRow} row
 * @param {I18n} i18n
 * @param {{retry: (key: string) => void, discard: (key: string) => void}} actions
 */
export function showDelivery(delivery, { status, key, error }, i18n, actions) {
  delivery.replaceChildren();
  if (status === "sent" || key === undefined) return;
  if (status === "pending") {
    // Two texts, one of them shown: which one is true changes with the connection, for all messages at once.
    delivery.append(make("span", "sending", i18n.t("pending")), make("span", "queued", i18n.t("queued")));
    return;
  }
  delivery.append(
    make("span", "reason", i18n.t("failed", { reason: reasonOf(error?.code ?? "internal", i18n) })),
    makeButton(i18n.t("retry"), "retry", () => actions.retry(key)),
    makeButton(i18n.t("discard"), "discard", () => actions.discard(key)),
  );
}

/**
 * @param {string} code
 * @param {I18n} i18n
 */
function reasonOf(code, i18n) {
  switch (code) {
    case "too_long":
    case "forbidden":
    case "not_found":
    case "conflict":
    case "unknown_outcome":
      return i18n.t(`reason_${code}`);
    default:
      return i18n.t("reason_other", { code });
  }
}
