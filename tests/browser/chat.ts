/**
 * People who chat, for the tests in this folder: each has a page of their own, and what goes wrong in it fails the test.
 *
 * ```ts ignore
 * const chat = useChat();
 *
 * chat.test("what one says the other reads", async ({ enter }) => {
 *   const [minji, jihun] = [await enter("민지", "마루"), await enter("지훈", "마루")];
 *   await minji.say("안녕하세요");
 *   await jihun.reads(["안녕하세요"]);
 * });
 * ```
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { browserTest, useBrowser, type Visitor } from "./browser.ts";
import { type ServerOptions, startServer, type TestServer, useServer } from "./server.ts";

/** What a test gets. */
export interface Scene {
  /** Where the file's server is. */
  readonly origin: string;
  /**
   * Opens the page as somebody new, without going through the door.
   *
   * @param hash The room in the address, without `#`.
   */
  visit(hash: string, options?: VisitOptions): Promise<Person>;
  /**
   * Opens a room by its link as somebody who has told the page their name before; resolves when the room's messages are
   * there.
   */
  enter(name: string, room: string, options?: VisitOptions): Promise<Person>;
  /** Two at once: 민지, who comes as the options say, and 지훈. */
  pair(room: string, minji?: VisitOptions): Promise<[Person, Person]>;
  /** Starts a server for this test alone, to be stopped and killed. */
  startServer(): Promise<TestServer>;
}

/** How somebody comes. */
export interface VisitOptions extends BrowserContextOptions {
  /** Default: the file's server. */
  readonly origin?: string;
  /** Called before the page is opened: routes, scripts, clocks. */
  readonly prepare?: (page: Page) => unknown;
}

/** One message as it stands on the page. */
export interface Shown {
  /** Nothing where it was deleted. */
  readonly text: string;
  readonly status: string;
  readonly key: string;
  readonly cursor: string;
}

/** Somebody at their page. */
export interface Person {
  readonly page: Page;
  readonly visitor: Visitor;
  /** The message box. */
  readonly box: Locator;
  /** Writes it into the box and presses Enter. */
  say(...texts: string[]): Promise<void>;
  /** The same without the time that a keyboard takes. */
  sayAtOnce(texts: readonly string[]): Promise<void>;
  /** Waits until the messages on the page are these and no others, in this order, all of them sent. */
  reads(texts: readonly string[]): Promise<void>;
  /** Waits for the connection's state: `online`, `waiting`, `offline` … */
  is(state: string): Promise<void>;
  /** The messages on the page, from top to bottom. */
  shown(): Promise<Shown[]>;
}

/** What a test may say about itself. */
export interface TestOptions {
  /** The test takes the network or the server away: the browser's complaints about that are none. */
  readonly losesNetwork?: boolean;
}

/** The chat of a test file. */
export interface Chat {
  /** A test; whatever a page complains of, by then, fails it: errors, and violations of its CSP. */
  test(name: string, run: (scene: Scene) => Promise<void>, options?: TestOptions): void;
}

/** What Chromium says when a connection cannot be made or breaks. */
const NETWORK =
  /^WebSocket connection to '[^']*' failed: |^Failed to load resource: net::ERR_|^TypeError: Failed to fetch dynamically imported module: /;

/** Said, or a message shown, only when the first answer to the join has come. */
const ROOM_IS_THERE = "#history:not(:empty), li.message";

/**
 * Gives the tests of this file a server and a browser.
 *
 * @param options The server's.
 */
export function useChat(options: ServerOptions = {}): Chat {
  const server = useServer(options);
  const browser = useBrowser();
  return {
    test(name, run, { losesNetwork = false } = {}) {
      browserTest(name, async () => {
        await using stack = new AsyncDisposableStack();
        const people: Person[] = [];
        const visit: Scene["visit"] = async (hash, { origin = server.origin, prepare, ...context } = {}) => {
          const visitor = stack.use(await browser.visit(undefined, { locale: "ko-KR", ...context }));
          const person = personAt(visitor);
          people.push(person);
          await prepare?.(visitor.page);
          await visitor.page.goto(`${origin}/#${encodeURIComponent(hash)}`);
          return person;
        };
        await run(sceneOf(server.origin, visit, async () => stack.use(await startServer(options))));
        const complaints = people.flatMap(({ visitor }) => visitor.errors);
        assertEquals(losesNetwork ? complaints.filter((each) => !NETWORK.test(each)) : complaints, []);
      });
    },
  };
}

function sceneOf(origin: string, visit: Scene["visit"], startServer: Scene["startServer"]): Scene {
  const enter: Scene["enter"] = async (name, room, { prepare, ...options } = {}) => {
    const person = await visit(room, {
      ...options,
      async prepare(page) {
        await page.addInitScript(keepName, name);
        await prepare?.(page);
      },
    });
    await person.is("online");
    await person.page.locator(ROOM_IS_THERE).first().waitFor();
    return person;
  };
  const pair: Scene["pair"] = (room, minji) =>
    Promise.all([
      enter("민지", room, minji),
      enter("지훈", room, minji?.origin === undefined ? {} : { origin: minji.origin }),
    ]);
  return { origin, visit, enter, pair, startServer };
}

/**
 * Asserts that two pages show the same log, message by message, and that each of them is in order and without doubles.
 *
 * @param people At least one.
 */
export async function assertSameLog(...people: Person[]): Promise<void> {
  const [first = [], ...others] = await Promise.all(people.map((person) => person.shown()));
  const cursors = first.map(({ cursor }) => cursor);
  assertEquals(cursors, [...new Set(cursors)].sort(), "the first page is out of order");
  assert(!cursors.includes(""), "a message has no cursor");
  for (const other of others) assertEquals(other, first);
}

function personAt(visitor: Visitor): Person {
  const { page } = visitor;
  const box = page.locator("#composer");
  const shown = () => page.locator("li.message").evaluateAll(readItems);
  return {
    page,
    visitor,
    box,
    shown,
    async say(...texts) {
      for (const text of texts) {
        await box.fill(text);
        await box.press("Enter");
      }
    },
    sayAtOnce: (texts) => page.evaluate(sendAll, texts),
    async reads(texts) {
      const wanted = JSON.stringify(texts);
      try {
        await page.waitForFunction((wanted) => {
          const items = [...document.querySelectorAll<HTMLElement>("li.message")];
          return items.every(({ dataset }) => dataset.status === "sent") &&
            JSON.stringify(items.map((item) => item.querySelector(".text")?.textContent)) === wanted;
        }, wanted);
      } catch (cause) {
        assertEquals((await shown()).map(({ text, status }) => ({ text, status })), asSent(texts), String(cause));
        throw cause;
      }
    },
    is: (state) => page.locator(`#status[data-state="${state}"]`).waitFor(),
  };
}

function asSent(texts: readonly string[]): Pick<Shown, "text" | "status">[] {
  return texts.map((text) => ({ text, status: "sent" }));
}

/** Runs in the page, before its own scripts. */
function keepName(name: string): void {
  try {
    if (localStorage.getItem("maru.name") === null) localStorage.setItem("maru.name", name);
  } catch {
    // The empty page that comes before has no storage.
  }
}

/** Runs in the page. */
function sendAll(texts: readonly string[]): void {
  const box = document.querySelector<HTMLTextAreaElement>("#composer");
  for (const text of texts) {
    if (box === null) throw new Error("There is no message box");
    box.value = text;
    box.form?.requestSubmit();
  }
}

/** Runs in the page. */
function readItems(items: readonly Element[]): Shown[] {
  return items.map((item) => {
    const { status = "", key = "", cursor = "" } = item instanceof HTMLElement ? item.dataset : {};
    // Of a deleted one there is a note instead, in the language of the page.
    return { text: item.querySelector(".text:not(.deleted)")?.textContent ?? "", status, key, cursor };
  });
}
