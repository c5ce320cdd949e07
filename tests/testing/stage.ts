/**
 * What a test of consumers, routes or the whole application stands on: a memory layer, what connections share, and the
 * clients that the test opened. All of it is closed at the end.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Hono } from "hono";
import { createApp } from "../../app.ts";
import { newSecret } from "../../auth/guests.ts";
import { createOrigins } from "../../auth/origins.ts";
import { Connections } from "../../consumers/connections.ts";
import type { Consumer } from "../../consumers/consumer.ts";
import type { ChannelLayer } from "../../layers/layer.ts";
import { createMemoryLayer } from "../../layers/memory.ts";
import type { StaticFile } from "../../routes/pages.ts";
import { type Env, websocket } from "../../routes/websocket.ts";
import {
  type Application,
  type CommunicatorOptions,
  type Connected,
  WebSocketCommunicator,
} from "../../testing/websocket_communicator.ts";
import { SessionClient } from "./session_client.ts";

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
  readonly files?: ReadonlyMap<string, StaticFile>;
  readonly secret?: Uint8Array<ArrayBuffer>;
  readonly now?: () => number;
}

/** See the module. */
export class Stage implements AsyncDisposable {
  readonly #clients: WebSocketCommunicator[] = [];
  readonly app: Hono<Env>;
  readonly connections: Connections;
  readonly layer: ChannelLayer;
  readonly reports: Reported[];

  constructor(app: Hono<Env>, connections: Connections, layer: ChannelLayer, reports: Reported[]) {
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
    const client = new WebSocketCommunicator(this.app satisfies Application, path, options);
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

  /** Takes out what was reported; there must be something. */
  takeReports(): Reported[] {
    assert(this.reports.length > 0, "nothing was reported");
    return this.reports.splice(0);
  }

  /** Closes everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client.disconnect();
    await this.layer.close();
  }
}

/** A test on an empty application, to which it gives routes. Faults that it expects it takes out of `reports`. */
export function onStage(test: (stage: Stage) => Promise<void>): () => Promise<void> {
  return () => on(openStage(), test);
}

/** A test on the whole application. */
export function onService(test: (service: Stage) => Promise<void>, options?: ServiceOptions): () => Promise<void> {
  return async () => await on(await openService(options), test);
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
export function openStage({ layer = createMemoryLayer() }: StageOptions = {}): Stage {
  return new Stage(new Hono<Env>(), new Connections(), layer, []);
}

/** The whole application. */
export async function openService(options: ServiceOptions = {}): Promise<Stage> {
  const { layer = createMemoryLayer(), origins = [], sendRate = 0, files = new Map(), secret = newSecret(), now } =
    options;
  const reports: Reported[] = [];
  const { app, connections } = await createApp({
    layer,
    secret,
    origins: createOrigins(origins),
    sendRate,
    files,
    report: (what, error) => void reports.push({ what, error }),
    ...(now && { now }),
  });
  return new Stage(app, connections, layer, reports);
}
