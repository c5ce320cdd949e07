/**
 * Asks any operation over either transport, so that one row of a table is tested over both:
 *
 * ```ts ignore
 * bothTransports("a stranger may not read a private room", async ({ person, ask }, transport) => {
 *   const [owner, stranger] = [await person("민지"), await person("지훈")];
 *   const { ok } = await ask("http", owner.token, "create_room", { kind: "private" });
 *   const { error } = await ask(transport, stranger.token, "history", { room: ok.name });
 *   assertEquals(error?.code, "forbidden");
 * });
 * ```
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { checkOutput } from "../../operations/check_output.ts";
import type { Operation } from "../../operations/operation.ts";
import { OPERATIONS } from "../../operations/table.ts";
import { type ErrorCode, meaningOf } from "../../protocol/errors.ts";
import type { SessionClient } from "../testing/session_client.ts";
import { openService, type ServiceOptions, type Stage } from "../testing/stage.ts";

// deno-lint-ignore no-explicit-any -- what comes is whatever the test says that it is
type Json = any;

/** How an operation is asked. */
export type Transport = "http" | "socket";

/** Both. */
export const TRANSPORTS: readonly Transport[] = ["http", "socket"];

/** Operations of HTTP that sockets have as requests of their own (`consumers/session.ts`), beside those that only sockets have. */
export const SPOKEN: ReadonlySet<string> = new Set(["send", "typing"]);

/** What came back, the same for both transports: HTTP's problem is the socket's error. */
export interface Answer {
  /** What the operation answered; `{}` for a 204. Over HTTP without `isNew`. */
  readonly ok?: Json;
  /** Why not. */
  readonly error?: { readonly code: string; readonly message: string; readonly retryAfterMs?: number };
  /** HTTP's status; absent over a socket. */
  readonly status?: number;
}

/** What every operation may refuse with, without saying so in its own list. */
export const GENERAL: readonly ErrorCode[] = ["bad_request", "unauthorized", "rate_limited", "internal", "unavailable"];

/** Somebody with a session. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

/** A whole application in memory, and its clients. */
export class Harness implements AsyncDisposable {
  /** The application: further sockets, reports. */
  readonly service: Stage;
  readonly #sessions = new Map<string | undefined, Promise<SessionClient>>();

  constructor(service: Stage) {
    this.service = service;
  }

  /** Makes a guest. */
  readonly person = async (name: string): Promise<Person> => {
    const { user, token } = await this.ok("http", undefined, "create_session", { name });
    return { id: user.id, name: user.name, token };
  };

  /**
   * Asks an operation.
   *
   * @param token A session's, a host site's or an API key; undefined: nobody says who they are.
   * @param type The operation's name; over a socket any request's.
   * @param input As JSON; over HTTP it is put where the operation has it.
   * @throws {TypeError} There is no such operation, or not over this transport.
   */
  readonly ask = async (
    transport: Transport,
    token: string | undefined,
    type: string,
    input: object = {},
  ): Promise<Answer> => {
    const operation = OPERATIONS.find((each) => each.type === type);
    if (transport === "http") return await this.#askHttp(operation, token, type, input);
    const isSpoken = operation === undefined || transportsOf(operation).includes("socket") || SPOKEN.has(type);
    if (!isSpoken) throw new TypeError(`Cannot ask ${type} over a socket`);
    const session = await this.session(token);
    const { id: _, ...answer } = await session.ask({ type, ...input });
    if (operation !== undefined) assertAsDocumented(operation, answer, transport);
    return answer;
  };

  /** Asks what must be answered; returns the answer. */
  readonly ok = async (...asked: Parameters<Harness["ask"]>): Promise<Json> => {
    const { ok, error } = await this.ask(...asked);
    assertEquals(error, undefined, `${asked[0]} ${asked[2]} ${JSON.stringify(asked[3])}`);
    return ok;
  };

  /** Asks what must be refused with a code. */
  readonly refused = async (code: string, ...asked: Parameters<Harness["ask"]>): Promise<void> => {
    const { ok, error } = await this.ask(...asked);
    const what = `${asked[0]} ${asked[2]} ${JSON.stringify(asked[3])} was answered ${JSON.stringify(ok ?? error)}`;
    assertEquals(error?.code, code, what);
  };

  /** The socket of a token, which has said hello; one for each. Without a token it has said nothing. */
  readonly session = (token: string | undefined): Promise<SessionClient> => {
    const open = async () => {
      const session = await this.service.session();
      if (token !== undefined) await session.ok({ type: "hello", token });
      return session;
    };
    const session = this.#sessions.get(token) ?? open();
    this.#sessions.set(token, session);
    return session;
  };

  async #askHttp(
    operation: Operation | undefined,
    token: string | undefined,
    type: string,
    input: object,
  ): Promise<Answer> {
    if (operation === undefined || !transportsOf(operation).includes("http")) {
      throw new TypeError(`Cannot ask ${type} over HTTP`);
    }
    const { path, init } = requestOf(operation, input);
    const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await this.service.app.request(path, { ...init, headers: { ...init.headers, ...authorization } });
    const { status } = response;
    const text = await response.text();
    if (status === 204) {
      assertEquals(text, "");
      return { ok: {}, status };
    }
    const json: Json = JSON.parse(text);
    if (response.ok) return { ok: json, status };
    const { code, detail, retryAfterMs } = assertProblem(response, json);
    const answer = { error: { code, message: detail, ...(retryAfterMs !== undefined && { retryAfterMs }) }, status };
    assertAsDocumented(operation, answer, "http");
    return answer;
  }

  /** Closes everything; faults that were reported fail. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.service[Symbol.asyncDispose]();
    assertEquals(this.service.reports, [], "faults were reported");
    assertEquals(this.service.connections.size, 0, "connections are left");
  }
}

/** A problem is what `/openapi.json` says that it is: RFC 9457 with a code, and nothing else. */
export function assertProblem({ status, headers }: Response, json: Json): Json {
  assertEquals(headers.get("content-type"), "application/problem+json");
  const { code, detail, retryAfterMs } = json;
  const { title } = meaningOf(code);
  const retry = retryAfterMs === undefined ? {} : { retryAfterMs };
  assertEquals(json, { type: "about:blank", title, status, detail, code, ...retry });
  assertEquals(status, meaningOf(code).status);
  assert(typeof detail === "string" && detail !== "" && detail.length < 500, detail);
  const retryAfter = retryAfterMs === undefined ? null : String(Math.ceil(retryAfterMs / 1_000));
  assertEquals(headers.get("retry-after"), retryAfter);
  assertEquals(headers.get("www-authenticate"), status === 401 ? "Bearer" : null);
  return json;
}

/** Over a socket the output is checked here; over HTTP the application does so. Neither transport refuses with what is not documented. */
function assertAsDocumented(operation: Operation, { ok, error }: Answer, transport: Transport): void {
  const { type, errors, only } = operation;
  if (error !== undefined) {
    const code: string = error.code;
    const documented: readonly string[] = [...GENERAL, ...errors];
    assert(documented.includes(code), `${type} does not document ${code}: ${error.message} (${transport})`);
  } else if (transport === "socket" && only === undefined) checkOutput(operation, ok);
}

/** Opens one. */
export async function openHarness(options?: ServiceOptions): Promise<Harness> {
  return new Harness(await openService(options));
}

/** A test for each transport. */
export function bothTransports(
  name: string,
  test: (harness: Harness, transport: Transport) => Promise<void>,
  options?: ServiceOptions,
): void {
  for (const transport of TRANSPORTS) {
    Deno.test(`${name} (${transport})`, async () => {
      await using harness = await openHarness(options);
      await test(harness, transport);
    });
  }
}

/** The transports that an operation can be asked over. */
export function transportsOf({ only }: Operation): readonly Transport[] {
  return only === undefined ? TRANSPORTS : [only];
}

/** An input as HTTP has it: in the path, then in the query or the body. */
export function requestOf({ method, path, type }: Operation, input: object): {
  readonly path: string;
  readonly init: { readonly method: string; readonly headers: Record<string, string>; readonly body?: string };
} {
  const rest = new Map<string, unknown>(Object.entries(input).filter(([, value]) => value !== undefined));
  const filled = path.replace(/:(\w+)/g, (_, name: string) => {
    const value = rest.get(name);
    if (value === undefined) throw new TypeError(`Cannot ask ${type} over HTTP without ${name}`);
    rest.delete(name);
    return encodeURIComponent(String(value));
  });
  if (method !== "get" && method !== "delete") {
    const init = { headers: { "content-type": "application/json" }, body: JSON.stringify(Object.fromEntries(rest)) };
    return { path: filled, init: { method: method.toUpperCase(), ...init } };
  }
  const query = new URLSearchParams([...rest].map(([name, value]) => [name, String(value)]));
  return {
    path: query.size === 0 ? filled : `${filled}?${query}`,
    init: { method: method.toUpperCase(), headers: {} },
  };
}
