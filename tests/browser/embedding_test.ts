/**
 * A site that embeds chat, as docs/embedding.md says: another origin, which signs tokens for its users; and a site that
 * nobody has allowed. The hosts are led to two ports of this machine.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { SignJWT } from "jose";
import type { Page } from "playwright-core";
import { browserTest, useBrowser, type Visitor } from "./browser.ts";
import { useServer } from "./server.ts";
import { framesSent } from "./wire.ts";

const CHAT = "http://chat.example";
const SHOP = "http://shop.example";
const STRANGER = "http://stranger.example";
const SECRET = "host-site-".repeat(4);

/** Seconds that a token holds. */
const TOKEN_S = 600;

/** The host sites' server: a page, and `/token` for whoever its query says, who is called as the cookie `name` says. */
let site: Deno.HttpServer<Deno.NetAddr>;
Deno.test.beforeAll(() => {
  site = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, answerSite);
});
Deno.test.afterAll(() => site.shutdown());

const server = useServer({
  env: { ALLOWED_ORIGINS: SHOP, JWT_SECRET: SECRET, JWT_AUDIENCE: "maru", PUBLIC_URL: CHAT },
});
const browser = useBrowser({
  resolve: () => ({
    "chat.example": server.port,
    "shop.example": site.addr.port,
    "stranger.example": site.addr.port,
  }),
});

/** What the page of a test keeps for its next step. */
declare global {
  var embedded: {
    readonly client: import("../../static/client.js").Client;
    readonly states: string[];
    readonly texts: string[];
  };
}

browserTest("an allowed site imports the client, and its users chat as whom its tokens say", async () => {
  await using minji = await browser.visit(SHOP);
  await using jihun = await browser.visit(SHOP);
  assertEquals(await embed(minji.page, "minji", "민지"), { id: "s_minji", name: "민지" });
  assertEquals(await embed(jihun.page, "jihun", "지훈"), { id: "s_jihun", name: "지훈" });
  await minji.page.evaluate(() => embedded.client.send("help", "안녕하세요"));
  await hears(jihun.page, ["민지: 안녕하세요"]);
  await jihun.page.evaluate(() => embedded.client.send("help", "반갑습니다"));
  for (const { page } of [minji, jihun]) await hears(page, ["민지: 안녕하세요", "지훈: 반갑습니다"]);
  assertEquals([...minji.errors, ...jihun.errors], []);
});

browserTest("before a token ends the next one is given on the live socket, and names its owner anew", async () => {
  await using visitor = await browser.visit();
  const { page } = visitor;
  await page.clock.install();
  const refreshes = framesSent(page, "refresh");
  await page.goto(SHOP);
  await embed(page, "seoyeon", "서연");
  await nameUser(page, "서연 (퇴근)");
  await page.clock.fastForward((TOKEN_S - 60) * 1_000);
  await page.waitForFunction(() => {
    const { state } = embedded.client;
    return state.status === "online" && state.user.name === "서연 (퇴근)";
  });
  assertEquals(refreshes.length, 1);
  await page.evaluate(() => embedded.client.send("help", "아직 여기"));
  await hears(page, ["서연 (퇴근): 아직 여기"]);
  assertEquals(await page.evaluate(() => [...new Set(embedded.states)]), ["online"], "it was another connection");
  assertEquals(visitor.errors, []);
});

browserTest(
  "an allowed site asks everything over HTTP by Bearer, reads the limits, and nothing by cookie",
  async () => {
    await using visitor = await browser.visit(CHAT);
    const { page } = visitor;
    // The visitor is a guest at the chat's own page, too.
    const status = await page.evaluate(async () => {
      const headers = { "content-type": "application/json" };
      return (await fetch("/v1/sessions", { method: "POST", headers, body: '{"name":"손님"}' })).status;
    });
    assertEquals(status, 201);
    await page.goto(SHOP);
    await nameUser(page, "하은");
    const answers = await page.evaluate(async (chat) => {
      const token = await (await fetch("/token?haeun")).text();
      const headers = { "authorization": `Bearer ${token}`, "content-type": "application/json" };
      await fetch(`${chat}/v1/rooms/orders/members/me`, { method: "PUT", headers, body: "{}" });
      const put = await fetch(`${chat}/v1/rooms/orders/messages/first`, {
        method: "PUT",
        headers,
        body: '{"text":"주문했어요"}',
      });
      const get = await fetch(`${chat}/v1/rooms/orders/messages?limit=5`, { headers });
      const me = await fetch(`${chat}/v1/me`, { headers });
      const byCookie = await fetch(`${chat}/v1/me`, { credentials: "include" }).then(() => "read", String);
      return {
        put: put.status,
        texts: (await get.json()).items.map(({ text }: { text: string }) => text),
        hasLimit: get.headers.get("ratelimit") !== null,
        me: (await me.json()).user,
        byCookie,
      };
    }, CHAT);
    assertEquals(answers, {
      put: 201,
      texts: ["주문했어요"],
      hasLimit: true,
      me: { id: "s_haeun", name: "하은" },
      byCookie: "TypeError: Failed to fetch",
    });
  },
);

browserTest("a site that is not allowed gets nothing: no module, no socket, no answer", async () => {
  await using visitor = await browser.visit(STRANGER);
  const refused = "TypeError: Failed to fetch";
  const results = await visitor.page.evaluate(async (chat) => {
    const token = await (await fetch("/token?doyun")).text();
    const headers = { authorization: `Bearer ${token}` };
    const attempt = (path: string, init?: RequestInit) => fetch(chat + path, init).then(() => "read", String);
    const opened = await new Promise((resolve) => {
      const socket = new WebSocket(`${chat.replace("http", "ws")}/ws`, "maru.v1");
      socket.onopen = () => resolve("opened");
      socket.onclose = ({ code }) => resolve(code);
    });
    return {
      module: await import(`${chat}/static/client.js`).then(() => "imported", (error) => error.name),
      opened,
      me: await attempt("/v1/me", { headers }),
      // Asks no leave first, so it does reach the service; the answer does not reach the page.
      anybody: await attempt("/v1/me"),
      send: await attempt("/v1/rooms/orders/messages/k", { method: "PUT", headers, body: '{"text":"x"}' }),
      stream: await attempt("/v1/rooms/orders/stream", { headers }),
      source: await attempt("/static/client.js"),
    };
  }, CHAT);
  assertEquals(results, {
    module: "TypeError",
    opened: 1006,
    me: refused,
    anybody: refused,
    send: refused,
    stream: refused,
    source: refused,
  });
  await assertUnsaid(visitor);
});

browserTest("a form of a site that is not allowed signs nobody in as whom it likes", async () => {
  await using visitor = await browser.visit(STRANGER);
  const { page } = visitor;
  const answered = page.waitForResponse(`${CHAT}/v1/sessions`);
  // Forms ask no leave, and what they are answered may set cookies. As text/plain this one's body is {"name":"a=b"}.
  await page.evaluate((chat) => {
    const form = document.createElement("form");
    Object.assign(form, { method: "post", enctype: "text/plain", action: `${chat}/v1/sessions` });
    const field = document.createElement("input");
    Object.assign(field, { name: '{"name":"a', value: 'b"}' });
    form.append(field);
    document.body.append(form);
    form.submit();
  }, CHAT);
  assertEquals((await answered).status(), 403);
  assertEquals(await visitor.context.cookies(CHAT), []);
});

/** Reads the room where the stranger wrote, from an allowed site. */
async function assertUnsaid(stranger: Visitor): Promise<void> {
  await stranger.page.goto(SHOP);
  const texts = await stranger.page.evaluate(async (chat) => {
    const headers = { authorization: `Bearer ${await (await fetch("/token?doyun")).text()}` };
    const { items } = await (await fetch(`${chat}/v1/rooms/orders/messages`, { headers })).json();
    return items.map(({ text }: { text: string }) => text);
  }, CHAT);
  assert(!texts.includes("x"));
}

/** What docs/embedding.md tells a site to write. Resolves with who the user is, when they are in the room `help`. */
async function embed(page: Page, user: string, name: string): Promise<unknown> {
  await nameUser(page, name);
  return await page.evaluate(async ({ chat, user }) => {
    const module: typeof import("../../static/client.js") = await import(`${chat}/static/client.js`);
    const getToken = async () => await (await fetch(`/token?${user}`)).text();
    const client = module.connect(`${chat}/ws`, { getToken });
    globalThis.embedded = { client, states: [], texts: [] };
    client.on("events", ({ events, replace }) => {
      if (replace) embedded.texts.length = 0;
      for (const event of events) {
        if (event.type === "message") embedded.texts.push(`${event.user.name}: ${event.text}`);
      }
    });
    const hello = Promise.withResolvers<unknown>();
    client.on("hello", ({ user }) => hello.resolve(user));
    await client.join("help");
    // From here on: it was online once.
    client.on("state", ({ status }) => embedded.states.push(status));
    return await hello.promise;
  }, { chat: CHAT, user });
}

/** The site's user is called so from now on. */
async function nameUser(page: Page, name: string): Promise<void> {
  await page.context().addCookies([{ name: "name", value: encodeURIComponent(name), url: SHOP }]);
}

/** Waits until what the page has heard in the room ends with this. */
async function hears(page: Page, texts: readonly string[]): Promise<void> {
  const wanted = JSON.stringify(texts);
  await page.waitForFunction(
    ({ wanted, count }) => JSON.stringify(embedded.texts.slice(-count)) === wanted,
    { wanted, count: texts.length },
  );
}

async function answerSite(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  if (pathname !== "/token") return new Response("<!doctype html>", { headers: { "content-type": "text/html" } });
  const [, name = "%3F"] = /\bname=([^;]+)/.exec(request.headers.get("cookie") ?? "") ?? [];
  const token = await new SignJWT({ name: decodeURIComponent(name) })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(search.slice(1))
    .setAudience("maru")
    .setIssuedAt()
    .setExpirationTime(`${TOKEN_S} s`)
    .sign(new TextEncoder().encode(SECRET));
  return new Response(token, { headers: { "content-type": "text/plain" } });
}
