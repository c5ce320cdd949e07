/**
 * Asking the service past the page: as the operator, and as whoever is at a page.
 *
 * @module
 */

import { assertEquals, assertLess } from "@std/assert";
import type { Page } from "playwright-core";

/** The operator's key, for the server of the test file. */
export const API_KEY = "operator-".repeat(4);

/** What the service answered. */
export type Answer = Readonly<Record<string, unknown>>;

/** Of the person at a page, by the token that it keeps. */
export async function idOf({ page }: { readonly page: Page }): Promise<string> {
  return await page.evaluate(async () => {
    const headers = { authorization: `Bearer ${localStorage.getItem("maru.token")}` };
    return (await (await fetch("/v1/me", { headers })).json()).user.id;
  });
}

/** Gives somebody a role, as the operator. */
export function setRole(origin: string, room: string, person: string, role: string): Promise<Answer> {
  return operate(origin, "PUT", `/v1/rooms/${encodeURIComponent(room)}/members/${person}/role`, { role });
}

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

/** Asks the service as whoever is at a page, over HTTP. */
export async function askAs({ page }: { readonly page: Page }, method: string, path: string, input?: object) {
  const status = await page.evaluate(async ({ method, path, input }) => {
    const headers = {
      authorization: `Bearer ${localStorage.getItem("maru.token")}`,
      "content-type": "application/json",
    };
    const { status } = await fetch(path, {
      method,
      headers,
      ...(input !== undefined && { body: JSON.stringify(input) }),
    });
    return status;
  }, { method, path, ...(input !== undefined && { input }) });
  assertLess(status, 300, `${method} ${path}`);
}
