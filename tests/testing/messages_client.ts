import { assert, assertEquals } from "@std/assert";
import type { Person } from "./person.ts";
import type { Stage } from "./stage.ts";

// deno-lint-ignore no-explicit-any -- what comes is whatever the test says that it is
type Json = any;

/** An answer whose body is JSON. */
export interface JsonAnswer {
  readonly status: number;
  readonly json: Json;
  readonly headers: Headers;
}

/** The path of a room's messages, or of one of them. */
export function messagesPath(room: string, key = ""): string {
  return `/v1/rooms/${room}/messages${key && `/${key}`}`;
}

/**
 * Sends a message over HTTP; a body that is text or bytes is sent as it is.
 *
 * @param by Who; they become a member first, where that is possible. Default: the stage's author.
 */
export async function put(service: Stage, room: string, key: string, body: unknown, by?: Person): Promise<JsonAnswer> {
  const person = by ?? await service.author();
  await person.enter(room);
  return await jsonOf(await person.request("PUT", messagesPath(room, key), body));
}

/** Reads a room's history over HTTP. @param by Who. Default: the stage's author. */
export async function get(service: Stage, room: string, query = "", by?: Person): Promise<JsonAnswer> {
  const person = by ?? await service.author();
  return await jsonOf(await person.request("GET", `${messagesPath(room)}${query}`));
}

/** What was said in a room, the newest 200. */
export async function historyTexts(service: Stage, room: string): Promise<string[]> {
  return textsOf((await get(service, room, "?limit=200")).json.items);
}

/** Says 1…count in a room; returns the cursors. */
export async function fill(
  service: Stage,
  room: string,
  count: number,
  text: (n: number) => string = (n) => `${n}`,
): Promise<string[]> {
  const cursors: string[] = [];
  for (let n = 1; n <= count; n++) {
    const { status, json } = await put(service, room, crypto.randomUUID(), { text: text(n) });
    assertEquals(status, 201, JSON.stringify(json));
    cursors.push(json.cursor);
  }
  return cursors;
}

/** Reads an answer. */
export async function jsonOf(response: Response): Promise<JsonAnswer> {
  return { status: response.status, json: await response.json(), headers: response.headers };
}

/** Asserts that an answer is a problem with a code, and shows nothing of ours. */
export function assertProblem({ status, json, headers }: JsonAnswer, wanted: number, code: string, what = ""): void {
  const met = [status, json.status, json.code, json.type, headers.get("content-type")];
  const message = `${what} ${JSON.stringify(json)}`;
  assertEquals(met, [wanted, wanted, code, "about:blank", "application/problem+json"], message);
  assert(json.title.length > 0 && json.detail.length > 0 && json.detail.length < 400, message);
  assert(!/\.ts\b|file:\/\/|\bat \w+ \(|node_modules/.test(message), message);
}

/** What was said. */
export function textsOf(items: readonly { readonly text: string }[]): string[] {
  return items.map(({ text }) => text);
}
