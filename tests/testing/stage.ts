/**
 * What a test of consumers, routes or the whole application stands on: a memory layer, what connections share, and the
 * clients that the test opened. All of it is closed at the end.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Hono } from "hono";
import { createApp } from "../../app.ts";
import { createOrigins } from "../../auth/origins.ts";
import type { SignedOptions } from "../../auth/signed.ts";
import { Connections } from "../../consumers/connections.ts";
import type { Consumer } from "../../consumers/consumer.ts";
import type { ChannelLayer } from "../../layers/layer.ts";
import { createMemoryLayer } from "../../layers/memory.ts";
import type { RunningService } from "../../service.ts";
import { NO_FILES, type StaticFiles } from "../../routes/static_files.ts";
import { type Env, websocket } from "../../routes/websocket.ts";
import {
  type Application,
  type CommunicatorOptions,
  type Connected,
  WebSocketCommunicator,
} from "../../testing/websocket_communicator.ts";
import { Person } from "./person.ts";
import { SessionClient } from "./session_client.ts";

/** How long a client waits for what has to come: the machine may be busy with something else. What may take a second at most says so. */
const PATIENCE_MS = 8_000;

/** What a fault was reported as. */
export interface Reported {
  readonly what: string;
  readonly error: unknown;
}

/** Options of {@linkcode openStage}. */
export interface StageOptions {
  /** Default: a memory layer of its own. Closed with the stage, either way. */
  readonly layer?: ChannelLayer;
}

/** Options of {@linkcode openService}. */
export interface ServiceOptions extends StageOptions {
  /** Rules. Default: none. */
  readonly origins?: readonly string[];
  /** Default 0: no limit. */
  readonly sendRate?: number;
  /** Default: none. */
  readonly files?: StaticFiles;
  readonly now?: () => number;
  /** The operator's key. Default: none. */
  readonly apiKey?: string;
  /** A host site's tokens. Default: there is no host site. */
  readonly signed?: SignedOptions;
  /** How many times the limits of all but sending apply. Default 0: no limit. */
  readonly rateScale?: number;
  /** Whether webhooks may go to this machine. Default false. */
  readonly allowPrivateWebhooks?: boolean;
}

/** See the module. */
export class Stage implements AsyncDisposable {
  readonly #clients: WebSocketCommunicator[] = [];
  readonly app: Hono<Env>;
  readonly connections: Connections;
  readonly layer: ChannelLayer;
  readonly reports: Reported[];
  readonly #running: RunningService | undefined;
  #author: Promise<Person> | undefined;

  constructor(
    app: Hono<Env>,
    connections: Connections,
    layer: ChannelLayer,
    reports: Reported[],
    running?: RunningService,
  ) {
    this.#running = running;
    this.app = app;
    this.connections = connections;
    this.layer = layer;
    this.reports = reports;
  }

  /** Puts a consumer at a path. */
  route<Frame>(path: string, create: () => Consumer<Frame>): void {
    const { layer, connections, reports } = this;
    const report = (what: string, error: unknown) => void reports.push({ what, error });
    this.app.get(path, websocket(create, { layer, connections, report }));
  }

  /** Shakes hands, whatever comes of it. */
  async knock(
    path: string,
    options?: CommunicatorOptions,
  ): Promise<{ client: WebSocketCommunicator; connected: Connected }> {
    const client = this.client(path, options);
    return { client, connected: await client.connect() };
  }

  /** A client that has connected. */
  async connect(path: string, options?: CommunicatorOptions): Promise<WebSocketCommunicator> {
    const { client, connected } = await this.knock(path, options);
    assert(connected.connected, `${path} answered ${connected.connected || connected.status}`);
    return client;
  }

  /** A client that has not connected yet. */
  client(path: string, options?: CommunicatorOptions): WebSocketCommunicator {
    const client = new WebSocketCommunicator(this.app satisfies Application, path, {
      timeoutMs: PATIENCE_MS,
      ...options,
    });
    this.#clients.push(client);
    return client;
  }

  /** A socket of `maru.v1`, before hello. */
  async session(options?: CommunicatorOptions): Promise<SessionClient> {
    return new SessionClient(await this.connect("/ws", { subprotocols: ["maru.v1"], timeoutMs: 5_000, ...options }));
  }

  /** A socket of `maru.v1` that has said hello. */
  async guest(name: string): Promise<SessionClient> {
    const session = await this.session();
    await session.ok({ type: "hello", name });
    return session;
  }

  /** A guest who asks over HTTP. */
  signIn(name: string): Promise<Person> {
    return Person.signIn(this.app, name);
  }

  /** Another session of the same guest, as on another device. */
  async signInAgain({ user }: Pick<Person, "user">): Promise<Person> {
    assert(this.#running !== undefined, "this stage has no service");
    const { sessions } = this.#running.service;
    const { session, sets } = await sessions.prepare({ user: { ...user }, kind: "guest", createdAt: Date.now() });
    await this.layer.commit({ sets });
    return new Person(this.app, { user, token: session.token, credential: session.credential });
  }

  /** Erases somebody to the end, as the background does within minutes. */
  async erase(person: string): Promise<void> {
    assert(this.#running !== undefined, "this stage has no service");
    const { erasures } = this.#running.service;
    await erasures.begin(person);
    await erasures.finish(person, new AbortController().signal);
  }

  /** Whoever says what it does not matter who says. */
  author(): Promise<Person> {
    return this.#author ??= this.signIn("author");
  }

  /** The deployment's operator; the stage needs an `apiKey`. */
  operator(apiKey: string): Person {
    return new Person(this.app, { user: { id: "operator", name: "operator" }, token: apiKey });
  }

  /** A plain socket of somebody who is signed in. */
  async plainOf({ token }: Pick<Person, "token">, room: string): Promise<WebSocketCommunicator> {
    return await this.connect(`/ws/chat/${room}/`, { headers: { authorization: `Bearer ${token}` } });
  }

  /** A socket of `maru.v1` of somebody who is signed in. */
  async sessionOf({ token }: Pick<Person, "token">): Promise<SessionClient> {
    const session = await this.session();
    await session.ok({ type: "hello", token });
    return session;
  }

  /** Takes out what was reported; there must be something. */
  takeReports(): Reported[] {
    assert(this.reports.length > 0, "nothing was reported");
    return this.reports.splice(0);
  }

  /** Closes everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client.disconnect();
    await this.#running?.close();
    await this.layer.close();
  }
}

/** A test on an empty application, to which it gives routes. Faults that it expects it takes out of `reports`. */
export function onStage(test: (stage: Stage) => Promise<void>): () => Promise<void> {
  return () => on(openStage(), test);
}

/** A test on the whole application. */
export function onService(test: (service: Stage) => Promise<void>, options?: ServiceOptions): () => Promise<void> {
  return async () => await on(openService(options), test);
}

async function on(opened: Stage, test: (stage: Stage) => Promise<void>): Promise<void> {
  {
    await using stage = opened;
    await test(stage);
  }
  assertEquals(opened.connections.size, 0, "connections are left");
  assertEquals(opened.reports, [], "faults were reported");
}

/** An empty application: give it routes. */
function openStage({ layer = createMemoryLayer() }: StageOptions = {}): Stage {
  return new Stage(new Hono<Env>(), new Connections(), layer, []);
}

/** The whole application. */
export function openService(options: ServiceOptions = {}): Stage {
  const {
    layer = createMemoryLayer(),
    origins = [],
    sendRate = 0,
    files = NO_FILES,
    now,
    apiKey,
    signed,
    rateScale = 0,
  } = options;
  const reports: Reported[] = [];
  const { app, connections, running } = createApp({
    layer,
    origins: createOrigins(origins),
    sendRate,
    rateScale,
    files,
    checkOutputs: true,
    report: (what, error) => void reports.push({ what, error }),
    ...(apiKey !== undefined && { apiKey }),
    ...(signed !== undefined && { signed }),
    ...(now && { now }),
    ...(options.allowPrivateWebhooks && { allowPrivateWebhooks: true }),
  });
  return new Stage(app, connections, layer, reports, running);
}
