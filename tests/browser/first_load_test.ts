/**
 * What a first load weighs and takes: budgets that every change keeps. Who adds to the page either loads it when it is first used,
 * or takes as much away.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { browserTest, useBrowser, type Visitor } from "./browser.ts";
import { useServer } from "./server.ts";

/** Uncompressed, in bytes: a first visit until somebody can tell their name. */
const MAX_DOOR_BYTES = 100_000;

/**
 * Uncompressed, in bytes: with nothing kept, until somebody whose name is known can write. It may only be lowered;
 * `docs/decisions/pages_without_a_build.md` says what is in it, and why it is no smaller.
 */
const MAX_CHAT_BYTES = 208_000;

/** As they are sent, without headers, with nothing kept. */
const MAX_CHAT_SENT_BYTES = 100_000;

/** A mobile network as audits take it for slow: 1.6 Mbit a second. */
const SLOW_NETWORK = { roundTripMs: 150, bytesPerMs: 200 };

/** What a browser opens at once to one host over HTTP/1.1. */
const CONNECTIONS = 6;

/** Of the second in which a name can be told; `first_load_time.ts` measures the whole. */
const MAX_NETWORK_MS = 800;

const server = useServer();
const browser = useBrowser();

browserTest("a first visit weighs less than 100 KB, uncompressed, until it takes a name", async () => {
  await using visitor = await browser.visit();
  const { bytes, list } = await weigh(visitor, "name");
  assert(bytes < MAX_DOOR_BYTES, `${bytes} bytes:\n${list}`);
});

browserTest("what comes until somebody can write keeps its budget, also as it is sent", async () => {
  await using visitor = await visitAgain();
  const { bytes, sentBytes, list } = await weigh(visitor, "composer");
  assert(bytes < MAX_CHAT_BYTES, `${bytes} bytes:\n${list}`);
  assert(sentBytes < MAX_CHAT_SENT_BYTES, `${sentBytes} bytes are sent:\n${list}`);
});

browserTest(
  "no module is found out late: each one of the first load has a preload, and each preload is needed",
  async () => {
    for (const [open, box] of [[browser.visit, "name"], [visitAgain, "composer"]] as const) {
      await using visitor = await open();
      await openUntil(visitor, box);
      const { asked, told } = await visitor.page.evaluate(listModules);
      assert(asked.length > 5 && asked.join("\n") === told.join("\n"), JSON.stringify({ box, asked, told }, null, 2));
    }
  },
);

browserTest(
  "on a slow network a first visit has what takes a name early enough to leave a fifth of a second to a slow phone",
  async () => {
    await using visitor = await browser.visit();
    const { sentBytes, count, list } = await weigh(visitor, "name");
    const rounds = 1 + Math.ceil((count - 1) / CONNECTIONS);
    const ms = rounds * SLOW_NETWORK.roundTripMs + sentBytes / SLOW_NETWORK.bytesPerMs;
    assert(ms < MAX_NETWORK_MS, `${Math.round(ms)} ms, in ${rounds} rounds:\n${list}`);
  },
);

browserTest("who comes again asks for the page alone: all else is kept, under the name of its version", async () => {
  await using visitor = await visitAgain();
  await openUntil(visitor, "composer");
  await openUntil(visitor, "composer");
  const loaded = await visitor.page.evaluate(listLoaded);
  assert(loaded.length > 50);
  assertEquals(loaded.filter(({ isKept }) => !isKept).map(({ path }) => path), ["/"]);
});

/** A browser with nothing kept but a name. */
async function visitAgain(): Promise<Visitor> {
  const visitor = await browser.visit();
  await visitor.context.addInitScript(keepName);
  return visitor;
}

async function weigh(visitor: Visitor, box: string) {
  await openUntil(visitor, box);
  const loaded = await visitor.page.evaluate(listLoaded);
  const sum = (key: "bytes" | "sentBytes") => loaded.reduce((total, each) => total + each[key], 0);
  const list = loaded.toSorted((a, b) => b.bytes - a.bytes).map(({ bytes, path }) => `${bytes} ${path}`).join("\n");
  return { bytes: sum("bytes"), sentBytes: sum("sentBytes"), count: loaded.length, list };
}

/** Opens the page, until a box has the focus, which it is given when it can be used. */
async function openUntil({ page }: Visitor, box: string): Promise<void> {
  await page.goto("about:blank");
  await page.goto(`${server.origin}/#lobby`);
  await page.locator(`#${box}:focus`).waitFor();
}

/** Runs in the page, before its own scripts. */
function keepName(): void {
  try {
    localStorage.setItem("maru.name", "민지");
  } catch {
    // The empty page that comes before has no storage.
  }
}

/** Runs in the page: all that came over the network, pictures left out. */
function listLoaded() {
  const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  return entries.flatMap((entry) =>
    entry instanceof PerformanceResourceTiming && entry.initiatorType !== "img"
      ? [{
        path: new URL(entry.name).pathname,
        bytes: entry.decodedBodySize,
        sentBytes: entry.encodedBodySize,
        isKept: entry.transferSize === 0,
      }]
      : []
  );
}

/** Runs in the page. */
function listModules() {
  const pathOf = (url: string) => new URL(url).pathname.replace(/^\/static\/~\w+\//, "");
  const asked = performance.getEntriesByType("resource").map(({ name }) => pathOf(name))
    .filter((path) => path.endsWith(".js") && path !== "ui/boot.js");
  const told = [...document.querySelectorAll<HTMLLinkElement>("link[rel=modulepreload]")].map(({ href }) =>
    pathOf(href)
  );
  return { asked: [...new Set(asked)].sort(), told: [...new Set(told)].sort() };
}
