/**
 * The test page at /test, for the tests of it: two panes, and what one does in them.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { browserTest, useBrowser } from "./browser.ts";
import { useServer } from "./server.ts";

/** A pane, by what it shows. */
class Pane {
  /** All of it. */
  readonly element: Locator;

  constructor(readonly page: Page, letter: "a" | "b") {
    this.element = page.locator(`#pane-${letter}`);
  }

  /** Waits until a frame of a direction holds a text. */
  async sees(direction: "in" | "out" | "note", text: string | RegExp): Promise<string> {
    const line = this.element.locator(`.frame.${direction} summary code`).filter({ hasText: text }).last();
    await line.waitFor();
    return await line.innerText();
  }

  count(direction: "in" | "out", text: string | RegExp): Promise<number> {
    return this.element.locator(`.frame.${direction} summary code`).filter({ hasText: text }).count();
  }

  async connect(mode: "v1" | "client" | "echo" | "room", { hello = true } = {}): Promise<void> {
    await this.element.getByLabel("Endpoint").selectOption(mode);
    if (mode === "v1") await this.element.getByRole("checkbox").setChecked(hello);
    await this.element.locator(".connection .primary").click();
    await this.is("open");
  }

  is(state: string): Promise<void> {
    return this.element.locator(`.state[data-state=${state}]`).waitFor();
  }

  /** Chooses a request, and sends it as it is filled in. */
  async ask(type: string): Promise<void> {
    await this.element.getByLabel("Request").selectOption(type);
    await this.send();
  }

  send(): Promise<void> {
    return this.element.getByRole("button", { name: "Send", exact: true }).click();
  }

  press(name: string): Promise<void> {
    return this.element.getByRole("button", { name, exact: true }).click();
  }

  /** Opens the room by hand. */
  async enter(): Promise<void> {
    await this.connect("v1");
    await this.sees("in", '"token"');
    await this.ask("join");
    await this.sees("in", '"head"');
  }
}

/** What a test gets. */
export interface Scene {
  /** Where the file's server is. */
  readonly origin: string;
  readonly page: Page;
  readonly left: Pane;
  readonly right: Pane;
}

/** Declares a test. */
export type PageTest = (name: string, run: (scene: Scene) => Promise<void>, options?: BrowserContextOptions) => void;

/**
 * Gives the tests of this file a server and a browser. In each of them nothing may be written to the console as an error, and nothing be
 * against the page's policy.
 */
export function useTestPage(): PageTest {
  const server = useServer();
  const browser = useBrowser();
  let rooms = 0;
  return (name, run, options) => {
    browserTest(name, async () => {
      const { origin } = server;
      await using visitor = await browser.visit(`${origin}/test`, { locale: "en-GB", ...options });
      const { page } = visitor;
      await page.locator("body[data-ready]").waitFor();
      // Rooms are told apart, so that no test hears another.
      const room = `test-${++rooms}`;
      for (const letter of ["a", "b"]) await page.locator(`#pane-${letter} .connection input`).nth(1).fill(room);
      await run({ origin, page, left: new Pane(page, "a"), right: new Pane(page, "b") });
      assertEquals(visitor.errors, []);
    });
  };
}
