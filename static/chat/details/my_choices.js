/**
 * What I have chosen for a room: what it tells me of, and whether it is a favourite.
 * @module
 */

import { make } from "../../ui/dom.js";
import { problemText } from "../dialogs/problem.js";
import { makeChoices, showChoice } from "../dialogs/field.js";
import { makeProblem } from "../side/attempt.js";

/** @import { MyRoom } from "../../client/operations.js" */
/** @import { Word } from "../../ui/i18n.js" */
/** @import { Page } from "../app.js" */

/** @typedef {{notify?: MyRoom["notify"], favourite?: boolean}} Choice */

/** @type {readonly {choice: MyRoom["notify"], word: Word}[]} */
const LEVELS = [
  { choice: "all", word: "notifyAll" },
  { choice: "mentions", word: "notifyMentions" },
  { choice: "none", word: "notifyNone" },
];

/**
 * Makes the section; it is there for who has the room in their list.
 * @param {Page} page
 */
export function makeMyChoices(page) {
  const { i18n, client, room, rooms } = page;
  const element = make("section");
  const problem = makeProblem();
  const favourite = make("input");
  favourite.type = "checkbox";
  const star = make("label", "check");
  star.append(favourite, make("span", undefined, i18n.t("favourite")));
  const levels = makeChoices({
    name: "notify",
    legend: i18n.t("notify"),
    choices: LEVELS.map(({ choice, word }) => ({ choice, label: i18n.t(word) })),
    chosen: rooms.find(room)?.notify ?? "all",
    onChoose: (notify) => choose({ notify }),
  });
  element.append(levels, star, problem);
  favourite.addEventListener("change", () => choose({ favourite: favourite.checked }));
  /** Counts choices: only the last one's failure takes it back. */
  let turn = 0;

  /** @param {Choice} choice */
  async function choose(choice) {
    const mine = ++turn;
    problem.textContent = "";
    try {
      await client.ask("update_membership", { room, ...choice });
      rooms.takeChoice(room, choice);
    } catch (error) {
      if (mine !== turn) return;
      problem.textContent = problemText(i18n, error);
      show();
    }
  }

  function show() {
    const mine = rooms.find(room);
    element.hidden = mine === undefined;
    if (mine === undefined) return;
    favourite.checked = mine.favourite;
    showChoice(levels, mine.notify);
  }

  show();
  return { element, show };
}
