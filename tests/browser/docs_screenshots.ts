/**
 * Takes the picture of the documentation in `docs/screenshots/`. Run by hand when it has changed, and look at what comes out:
 *
 * ```sh
 * deno run -A tests/browser/docs_screenshots.ts
 * ```
 *
 * @module
 */

import type { BrowserContextOptions } from "playwright-core";
import { OPERATIONS } from "../../operations/table.ts";
import { SAMPLES } from "../routes/sample_operations.ts";
import { openBrowser } from "./browser.ts";
import { serveDocs } from "./docs_app.ts";

/** Where the pictures go: an argument, or where the README shows them from. */
const FOLDER = Deno.args[0] ?? new URL("../../docs/screenshots/", import.meta.url).pathname;

const WIDE = { viewport: { width: 1200, height: 800 } };
const NARROW = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

const PICTURES: Readonly<Record<string, BrowserContextOptions>> = {
  "docs_light.png": { colorScheme: "light", locale: "en-GB", ...WIDE },
  // For whoever looks; the README shows only the first.
  ...Deno.args[0] !== undefined && {
    "docs_dark.png": { colorScheme: "dark", locale: "ko-KR", ...WIDE },
    "docs_narrow.png": { colorScheme: "light", locale: "ko-KR", ...NARROW },
    "docs_narrow_dark.png": { colorScheme: "dark", locale: "en-GB", ...NARROW },
  },
};

const operations = OPERATIONS.length > 0 ? OPERATIONS : SAMPLES;
await using server = await serveDocs(operations);
await using browser = await openBrowser();
for (const [file, options] of Object.entries(PICTURES)) {
  const first = operations.find(({ type }) => type === "create_session") ?? operations[0];
  const url = `http://127.0.0.1:${server.port}/docs#${first?.type}`;
  await using visitor = await browser.visit(url, { reducedMotion: "reduce", ...options });
  await visitor.page.locator(`#${first?.type} form`).waitFor();
  if (options.viewport?.width === 390) await visitor.page.evaluate(() => scrollBy(0, -120));
  await visitor.screenshot(`${FOLDER}/${file}`);
  console.log(file, visitor.errors);
}
