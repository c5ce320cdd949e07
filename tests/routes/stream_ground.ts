import { Hono } from "hono";
import { roomGroup } from "../../chat/keys.ts";
import { Connections } from "../../consumers/connections.ts";
import type { ChannelLayer } from "../../layers/layer.ts";
import { createMemoryLayer } from "../../layers/memory.ts";
import type { Caller } from "../../protocol/caller.ts";
import { problem } from "../../routes/problem.ts";
import { streams, type StreamsParts } from "../../routes/streams.ts";
import type { Env } from "../../routes/websocket.ts";
import { until } from "../layers/until.ts";
import { listen, type Listening } from "../testing/listening.ts";

/** Who reads. */
export const MINJI: Caller = {
  user: { id: "g_minji", name: "민지" },
  kind: "guest",
  isAdmin: false,
  credential: "session-1",
};
/** Who speaks. */
export const USER = { id: "g_jun", name: "준" };

/** The routes on a port. */
export interface Ground extends AsyncDisposable {
  readonly layer: ChannelLayer;
  readonly connections: Connections;
  readonly app: Hono<Env>;
  readonly server: Listening;
  readonly reports: unknown[];
  /** Subscriptions that are open. */
  readonly open: Set<object>;
}

/** The routes on a port, on a memory layer whose subscriptions are counted. */
export function ground(given: Partial<StreamsParts> = {}): Ground {
  const inner = createMemoryLayer();
  const open = new Set<object>();
  const layer: ChannelLayer = {
    ...inner,
    async subscribe(group, options) {
      const subscription = await inner.subscribe(group, options);
      open.add(subscription);
      return {
        close() {
          open.delete(subscription);
          subscription.close();
        },
      };
    },
  };
  const connections = new Connections();
  const reports: unknown[] = [];
  const app = new Hono<Env>();
  app.route(
    "/",
    streams({
      layer,
      connections,
      callerOf: () => Promise.resolve(MINJI),
      mayRead: () => Promise.resolve(),
      exportRoom: () => lines([]),
      exportPerson: () => lines([]),
      report: (_, error) => reports.push(error),
      ...given,
    }),
  );
  app.onError((error) => problem(error));
  const server = listen(app);
  return {
    layer,
    connections,
    app,
    server,
    reports,
    open,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await until(() => open.size === 0 && connections.size === 0, "every stream has left");
      await inner.close();
    },
  };
}

/** What an export says. */
export async function* lines(all: readonly string[]): AsyncGenerator<string> {
  yield* all;
}

/** Says something in the lobby; answers its cursor. */
export async function say(layer: ChannelLayer, text: string): Promise<string> {
  return (await layer.publish(roomGroup("lobby"), { type: "message", at: 1, user: USER, text })).cursor;
}
