import { assertEquals } from "@std/assert";

/** Whatever answers requests as a Hono app does. */
interface Requests {
  request(path: string, init: RequestInit): Response | Promise<Response>;
}

/** Somebody who asks over HTTP, by `Authorization: Bearer`. */
export class Person {
  /** The session's secret. */
  readonly token: string;
  /** The session's public name. */
  readonly credential: string;
  readonly user: { readonly id: string; readonly name: string };
  readonly #app: Requests;
  readonly #rooms = new Set<string>();

  /** Makes the one of a session, or of another token. */
  constructor(
    app: Requests,
    { token, credential = "", user }: {
      readonly token: string;
      readonly credential?: string;
      readonly user: Person["user"];
    },
  ) {
    this.#app = app;
    this.token = token;
    this.credential = credential;
    this.user = user;
  }

  /** A new guest. */
  static async signIn(app: Requests, name: string): Promise<Person> {
    const response = await app.request("/v1/sessions", { method: "POST", body: JSON.stringify({ name }) });
    const text = await response.text();
    assertEquals(response.status, 201, text);
    return new Person(app, JSON.parse(text));
  }

  /** Asks; a body that is text or bytes is sent as it is, a stream too, anything else as JSON. */
  async request(method: string, path: string, body?: unknown): Promise<Response> {
    const isRaw = typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream;
    return await this.#app.request(path, {
      method,
      headers: { authorization: `Bearer ${this.token}` },
      // What is raw is a body.
      ...(body !== undefined && { body: isRaw ? body as BodyInit : JSON.stringify(body) }),
    });
  }

  /** Asks for something that has to succeed; resolves with its JSON, or with nothing. */
  // deno-lint-ignore no-explicit-any -- what comes is whatever the test says that it is
  async ok(method: string, path: string, body?: unknown): Promise<any> {
    const response = await this.request(method, path, body);
    const text = await response.text();
    assertEquals(response.ok, true, `${method} ${path} was answered ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  /** Becomes a member of a room, once; whoever may not finds that out when they do something there. */
  async enter(room: string): Promise<void> {
    if (this.#rooms.has(room)) return;
    const response = await this.request("PUT", `/v1/rooms/${room}/members/me`);
    await response.body?.cancel();
    if (response.ok) this.#rooms.add(room);
  }
}
