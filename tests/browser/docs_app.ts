import { Hono } from "hono";
import { Limits } from "../../chat/limits.ts";
import type { Operation } from "../../operations/operation.ts";
import type { Service } from "../../operations/service.ts";
import { createAddresses } from "../../routes/address.ts";
import { docs } from "../../routes/docs.ts";
import { openApiRoutes } from "../../routes/openapi.ts";
import { FURTHER_OPERATIONS } from "../../routes/openapi_further.ts";
import { operationRoutes } from "../../routes/operations.ts";
import { pages } from "../../routes/pages.ts";
import { loadStatic } from "../../routes/static_files.ts";
import type { Env } from "../../routes/websocket.ts";

/** A service of these operations and their documentation, where `Bearer minji` and the cookie `maru_session=jihun` are somebody. */
async function docsApp(operations: readonly Operation[]): Promise<Hono<Env>> {
  const files = await loadStatic(new URL("../../static/", import.meta.url));
  const app = new Hono<Env>();
  app.route("/", docs(files));
  app.route("/", pages(files));
  app.route("/", openApiRoutes(operations, FURTHER_OPERATIONS));
  app.get("/v1/rooms/:room/stream", (c) => {
    const lines = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(`data: ${c.req.param("room")}\n\n`)),
    });
    return c.body(lines, 200, { "content-type": "text/event-stream" });
  });
  app.route(
    "/",
    operationRoutes({
      operations,
      // The samples look at no part of it.
      service: {} as Service,
      authenticator: {
        find(request) {
          const { headers } = request;
          const id = headers.get("authorization")?.slice("Bearer ".length) ?? headers.get("cookie")?.split("=")[1];
          if (id === undefined) return Promise.resolve(undefined);
          return Promise.resolve({ user: { id, name: id }, kind: "guest", isAdmin: false, credential: "c" });
        },
      },
      sessionCookie: {
        set: () => "maru_session=jihun; Path=/; HttpOnly; SameSite=Lax",
        clear: () => "maru_session=; Max-Age=0; Path=/",
      },
      limits: new Limits({ sendRate: 10 }),
      addresses: createAddresses(""),
    }),
  );
  return app;
}

/** Serves it on a port of its own until it is disposed of. */
export async function serveDocs(
  operations: readonly Operation[],
): Promise<AsyncDisposable & { readonly port: number }> {
  const app = await docsApp(operations);
  const abort = new AbortController();
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", signal: abort.signal, onListen() {} },
    (request, { remoteAddr }) => app.fetch(request, { remoteAddr }),
  );
  return {
    port: server.addr.port,
    async [Symbol.asyncDispose]() {
      abort.abort();
      await server.finished;
    },
  };
}
