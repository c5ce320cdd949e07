/**
 * The tour's steps, with a button each and what came of them.
 * @module
 */

import { withCode } from "../ui/code_text.js";
import { make } from "../ui/dom.js";
import { makeButtonWord } from "./fields.js";
import { TourError } from "./tour.js";
import { makeWord, t } from "./words.js";

/** @import { Outcome, Step } from "./tour.js" */

/**
 * Shows them.
 * @param {HTMLElement} list
 * @param {readonly Step[]} steps
 */
export function showTour(list, steps) {
  let isBusy = false;
  const views = steps.map((step, index) => {
    const item = make("li");
    const button = makeButtonWord("run", "quiet", () => void run());
    const result = make("p", "result");
    result.role = "status";
    const title = make("h3");
    title.append(make("span", "step-number", String(index + 1)), makeWord("span", step.title));
    item.append(title, makeWord("p", step.about, "about"), button, result);
    /** @type {Outcome | undefined} */
    let outcome;

    async function run() {
      // One at a time: the steps stand on each other.
      if (isBusy) return;
      isBusy = true;
      result.textContent = t("running");
      try {
        outcome = await step.run();
        item.dataset.state = "done";
        show();
      } catch (error) {
        item.dataset.state = "failed";
        const message = error instanceof Error ? error.message : String(error);
        result.textContent = t("tourFailed", { message });
        if (!(error instanceof TourError)) console.error(error);
      } finally {
        isBusy = false;
      }
    }

    function show() {
      button.textContent = t("run", { step: index + 1 });
      if (outcome === undefined) return;
      result.replaceChildren();
      withCode(result, t(outcome.word, outcome.values));
    }

    list.append(item);
    return { show };
  });

  return {
    translate() {
      for (const { show } of views) show();
    },
  };
}
