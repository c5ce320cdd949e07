/**
 * What axe-core finds wrong with a page for people who hear it, who use the keyboard alone or who need contrast.
 *
 * @module
 */

import type { Page } from "playwright-core";

/** Its whole source, to be run in the page: the page's policy lets in no script, and CDP asks no policy. */
const source = await Deno.readTextFile(new URL(import.meta.resolve("axe-core/axe.min.js")));

/** The rules of WCAG 2.2 at levels A and AA, and what axe itself recommends beside them. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** The levels that a page of ours may not have; `minor` and `moderate` ones are listed by hand where they come up. */
const SERIOUS = ["serious", "critical"];

/**
 * Runs axe on what is to be seen now.
 *
 * @param page The page.
 * @returns A line for each thing that is serious or critical: the rule, and where.
 */
export async function findBarriers(page: Page): Promise<string[]> {
  await page.evaluate(source);
  return await page.evaluate(async ({ tags, serious }) => {
    // Safe: the source above has just put it there.
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run(document, { runOnly: { type: "tag", values: tags } });
    return violations.filter(({ impact }) => serious.includes(impact ?? "")).flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) =>
        `${id}: ${target.join(" ")}: ${failureSummary?.split("\n").at(-1)?.trim()}`
      )
    );
  }, { tags: TAGS, serious: SERIOUS });
}
