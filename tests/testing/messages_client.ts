import { assert, assertEquals } from "@std/assert";
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

/** Sends a message over HTTP; a body that is text or bytes is sent as it is. */
export async function put(service: Stage, room: string, key: string, body: unknown): Promise<JsonAnswer> {
  const isRaw = typeof body === "string" || body instanceof Uint8Array;
  // What is raw is a body.
  const raw = isRaw ? body as BodyInit : JSON.stringify(body);
  return await jsonOf(await service.app.request(messagesPath(room, key), { method: "PUT", body: raw }));
}

/** Reads a room's history over HTTP. */
export async function get(service: Stage, room: string, query = ""): Promise<JsonAnswer> {
  return await jsonOf(await service.app.request(`${messagesPath(room)}${query}`));
}

/** Says 1…count in the lobby; returns the cursors. */
export async function fillLobby(service: Stage, count: number): Promise<string[]> {
  const cursors: string[] = [];
  for (let n = 1; n <= count; n++) cursors.push((await put(service, "lobby", `k${n}`, { text: `${n}` })).json.cursor);
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
