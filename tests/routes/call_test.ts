import { assertEquals } from "@std/assert";
import { Hono } from "hono";
import { Limits } from "../../chat/limits.ts";
import type { Quota } from "../../chat/limits.ts";
import { ChatError } from "../../protocol/errors.ts";
import { createAddresses } from "../../routes/address.ts";
import { callerOf, type CallParts, identify, limitAddress } from "../../routes/call.ts";
import { problem } from "../../routes/problem.ts";
import type { Env } from "../../routes/websocket.ts";

/** Knows whoever says a name as Bearer. */
function parts(given: Partial<CallParts> = {}): CallParts & { readonly forgiven: (boolean | undefined)[] } {
  const forgiven: (boolean | undefined)[] = [];
  return {
    forgiven,
    authenticator: {
      find(request, options) {
        forgiven.push(options?.forgivesCookie);
        const id = request.headers.get("authorization")?.slice(7);
        if (id === "nobody") return Promise.reject(new ChatError("unauthorized", "It proves nothing"));
        return Promise.resolve(
          id === undefined ? undefined : { user: { id, name: id }, kind: "guest", isAdmin: false, credential: id },
        );
      },
    },
    limits: new Limits({ sendRate: 0, now: () => 0 }),
    addresses: createAddresses(""),
    ...given,
  };
}

const as = (id: string) => ({ headers: { authorization: `Bearer ${id}` } });
const from = (hostname: string) => ({ remoteAddr: { transport: "tcp", hostname, port: 1 } });

Deno.test("a route that is no operation knows who asks, and counts them", async () => {
  const app = new Hono<Env>();
  const caller = callerOf(parts(), "costly");
  app.get("/", async (c) => c.json((await caller(c)).user.id));
  app.onError((error) => problem(error));
  const ask = async (init?: RequestInit) => await (await app.request("/", init)).json();
  assertEquals((await ask()).code, "unauthorized");
  assertEquals((await ask(as("nobody"))).code, "unauthorized");
  for (let i = 0; i < 20; i++) assertEquals(await ask(as("minji")), "minji");
  assertEquals((await ask(as("minji"))).code, "rate_limited");
  assertEquals(await ask(as("jihun")), "jihun");
});

Deno.test("only where anybody may ask a cookie that holds no longer counts as none", async () => {
  const app = new Hono<Env>();
  const given = parts();
  app.get("/:open", async (c) => {
    await identify(c, given, "read", c.req.param("open") === "open");
    return c.text("");
  });
  for (const path of ["/open", "/closed"]) await app.request(path);
  assertEquals(given.forgiven, [true, false]);
});

Deno.test("the service's own address is what the deployment says, else what the request says", async () => {
  const app = new Hono<Env>();
  const origins: string[] = [];
  for (const publicUrl of [undefined, "https://chat.example"]) {
    app.get(`/${publicUrl === undefined}`, async (c) => {
      origins.push((await identify(c, parts({ publicUrl }), "read", true)).origin);
      return c.text("");
    });
  }
  await app.request("http://a.test:8000/true", { headers: { "x-forwarded-host": "evil.example" } });
  await app.request("http://a.test:8000/false");
  assertEquals(origins, ["http://a.test:8000", "https://chat.example"]);
});

Deno.test("what is left is known even when it is refused", async () => {
  const app = new Hono<Env>();
  const given = parts();
  let quotas: (Quota | undefined)[] = [];
  app.get("/", async (c) => {
    quotas = [];
    await identify(c, given, "costly", true, quotas);
    return c.text("");
  });
  app.onError((error) => problem(error));
  for (let i = 0; i < 21; i++) await app.request("/", as("minji"), from("192.0.2.1"));
  assertEquals(quotas.map((quota) => [quota?.policy, quota?.remaining]), [["costly-address", 179], [
    "costly-person",
    0,
  ]]);
});

Deno.test("where nobody says who they are the address is counted", async () => {
  const app = new Hono<Env>();
  app.use(limitAddress(parts(), "costly"));
  app.get("/", (c) => c.text(""));
  app.onError((error) => problem(error));
  const ask = async (address: string) => (await app.request("/", {}, from(address))).status;
  for (let i = 0; i < 200; i++) assertEquals(await ask(`2001:db8::${i.toString(16)}`), 200);
  assertEquals([await ask("2001:db8::ffff"), await ask("2001:db8:0:1::1")], [429, 200]);
});
