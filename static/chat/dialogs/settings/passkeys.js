/**
 * Passkeys: those that there are, a new one, and taking one away.
 * @module
 */

import { isRecord, isTime } from "../../../client/records.js";
import { make, makeButton } from "../../../ui/dom.js";
import { canUsePasskeys } from "../../passkey_support.js";
import { makePasskey } from "../../passkeys.js";
import { makeConfirmed } from "../confirm.js";
import { problemText } from "../problem.js";

/** @import { Page } from "../../app.js" */
/** @typedef {{id: string, createdAt: number, usedAt: number | undefined}} Passkey */

/**
 * Makes the list; it is empty until it is loaded.
 * @param {Page} page
 */
export function makePasskeys(page) {
  const { i18n } = page;
  const element = make("div", "passkeys");
  const words = make("p", "hint");
  const list = make("ul", "entries");
  const problem = make("p", "problem");
  const done = make("p", "hint");
  const create = makeButton(i18n.t("passkeyMake"), "quiet", add);
  let count = 0;
  problem.role = "alert";
  done.role = "status";
  create.disabled = !canUsePasskeys;
  element.append(make("h4", undefined, i18n.t("passkeys")), words, list, create, problem, done);

  async function load() {
    const { passkeys } = await page.client.ask("list_passkeys");
    const known = Array.isArray(passkeys) ? passkeys.map(readPasskey).filter((each) => each !== undefined) : [];
    count = known.length;
    words.textContent = i18n.t(!canUsePasskeys ? "passkeyUnable" : count > 0 ? "passkeysSome" : "passkeysNone");
    list.replaceChildren(...known.map(makeItem));
  }

  async function add() {
    problem.textContent = done.textContent = "";
    create.disabled = true;
    try {
      await makePasskey(page.client.token);
      await load();
      done.textContent = i18n.t("passkeyNowYours");
    } catch (error) {
      problem.textContent = problemText(i18n, error);
    } finally {
      create.disabled = false;
    }
  }

  /** @param {Passkey} passkey */
  function makeItem({ id, createdAt, usedAt }) {
    const item = make("li");
    const about = i18n.t("passkeyMade", { at: i18n.moment(createdAt) });
    const used = usedAt === undefined ? [] : [i18n.t("passkeyUsed", { at: i18n.moment(usedAt) })];
    const remove = makeConfirmed(i18n, {
      word: i18n.t("passkeyDelete"),
      question: [i18n.t("passkeyDeleteSure"), ...(count === 1 ? [i18n.t("passkeyDeleteLast")] : [])],
      yes: i18n.t("passkeyDelete"),
      async run() {
        await page.client.ask("delete_passkey", { passkey: id });
        await load();
        create.focus();
      },
    });
    item.append(make("span", undefined, [about, ...used].join(" · ")), remove);
    return item;
  }

  return {
    element,
    load,
    /** How many there are, as far as is known. @returns {number} */
    get count() {
      return count;
    },
  };
}

/**
 * @param {unknown} value
 * @returns {Passkey | undefined}
 */
function readPasskey(value) {
  if (!isRecord(value) || typeof value.id !== "string" || !isTime(value.createdAt)) return undefined;
  return { id: value.id, createdAt: value.createdAt, usedAt: isTime(value.usedAt) ? value.usedAt : undefined };
}
