/**
 * Chromium for the tests in this folder: started once a test file, a fresh context for each test, nothing left behind.
 *
 * ```ts ignore
 * const browser = useBrowser({ resolve: () => ({ "localhost:8000": server.addr.port }) });
 *
 * browserTest("the page greets", async () => {
 *   await using visitor = await browser.visit(`http://localhost:8000/`);
 *   assertEquals(await visitor.page.title(), "Maru");
 * });
 * ```
 *
 * The browser lives in the hooks of the file, not in a test, so that the sanitizers see no test leak it. A machine
 * without Chromium ignores these tests, so that whoever has only Node sees the others pass; CI installs it, and does not
 * let one of them be ignored (`tools/ci_summary.ts`).
 *
 * @module
 */

import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** Debian's; `deno task test` gives leave to run this one. */
const CHROMIUM = "/usr/bin/chromium";

const hasChromium = isThere(CHROMIUM);

/** `Deno.test` for a test that needs the browser. */
export const browserTest: (name: string, run: () => Promise<void>) => void = hasChromium
  ? (name, run) => Deno.test(name, run)
  : (name, run) => Deno.test.ignore(name, run);

/** No sandbox: root, as whom CI runs, cannot have one. The rest keeps it from looking for a network. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** Tests are given no LANG, and without one Chromium can name no file in Korean: what is saved is called `download`. */
const LOCALE = "C.UTF-8";

/** How long a page may take over one step, in milliseconds: a machine with two cores under a test suite is slow. */
const STEP_MS = 15_000;

/** What the browser of a test file is to be. */
export interface BrowserOptions {
  /**
   * Which port of this machine stands in for a host, or a host and port, that pages name: `{ "localhost:8000": 45123 }`
   * or `{ "your_domain": 45123 }`. It holds for ws: as for http:, and pages, Host and Origin go on naming the host.
   * Called when the browser starts, before the first test; nothing is mapped by default.
   */
  readonly resolve?: () => Readonly<Record<string, number>>;
}

/** The browser of a test file. */
export interface TestBrowser {
  /**
   * Opens a page as somebody new: a context with cookies and storage of its own.
   *
   * @param url What to open; an empty page if left out, from which, being of no origin, sockets to localhost fail.
   * @param options Playwright's: `locale`, `colorScheme`, `viewport` (1280 × 720), `offline` …
   */
  visit(url?: string, options?: BrowserContextOptions): Promise<Visitor>;
}

/** Somebody with a page. `await using` closes it at the end of the test, however that comes. */
export interface Visitor extends AsyncDisposable {
  /** The page. Each step of it may take 15 s. */
  readonly page: Page;
  /** Where cookies, storage and the network are: `context.setOffline(true)`. */
  readonly context: BrowserContext;
  /**
   * What the page's scripts threw and did not catch, what was written to the console as an error, by them or by the
   * browser, and each violation of the page's Content Security Policy.
   */
  readonly errors: readonly string[];
  /**
   * Forgets errors so far: they were wanted.
   *
   * @param which Those that match. Default: all.
   */
  forgive(which?: RegExp): void;
  /**
   * Takes a picture of what is in view.
   *
   * @param path A PNG file, from the root, such as `docs/screenshots/room.png`.
   */
  screenshot(path: string): Promise<void>;
}

/**
 * Gives the tests of this file a browser: starts it before the first of them and ends it after the last.
 *
 * @param options See {@linkcode BrowserOptions}.
 * @throws {Error} In the tests, not here, when Chromium cannot be started.
 */
export function useBrowser(options: BrowserOptions = {}): TestBrowser {
  let browser: OpenBrowser | undefined;
  Deno.test.beforeAll(async () => {
    if (hasChromium) browser = await openBrowser(options);
  });
  Deno.test.afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
  });
  return {
    visit(url, contextOptions) {
      if (browser === undefined) throw new Error("The browser is not there before the first test or after the last");
      return browser.visit(url, contextOptions);
    },
  };
}

/** A browser that whoever opened it has to close. */
export interface OpenBrowser extends TestBrowser, AsyncDisposable {}

/**
 * Starts a browser, for what is no test; tests have {@linkcode useBrowser}.
 *
 * @param options See {@linkcode BrowserOptions}.
 * @throws {Error} When Chromium cannot be started.
 */
export async function openBrowser(options: BrowserOptions = {}): Promise<OpenBrowser> {
  const browser = await launch(options.resolve?.() ?? {});
  return {
    visit: (url, contextOptions) => visit(browser, url, contextOptions),
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

async function launch(resolve: Readonly<Record<string, number>>): Promise<Browser> {
  const rules = Object.entries(resolve).map(([host, port]) => `MAP ${host} 127.0.0.1:${port}`);
  const mapping = rules.length === 0 ? [] : [`--host-resolver-rules=${rules.join(",")}`];
  try {
    const env = { ...Deno.env.toObject(), LANG: LOCALE };
    return await chromium.launch({ executablePath: CHROMIUM, args: [...ARGUMENTS, ...mapping], env });
  } catch (cause) {
    throw new Error(`Cannot start Chromium at ${CHROMIUM}: apt-get install chromium (on Debian), and see the cause`, {
      cause,
    });
  }
}

async function visit(browser: Browser, url?: string, options?: BrowserContextOptions): Promise<Visitor> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(STEP_MS);
  await context.addInitScript(reportViolations);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  if (url !== undefined) await page.goto(url);
  return {
    page,
    context,
    errors,
    forgive(which = /^/) {
      errors.splice(0, errors.length, ...errors.filter((error) => !which.test(error)));
    },
    async screenshot(path) {
      await page.screenshot({ path });
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** Runs in the page, before its own scripts. */
function reportViolations(): void {
  addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
    console.error(`Content Security Policy: ${effectiveDirective} blocked ${blockedURI}`);
  });
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
