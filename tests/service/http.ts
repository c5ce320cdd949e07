/**
 * A person who speaks HTTP, written from `docs/protocol.md`.
 *
 * @module
 */

import { z } from "zod";

const session = z.object({
  user: z.object({ id: z.string(), name: z.string() }),
  token: z.string(),
  credential: z.string(),
});

/** An answer that was an error. */
export class HttpRefused extends Error {
  override readonly name = "HttpRefused";
  readonly status: number;

  constructor(what: string, status: number, body: string) {
    super(`${what} was answered ${status}: ${body}`);
    this.status = status;
  }
}

/** Somebody with a token, and where to ask. */
export class Person {
  readonly http: string;
  readonly token: string;
  readonly id: string;
  /** What proves who they are; its public name. */
  readonly credential: string;

  constructor(http: string, { token, id = "", credential = "" }: { token: string; id?: string; credential?: string }) {
    this.http = http;
    this.token = token;
    this.id = id;
    this.credential = credential;
  }

  /** Becomes a guest. */
  static async signIn(http: string, name: string): Promise<Person> {
    const response = await fetch(`${http}/v1/sessions`, json("POST", { name }));
    const text = await response.text();
    if (!response.ok) throw new HttpRefused("Signing in", response.status, text);
    const { user, token, credential } = session.parse(JSON.parse(text));
    return new Person(http, { id: user.id, token, credential });
  }

  /** The same person, asking another process of the service. */
  at(http: string): Person {
    return new Person(http, this);
  }

  /** Asks; the answer's JSON, undefined when there is none. @throws {HttpRefused} */
  async ask(method: string, path: string, body?: object): Promise<unknown> {
    const text = await this.text(method, path, body);
    return text === "" ? undefined : JSON.parse(text);
  }

  /** Asks; the answer as it is. @throws {HttpRefused} */
  async text(method: string, path: string, body?: object): Promise<string> {
    const response = await this.open(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new HttpRefused(`${method} ${path}`, response.status, text);
    return text;
  }

  /** Asks; whoever calls takes the body or cancels it. */
  open(method: string, path: string, body?: object, signal?: AbortSignal): Promise<Response> {
    const given = body === undefined ? { method } : json(method, body);
    const headers = { ...("headers" in given ? given.headers : {}), authorization: `Bearer ${this.token}` };
    return fetch(`${this.http}${path}`, { ...given, headers, ...(signal && { signal }) });
  }
}

function json(method: string, body: object) {
  return { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } };
}

/** The path of a room, and what is below it. */
export function roomPath(room: string, ...rest: readonly string[]): string {
  return ["/v1/rooms", room, ...rest].map((part, i) => i === 0 ? part : encodeURIComponent(part)).join("/");
}
