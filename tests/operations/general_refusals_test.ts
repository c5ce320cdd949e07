import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Cost } from "../../chat/limits.ts";
import { OPERATIONS } from "../../operations/table.ts";
import { failingLayer } from "./failing_layer.ts";
import { assertProblem, openHarness, requestOf, TRANSPORTS, transportsOf } from "./harness.ts";
import { type Asked, REQUESTS } from "./requests.ts";
import { ADMIN, openWorld, OPTIONS, type World } from "./world.ts";

/** A good request; over a socket somebody has said hello. */
async function goodRequest(world: World, type: string, transport: string): Promise<Asked> {
  const arrange = REQUESTS[type];
  assert(arrange, type);
  const { token, input } = await arrange(world);
  return { token: transport === "socket" ? token ?? world.stranger.token : token, input };
}

for (const operation of OPERATIONS) {
  const { type, isOpen } = operation;
  for (const transport of transportsOf(operation)) {
    Deno.test(`${type} refuses what it does not know, and nobody unless it is open (${transport})`, async () => {
      await using world = await openWorld();
      const { token, input } = await goodRequest(world, type, transport);
      const { refused } = world.harness;
      await refused("bad_request", transport, token, type, { ...input, stray: 1 });
      // Own keys, as JSON.parse makes them.
      const odd = Object.assign(JSON.parse('{"__proto__": {"isAdmin": true}}'), input);
      await refused("bad_request", transport, token, type, odd);
      assertEquals(Reflect.get({}, "isAdmin"), undefined);
      if (!isOpen || transport === "socket") await refused("unauthorized", transport, undefined, type, input);
      if (transport === "http") await refused("unauthorized", "http", "no-such-token", type, input);
    });
  }
}

/** What uses up the only token of a bucket. */
const EMPTIES: Readonly<Record<Cost, readonly [type: string, input: object]>> = {
  read: ["get_me", {}],
  write: ["rename", { name: "minsu" }],
  send: ["send", { room: "lobby", key: "k", text: "a" }],
  costly: ["search", { q: "a" }],
};

for (const operation of OPERATIONS) {
  const { type, cost } = operation;
  for (const transport of [...transportsOf(operation), ...type === "send" ? ["socket"] as const : []]) {
    Deno.test(`${type} tells who is too fast when to come again (${transport})`, async () => {
      await using world = await openWorld();
      const { input } = await goodRequest(world, type, transport);
      // One of each kind, and the next one in hours.
      await using harness = await openHarness({ ...OPTIONS, sendRate: 1e-4, rateScale: 1e-4 });
      const { token } = await harness.person("minji");
      if (cost === "send") {
        const [open, into] = transport === "socket" ? ["join", "socket"] as const : ["become_member", "http"] as const;
        await harness.ok(into, token, open, { room: "lobby" });
      }
      await harness.ok(transport, token, ...EMPTIES[cost]);
      const { error } = await harness.ask(transport, token, type, input);
      assertEquals(error?.code, "rate_limited");
      assert((error?.retryAfterMs ?? 0) > 1_000, `${error?.retryAfterMs}`);
      if (transport === "socket") return;
      const { path, init } = requestOf(operation, input);
      const headers = { ...init.headers, authorization: `Bearer ${token}` };
      const response = await harness.service.app.request(path, { ...init, headers });
      assertProblem(response, await response.json());
      assertMatch(response.headers.get("ratelimit-policy") ?? "", new RegExp(`"${cost}-person";q=1;w=\\d+`));
      assertMatch(response.headers.get("ratelimit") ?? "", new RegExp(`"${cost}-person";r=0;t=\\d+`));
    });
  }
}

Deno.test("a path with a method that it does not have is 405 with Allow", async () => {
  await using world = await openWorld();
  const paths = Map.groupBy(
    OPERATIONS.filter(({ only }) => only !== "socket"),
    ({ path }) => path.replace(/:\w+/g, "x"),
  );
  for (const [path, operations] of paths) {
    const there = operations.map(({ method }) => method.toUpperCase());
    for (const method of ["GET", "PUT", "POST", "PATCH", "DELETE"].filter((each) => !there.includes(each))) {
      const response = await world.harness.service.app.request(path, { method });
      const json = await response.json();
      // A name in the path can be another path's own word.
      if (response.status === 401 || response.status === 400) continue;
      assertEquals(assertProblem(response, json).code, "method_not_allowed", `${method} ${path}`);
      for (const each of there) assert(response.headers.get("allow")?.split(", ").includes(each), `${method} ${path}`);
    }
  }
});

for (const operation of OPERATIONS) {
  const { type } = operation;
  for (const transport of transportsOf(operation)) {
    Deno.test(`${type} is unavailable, and no fault, while the database is gone (${transport})`, async () => {
      const { layer, fail } = failingLayer();
      await using world = await openWorld({ ...OPTIONS, layer });
      const { token, input } = await goodRequest(world, type, transport);
      if (transport === "socket") await world.harness.session(token);
      fail("unavailable");
      const { error } = await world.harness.ask(transport, token, type, input);
      // Some need no database: who I am is known on a socket.
      if (error !== undefined) assertEquals([type, error.code], [type, "unavailable"], error.message);
      fail(undefined);
      const { error: then } = await world.harness.ask(transport, token, "get_me");
      if (token !== undefined) assertEquals(then, undefined);
    });
  }
}

for (const transport of TRANSPORTS) {
  Deno.test(`a fault of ours is internal, without a word of it, and is reported (${transport})`, async () => {
    const { layer, fail } = failingLayer();
    await using world = await openWorld({ ...OPTIONS, layer });
    const { harness } = world;
    if (transport === "socket") await harness.session(ADMIN);
    fail("fault");
    const { error } = await harness.ask(transport, ADMIN, "list_rooms");
    fail(undefined);
    assertEquals(error?.code, "internal");
    assertEquals(error?.message.includes("secret"), false);
    if (transport === "socket") assertEquals((await (await harness.session(ADMIN)).socket.receiveClose()).code, 1011);
    const [{ error: reported } = { error: undefined }] = harness.service.takeReports();
    assertMatch(String(reported), /secret-1234/);
  });
}
