/**
 * Takes the pictures of the test page in `docs/screenshots/`. Run by hand when it has changed, and look at what comes out:
 *
 * ```sh
 * deno run -A tests/browser/test_screenshots.ts
 * ```
 *
 * @module
 */

import type { BrowserContextOptions, Page } from "playwright-core";
import { openBrowser } from "./browser.ts";
import { startServer } from "./server.ts";

/** Where the pictures go: an argument, or where the README shows them from. */
const FOLDER = Deno.args[0] ?? new URL("../../docs/screenshots/", import.meta.url).pathname;

const WIDE = { viewport: { width: 1440, height: 1660 } };
const NARROW = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

const PICTURES: Readonly<Record<string, BrowserContextOptions>> = {
  "test_wide_light.png": { colorScheme: "light", locale: "en-GB", ...WIDE },
  "test_narrow_dark.png": { colorScheme: "dark", locale: "ko-KR", ...NARROW },
};

await Deno.mkdir(FOLDER, { recursive: true });
await using browser = await openBrowser();
for (const [file, options] of Object.entries(PICTURES)) {
  await using server = await startServer();
  await using visitor = await browser.visit(`${server.origin}/test`, options);
  const { page } = visitor;
  await page.locator("body[data-ready]").waitFor();
  await useBoth(page);
  if (options.viewport?.width === 390) {
    await page.locator("#tour > summary").click();
    await page.locator("#pane-a").evaluate((pane) => pane.scrollIntoView());
    await page.evaluate(() => scrollBy(0, -60));
  }
  await visitor.screenshot(`${FOLDER}/${file}`);
  console.log(file, visitor.errors);
}

/** The tour on the left, a storm under faults on the right. */
async function useBoth(page: Page): Promise<void> {
  const step = (number: number) => page.locator("#tour-steps > li").nth(number - 1);
  for (const number of [1, 2, 3, 4, 5]) {
    await step(number).getByRole("button").click();
    await page.locator(`#tour-steps > li:nth-child(${number})[data-state=done]`).waitFor();
  }
  const right = page.locator("#pane-b");
  await right.locator(".connection .primary").click();
  await right.locator(".state[data-state=open]").waitFor();
  await right.locator(".faults .toggle").nth(1).click();
  await page.locator(".frame-list").first().evaluate((list) => list.scrollTo(0, 0));
  await right.locator(".say button").nth(1).click();
  await right.locator(".client .hint", { hasText: /20\D+20\D+0/ }).first().waitFor();
  await right.locator(".client .hint", { hasText: /HTTP(?!.*(still|아직))/ }).waitFor();
  await page.evaluate(() => scrollTo(0, 0));
}
