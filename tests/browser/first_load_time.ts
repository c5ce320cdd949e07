/**
 * Measures how long a first load takes on a slow phone: 150 ms to the server, 1.6 Mbit a second, a quarter of this processor. It is no test,
 * since its figures are those of the machine and of what else it does; `first_load_test.ts` holds what they follow from.
 *
 * ```sh
 * deno run --allow-all tests/browser/first_load_time.ts
 * ```
 *
 * @module
 */

import { openBrowser, type Visitor } from "./browser.ts";
import { startServer } from "./server.ts";

const NETWORK = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
const SLOWDOWN = 4;
/** Loads of which the median counts. */
const LOADS = 9;

await using server = await startServer();
await using browser = await openBrowser();

const first: number[] = [];
for (let load = 0; load < LOADS; load++) {
  await using visitor = await browser.visit();
  await slowDown(visitor);
  first.push(await timeUntil(visitor, "name"));
}
console.log(`a first visit takes a name after ${median(first)} ms, of ${first}`);

await using visitor = await browser.visit();
await visitor.page.goto(`${server.origin}/#lobby`);
await visitor.page.fill("#name", "민지");
await visitor.page.press("#name", "Enter");
await visitor.page.locator("#composer:focus").waitFor();
await slowDown(visitor);
const again: number[] = [];
for (let load = 0; load < LOADS; load++) again.push(await timeUntil(visitor, "composer"));
console.log(`who comes again can write after ${median(again)} ms, of ${again}`);

async function slowDown({ page, context }: Visitor): Promise<void> {
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", NETWORK);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
}

/** Opens the page; milliseconds from then until a box has the focus, which it is given when it can be used. */
async function timeUntil({ page }: Visitor, box: string): Promise<number> {
  await page.goto("about:blank");
  await page.addInitScript(watchFocus, box);
  await page.goto(`${server.origin}/#lobby`, { waitUntil: "commit" });
  const found = await page.waitForFunction(() => Number(document.documentElement.dataset["usableAt"]) || undefined);
  return Math.round(Number(await found.jsonValue()));
}

/** Runs in the page, before its own scripts: writes down when a box has the focus. */
function watchFocus(box: string): void {
  addEventListener("focusin", ({ target }) => {
    if (target instanceof Element && target.id === box) {
      document.documentElement.dataset["usableAt"] ??= String(performance.now());
    }
  });
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN;
}
