/**
 * Messages on somebody's page, for the tests in this folder: found by what they say, and what is done with them by their menu.
 *
 * @module
 */

import type { Locator } from "playwright-core";
import type { Person } from "./chat.ts";

/**
 * The message of the room, not of a thread beside it, that says exactly this.
 *
 * @param text One line without Markdown.
 */
export function findMessage({ page }: Person, text: string): Locator {
  const exactly = new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);
  return page.locator("#message-list li.message", { has: page.locator(".text", { hasText: exactly }) });
}

/**
 * Opens a message's menu, by pointing at it or, on a phone, with a finger that stays on it, and chooses in it.
 *
 * @param name What the item is called, in the page's language.
 */
export async function chooseAction(person: Person, text: string, name: string): Promise<void> {
  await openMenu(person, text);
  await person.page.getByRole("menuitem", { name, exact: true }).click();
}

/** Opens it; resolves when it can be chosen from. */
export async function openMenu(person: Person, text: string): Promise<void> {
  const { page } = person;
  const message = findMessage(person, text);
  if (await page.evaluate(() => matchMedia("(hover: none)").matches)) {
    await pressLong(page.locator(".action-menu"), message);
  } else {
    await message.hover();
    await message.locator(".action-bar [data-action=menu]").click();
  }
  await page.getByRole("menu").waitFor();
}

/** A finger on it that goes up when what it waits for is there. */
async function pressLong(awaited: Locator, message: Locator): Promise<void> {
  const page = message.page();
  // What understands the finger comes a second after the messages.
  await page.waitForFunction(() => document.querySelector<HTMLLinkElement>("link[href*=message_actions]")?.sheet);
  await message.scrollIntoViewIfNeeded();
  const box = await message.locator(".text").boundingBox();
  if (box === null) throw new Error("Cannot press a message that is not to be seen");
  const cdp = await page.context().newCDPSession(page);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await cdp.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }] });
  await awaited.waitFor();
  await cdp.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await cdp.detach();
}
