/**
 * Chromium's input method, by hand: what CDP can do to a box that has the focus.
 *
 * @module
 */

import type { CDPSession, Page } from "playwright-core";

/** What the input method has taken for itself. */
export const TAKEN = 229;

/** See the module. */
export class Ime {
  readonly #cdp: CDPSession;

  /**
   * Makes it.
   *
   * @param page Whose box is written in.
   */
  static async at(page: Page): Promise<Ime> {
    return new Ime(await page.context().newCDPSession(page));
  }

  private constructor(cdp: CDPSession) {
    this.#cdp = cdp;
  }

  /** Text that needs no composition. */
  async type(text: string): Promise<void> {
    await this.#cdp.send("Input.insertText", { text });
  }

  /** Shows this as the composition under way. */
  async compose(text: string): Promise<void> {
    await this.#cdp.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
  }

  /** Ends the composition with this text. */
  async commit(text: string): Promise<void> {
    await this.#cdp.send("Input.insertText", { text });
  }

  /** A key goes down, Enter if none is named by its code. */
  async down(key: string, keyCode: number, modifier?: "Shift" | "Control", code = "Enter"): Promise<void> {
    await this.#cdp.send("Input.dispatchKeyEvent", {
      type: "rawKeyDown",
      key,
      code,
      windowsVirtualKeyCode: keyCode,
      modifiers: modifier === "Shift" ? 8 : modifier === "Control" ? 2 : 0,
    });
  }

  /** It comes up. */
  async up(keyCode = 13, code = "Enter"): Promise<void> {
    await this.#cdp.send("Input.dispatchKeyEvent", { type: "keyUp", key: code, code, windowsVirtualKeyCode: keyCode });
  }
}
