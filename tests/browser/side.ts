/**
 * What tests of what stands beside the conversation have in common: opening it, and what only an operator or a clock could do.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Locator } from "playwright-core";
import type { Person } from "./chat.ts";

/** The operator's key, for the server of the test file. */
export const API_KEY = "operator-".repeat(4);

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

/** Of the person at a page, by the token that it keeps. */
export async function idOf({ page }: Person): Promise<string> {
  return await page.evaluate(async () => {
    const headers = { authorization: `Bearer ${localStorage.getItem("maru.token")}` };
    return (await (await fetch("/v1/me", { headers })).json()).user.id;
  });
}

/** Gives somebody a role, as the operator. */
export function setRole(origin: string, room: string, person: string, role: string): Promise<Answer> {
  return operate(origin, "PUT", `/v1/rooms/${encodeURIComponent(room)}/members/${person}/role`, { role });
}

/** What the service answered. */
export type Answer = Readonly<Record<string, unknown>>;

/** Asks the service, as the operator. */
export async function operate(origin: string, method: string, path: string, input?: unknown): Promise<Answer> {
  const response = await fetch(origin + path, {
    method,
    headers: { "authorization": `Bearer ${API_KEY}`, "content-type": "application/json" },
    ...(input !== undefined && { body: JSON.stringify(input) }),
  });
  const text = await response.text();
  assertEquals(response.ok, true, `${method} ${path}: ${text}`);
  // Safe: the service answers JSON objects.
  return (text === "" ? {} : JSON.parse(text)) as Answer;
}
