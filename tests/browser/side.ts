/**
 * What stands beside the conversation, for its tests: opening it, for one room or another.
 *
 * @module
 */

import type { Locator } from "playwright-core";
import type { Person } from "./chat.ts";

/** Opens what stands beside the room, by its address. */
export async function open({ page }: Person, side: string): Promise<Locator> {
  await page.evaluate((side) => location.hash = `${location.hash.split(/[/?]/)[0]}?${side}`, side);
  const pane = page.locator("#side");
  await pane.waitFor();
  return pane;
}

/** Follows a link to a room. */
export async function goTo(person: Person, room: string): Promise<void> {
  await person.page.evaluate((room) => location.hash = `#${encodeURIComponent(room)}`, room);
  await person.page.locator("#room-name", { hasText: room }).waitFor();
}
