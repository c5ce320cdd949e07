import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Hono } from "hono";
import { createOrigins } from "../../auth/origins.ts";
import { Limits, type LimitsOptions } from "../../chat/limits.ts";
import type { Service } from "../../operations/service.ts";
import type { Caller } from "../../protocol/caller.ts";
import { ChatError } from "../../protocol/errors.ts";
import { MAX_FRAME_BYTES } from "../../protocol/frames.ts";
import { createAddresses } from "../../routes/address.ts";
import { crossOrigin } from "../../routes/cors.ts";
import { operationRoutes } from "../../routes/operations.ts";
import { notFound, problem } from "../../routes/problem.ts";
import type { Env } from "../../routes/websocket.ts";
import { SAMPLES } from "./sample_operations.ts";

const CALLER: Caller = { user: { id: "g_1", name: "민지" }, kind: "guest", isAdmin: false, credential: "c" };

interface Options {
  readonly limits?: LimitsOptions;
  readonly origins?: readonly string[];
  readonly proxies?: string;
  readonly checkOutputs?: boolean;
}

/** The sample operations as `app.ts` mounts them; `Bearer 1` is 민지. */
function open({ limits = { sendRate: 0, scale: 0 }, origins = [], proxies = "", checkOutputs = true }: Options = {}) {
  const reports: unknown[] = [];
  let asked = 0;
  const app = new Hono<Env>();
  app.use("/v1/*", crossOrigin(createOrigins(origins)));
  app.route(
    "/",
    operationRoutes({
      operations: SAMPLES,
      // The samples look at no part of it.
      service: {} as Service,
      authenticator: {
        find(request) {
          asked++;
          const given = request.headers.get("authorization");
          if (given === null) return Promise.resolve(undefined);
          if (given === "Bearer 1") return Promise.resolve(CALLER);
          return Promise.reject(new ChatError("unauthorized", "This token proves nothing"));
        },
      },
      sessionCookie: {
        set: (token, isSecure) => `maru_session=${token}; secure=${isSecure}`,
        clear: (isSecure) => `maru_session=; secure=${isSecure}`,
      },
      limits: new Limits(limits),
      addresses: createAddresses(proxies),
      further: [{ method: "get", path: "/v1/rooms/:room/stream" }],
      checkOutputs,
    }),
  );
  app.notFound((c) => notFound(c.req.path));
  app.onError((error) => {
    if (!(error instanceof ChatError)) reports.push(error);
    return problem(error);
  });
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}, env = {}) => {
    const json: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
    const response = await app.request(path, {
      method,
      headers: { authorization: "Bearer 1", ...json, ...headers },
      // What is text is sent as it is.
      body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
    }, env);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: text === "" ? undefined : JSON.parse(text),
    };
  };
  return { app, ask, reports, asked: () => asked };
}

const from = (hostname: string) => ({ remoteAddr: { transport: "tcp", hostname, port: 1 } });

Deno.test("path, query and body are the input, as values and not as text", async () => {
  const { ask } = open();
  const { status, json, headers } = await ask("GET", "/v1/rooms/%ED%95%9C%EA%B8%80/things?limit=7&min=-3&all=false");
  assertEquals([status, headers.get("content-type"), headers.get("cache-control")], [
    200,
    "application/json",
    "no-store",
  ]);
  assertEquals(json, {
    items: [{ user: CALLER.user, thing: "a" }],
    echo: { room: "한글", limit: 7, min: -3, all: false },
  });
  assertEquals((await ask("GET", "/v1/rooms/a/things")).json.echo, { room: "a", limit: 50 });
  assertEquals((await ask("PUT", "/v1/rooms/a/things/b%2Fc", {})).json, { thing: "b/c" });
});

Deno.test("what is unknown, twice or in two places is refused", async () => {
  const { ask } = open();
  const refused = [
    ["GET", "/v1/rooms/a/things?limit=1&limit=2"],
    ["GET", "/v1/rooms/a/things?x=1"],
    ["GET", "/v1/rooms/a/things?room=b"],
    ["GET", "/v1/rooms/a/things?__proto__=1"],
    ["DELETE", "/v1/rooms/a/things/b?x=1"],
    ["PUT", "/v1/rooms/a/things/b?isNew=true", {}],
    ["PUT", "/v1/rooms/a/things/b", { thing: "b" }],
    ["PUT", "/v1/rooms/a/things/b", { x: 1 }],
    ["PUT", "/v1/rooms/a/things/b", '{"__proto__":{"isNew":true}}'],
    ["PUT", "/v1/rooms/a/things/b", { isNew: "true" }],
    ["PUT", "/v1/rooms/a/things/b", []],
    ["PUT", "/v1/rooms/a/things/b", "null"],
    ["PUT", "/v1/rooms/a/things/b", "{"],
    ["PUT", "/v1/rooms/a/things/b", "[".repeat(8_000)],
  ] as const;
  for (const [method, path, body] of refused) {
    const { status, json, headers } = await ask(method, path, body);
    assertEquals([status, json.code], [400, "bad_request"], `${method} ${path} ${body}`);
    assertEquals([headers.get("content-type"), headers.get("cache-control")], ["application/problem+json", "no-store"]);
  }
});

Deno.test("numbers and flags from a query are taken as JSON would be, and nothing else is", async () => {
  const { ask } = open();
  for (
    const query of [
      "limit=",
      "limit=0",
      "limit=201",
      "limit=1.5",
      "limit=0x10",
      "limit=1e1",
      "limit=%201",
      "all=1",
      "all=",
      "all=TRUE",
      "min=6",
    ]
  ) {
    const { json } = await ask("GET", `/v1/rooms/a/things?${query}`);
    assertEquals(json.code, "bad_request", query);
  }
});

Deno.test("a body is JSON, whatever its type; of no bytes it is {}; over the limit it is too_long", async () => {
  const { ask } = open();
  const put = (body: string, type: string) => ask("PUT", "/v1/rooms/a/things/b", body, { "content-type": type });
  for (
    const type of [
      "application/json",
      "application/json; charset=utf-8",
      "Application/JSON",
      "application/merge-patch+json",
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "application/jsonx",
    ]
  ) {
    assertEquals((await put("{}", type)).status, 201, type);
    assertEquals((await put("a=b", type)).json.code, "bad_request", type);
  }
  assertEquals((await ask("PUT", "/v1/rooms/a/things/b")).status, 201);
  const long = JSON.stringify({ x: "x".repeat(MAX_FRAME_BYTES) });
  assertEquals((await put(long, "application/json")).json.code, "too_long");
});

Deno.test("201 when it is new, 200 with the same body when it was so already, 204 without a body", async () => {
  const { ask } = open();
  assertEquals((await ask("PUT", "/v1/rooms/a/things/b", { isNew: true })).status, 201);
  const again = await ask("PUT", "/v1/rooms/a/things/b", { isNew: false });
  assertEquals([again.status, again.json], [200, { thing: "b" }]);
  const gone = await ask("DELETE", "/v1/rooms/a/things/b");
  assertEquals([gone.status, gone.text, gone.headers.get("content-type")], [204, "", null]);
});

Deno.test("what is JSON already is answered as it is", async () => {
  const { ask } = open();
  const made = await ask("POST", "/v1/rooms/a/things/special", {});
  assertEquals([made.status, made.text], [201, '{"json":true}']);
  assertEquals((await ask("POST", "/v1/rooms/a/things/special", { isNew: false })).status, 200);
});

Deno.test("nobody is unauthorized where somebody is needed, and a wrong token everywhere", async () => {
  const { app, ask } = open();
  const nobody = await app.request("/v1/rooms/a/things");
  assertEquals([nobody.status, (await nobody.json()).code], [401, "unauthorized"]);
  assertEquals(nobody.headers.get("www-authenticate"), "Bearer");
  for (const [method, path] of [["GET", "/v1/rooms/a/things"], ["POST", "/v1/sessions"]] as const) {
    assertEquals((await ask(method, path, undefined, { authorization: "Bearer 2" })).status, 401, path);
  }
  assertEquals((await app.request("/v1/sessions", { method: "POST" })).status, 200);
});

Deno.test("a refusal keeps its code; a fault is `internal` without a word of it, and is reported", async () => {
  const { ask, reports } = open();
  assertEquals((await ask("GET", "/v1/rooms/a/things?fail=refused")).json.code, "not_found");
  assertEquals(reports, []);
  const fault = await ask("GET", "/v1/rooms/a/things?fail=fault");
  assertEquals([fault.status, fault.json.code, fault.text.includes("secret")], [500, "internal", false]);
  assertEquals(reports.length, 1);
});

Deno.test("an output that is not as documented fails in tests, and only there", async () => {
  const strict = open();
  assertEquals((await strict.ask("GET", "/v1/wrong")).status, 500);
  assertStringIncludes(String(strict.reports[0]), "wrong_output has a key that is not documented: a.c");
  const lax = open({ checkOutputs: false });
  assertEquals((await lax.ask("GET", "/v1/wrong")).status, 200);
});

Deno.test("a session's cookie is set where it starts, secure behind https, and cleared where it ends", async () => {
  const { ask } = open({ proxies: "10.0.0.0/8" });
  const plain = await ask("POST", "/v1/sessions", {});
  assertEquals(plain.headers.get("set-cookie"), "maru_session=t; secure=false");
  const secured = {
    "x-forwarded-proto": "https",
    "x-forwarded-for": "203.0.113.9",
    "x-forwarded-host": "chat.example",
  };
  const behind = await ask("POST", "/v1/sessions", {}, secured, from("10.1.2.3"));
  assertEquals(behind.headers.get("set-cookie"), "maru_session=t; secure=true");
  assertEquals(behind.json, { token: "t", address: "203.0.113.9", origin: "https://chat.example" });
  const forged = await ask("POST", "/v1/sessions", {}, secured, from("192.0.2.1"));
  assertEquals(forged.json, { token: "t", address: "192.0.2.1", origin: "http://localhost" });
  const ended = await ask("DELETE", "/v1/sessions/current");
  assertEquals([ended.status, ended.headers.get("set-cookie")], [204, "maru_session=; secure=false"]);
});

Deno.test("HEAD is GET without its body; OPTIONS says what there is", async () => {
  const { ask } = open();
  const head = await ask("HEAD", "/v1/rooms/a/things");
  assertEquals([head.status, head.text, head.headers.get("content-type")], [200, "", "application/json"]);
  const options = await ask("OPTIONS", "/v1/rooms/a/things/b");
  assertEquals([options.status, options.headers.get("allow")], [204, "DELETE, OPTIONS, PUT"]);
});

Deno.test("a known path with another method is 405 with Allow, an unknown one 404", async () => {
  const { ask } = open();
  const wrong = [
    ["PATCH", "/v1/rooms/a/things", "GET, HEAD, OPTIONS"],
    ["POST", "/v1/rooms/a/things/b", "DELETE, OPTIONS, PUT"],
    ["POST", "/v1/rooms/a/stream", "GET, HEAD, OPTIONS"],
    ["BREW", "/v1/rooms/a/things", "GET, HEAD, OPTIONS"],
  ] as const;
  for (const [method, path, allow] of wrong) {
    const { status, json, headers } = await ask(method, path);
    assertEquals([status, json.code, headers.get("allow")], [405, "method_not_allowed", allow], `${method} ${path}`);
  }
  for (const path of ["/v1/rooms", "/v1", "/v1/on_sockets", "/v1/rooms/a/things/b/c"]) {
    assertEquals((await ask("GET", path)).json.code, "not_found", path);
  }
  // `special` is a thing like any other for methods that it does not have itself.
  assertEquals((await ask("PUT", "/v1/rooms/a/things/special", {})).status, 201);
});

Deno.test("answers say what is left of each limit, refusals as well", async () => {
  const { ask } = open({ limits: { sendRate: 2, now: () => 0 } });
  const first = await ask("POST", "/v1/rooms/a/things/special", {}, {}, from("192.0.2.1"));
  assertEquals(first.headers.get("ratelimit-policy"), '"send-address";q=40;w=1, "send-person";q=2;w=1');
  assertEquals(first.headers.get("ratelimit"), '"send-address";r=39;t=1, "send-person";r=1;t=1');
  assertEquals(first.headers.get("retry-after"), null);
  await ask("POST", "/v1/rooms/a/things/special", {}, {}, from("192.0.2.1"));
  const third = await ask("POST", "/v1/rooms/a/things/special", {}, {}, from("192.0.2.2"));
  assertEquals([third.status, third.json.code, third.json.retryAfterMs], [429, "rate_limited", 500]);
  assertEquals(third.headers.get("retry-after"), "1");
  assertEquals(third.headers.get("ratelimit"), '"send-address";r=39;t=1, "send-person";r=0;t=1');
  const refused = await ask("GET", "/v1/rooms/a/things?fail=refused");
  assertEquals(refused.headers.get("ratelimit"), '"read-person";r=199;t=1');
});

Deno.test("whoever guesses tokens is counted by address, before the database is asked", async () => {
  const { ask, asked } = open({ limits: { sendRate: 0, now: () => 0 } });
  const guess = (address: string) => ask("GET", "/v1/wrong", undefined, { authorization: "Bearer x" }, from(address));
  for (let i = 0; i < 2_000; i++) assertEquals((await guess("192.0.2.1")).status, 401);
  assertEquals(asked(), 2_000);
  assertEquals((await guess("192.0.2.1")).status, 429);
  assertEquals(asked(), 2_000);
  assertEquals((await guess("192.0.2.2")).status, 401);
});

Deno.test("pages of allowed origins may use a Bearer, never a cookie; the others may not read anything", async () => {
  const { ask } = open({ origins: ["https://site.example"] });
  const preflight = {
    "access-control-request-method": "PUT",
    "access-control-request-headers": "authorization,content-type",
  };
  const asked = await ask("OPTIONS", "/v1/rooms/a/things/b", undefined, {
    origin: "https://site.example",
    ...preflight,
  });
  assertEquals([asked.status, asked.headers.get("access-control-allow-origin")], [204, "https://site.example"]);
  assertStringIncludes(asked.headers.get("access-control-allow-methods") ?? "", "PUT");
  assertStringIncludes(asked.headers.get("access-control-allow-headers") ?? "", "Authorization");
  for (
    const [path, status] of [["/v1/rooms/a/things", 200], ["/v1/rooms/a/things?x=1", 400], [
      "/v1/rooms/a/things?fail=fault",
      500,
    ], ["/v1/none", 404]] as const
  ) {
    const mine = await ask("GET", path, undefined, { origin: "https://site.example" });
    assertEquals(
      [mine.status, mine.headers.get("access-control-allow-origin")],
      [status, "https://site.example"],
      path,
    );
    assertStringIncludes(mine.headers.get("access-control-expose-headers") ?? "", "Retry-After");
    assert(!mine.headers.has("access-control-allow-credentials"));
    const theirs = await ask("GET", path, undefined, { origin: "https://evil.example" });
    assertEquals([theirs.status, theirs.headers.get("access-control-allow-origin")], [status, null], path);
  }
  const refused = await ask("OPTIONS", "/v1/rooms/a/things/b", undefined, {
    origin: "https://evil.example",
    ...preflight,
  });
  assertEquals(refused.headers.get("access-control-allow-origin"), null);
});
