/**
 * Passkeys in a real browser: Chromium makes and uses them with an authenticator of its own (CDP's WebAuthn), on the page
 * that a visitor has open. `tests/auth/passkeys_test.ts` has the answers that no browser gives.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { addAuthenticator } from "./authenticator.ts";
import { browserTest, useBrowser, type Visitor } from "./browser.ts";
import { useServer } from "./server.ts";

const server = useServer();
const browser = useBrowser();

/** An address is no domain, so passkeys need this name. */
const home = () => `http://localhost:${server.port}`;

/** What `/v1` answers: its body's fields are read by tests that know which ones it has. */
interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

browserTest("a guest keeps their name by a passkey, loses the cookie, and comes back as the same person", async () => {
  await using visitor = await visit();
  await addAuthenticator(visitor);
  const guest = await begin(visitor, "민지");
  assertEquals((await ask(visitor, "GET", "/v1/me")).body["kind"], "guest");

  const made = await ask(visitor, "POST", "/v1/passkeys", { answer: await createPasskey(visitor) });
  assertEquals([made.status, made.body["user"]], [201, guest]);
  assertEquals((await ask(visitor, "GET", "/v1/me")).body["kind"], "claimed");

  await visitor.context.clearCookies();
  await visitor.page.reload();
  assertEquals((await ask(visitor, "GET", "/v1/me")).status, 401);

  const signedIn = await ask(visitor, "POST", "/v1/passkeys/session", { answer: await usePasskey(visitor) });
  assertEquals([signedIn.status, signedIn.body["user"]], [201, guest]);
  const [cookie] = await visitor.context.cookies();
  assertEquals([cookie?.name, cookie?.httpOnly, cookie?.sameSite], ["maru_session", true, "Lax"]);

  const me = await ask(visitor, "GET", "/v1/me");
  assertEquals([me.body["user"], me.body["kind"]], [guest, "claimed"]);
  assertEquals(await helloByCookie(visitor), guest, "a socket is somebody else");
  assertEquals(withoutStatus(visitor.errors, 401), []);
});

browserTest("nobody else can take a name that a passkey keeps, or one that looks like it", async () => {
  await using minji = await visit();
  await using other = await visit();
  await addAuthenticator(minji);
  await addAuthenticator(other);
  await begin(minji, "Minji");
  // Two guests may have one name, until one of them keeps it.
  await begin(other, "Minji");
  const claimed = await ask(minji, "POST", "/v1/passkeys", { answer: await createPasskey(minji) });
  assertEquals(claimed.status, 201);

  assertRefused(await ask(other, "POST", "/v1/passkeys/registration", {}), 409, "name_taken");
  // Who has it already may go on; who goes on to another cannot come back.
  assertEquals((await ask(other, "PATCH", "/v1/me", { name: "Jihun" })).status, 200);
  // A capital I for the i; a Cyrillic М; another case.
  for (const name of ["Minji", "MInji", "Мinji", "MINJI"]) {
    assertRefused(await ask(other, "POST", "/v1/sessions", { name }), 409, "name_taken");
    assertRefused(await ask(other, "PATCH", "/v1/me", { name }), 409, "name_taken");
  }
  assertEquals(withoutStatus(minji.errors, 409), []);
  assertEquals(withoutStatus(other.errors, 409), []);
});

browserTest("the page's door says that a name is somebody's, and lets in with another one", async () => {
  await using owner = await visit();
  await addAuthenticator(owner);
  await begin(owner, "은우");
  assertEquals((await ask(owner, "POST", "/v1/passkeys", { answer: await createPasskey(owner) })).status, 201);

  await using visitor = await browser.visit(home(), { locale: "ko-KR" });
  const { page } = visitor;
  await page.fill("#name", "은우");
  await page.press("#name", "Enter");
  await page.getByText("다른 사람이 쓰고 있는 이름이에요.").waitFor();
  await page.locator("#name:focus").fill("은우의 벗");
  await page.press("#name", "Enter");
  await page.locator("#status[data-state=online]").waitFor();
  assertEquals(await page.textContent("#me"), "은우의 벗");
  assertEquals(visitor.errors, []);
});

browserTest("an answer is taken once: its challenge is used up, in making a passkey and in signing in", async () => {
  await using visitor = await visit();
  await addAuthenticator(visitor);
  await begin(visitor, "서연");
  const made = await createPasskey(visitor);
  assertEquals((await ask(visitor, "POST", "/v1/passkeys", { answer: made })).status, 201);
  assertRefused(await ask(visitor, "POST", "/v1/passkeys", { answer: made }), 401, "unauthorized");

  const used = await usePasskey(visitor);
  assertEquals((await ask(visitor, "POST", "/v1/passkeys/session", { answer: used })).status, 201);
  assertRefused(await ask(visitor, "POST", "/v1/passkeys/session", { answer: used }), 401, "unauthorized");

  // What begins anew names the passkey that there is, so that the same authenticator makes no second one.
  const error = await createPasskey(visitor).then(() => "it was made twice", String);
  assert(error.includes("InvalidStateError"), error);
  assertEquals(withoutStatus(visitor.errors, 401), []);
});

browserTest("what another page of this host had confirmed proves nothing: its origin is signed, too", async () => {
  // Somebody's own page on another port: to authenticators it is the same host, so they give it our passkeys.
  await using stranger = servePage();
  await using visitor = await visit();
  await addAuthenticator(visitor);
  const guest = await begin(visitor, "도윤");
  assertEquals((await ask(visitor, "POST", "/v1/passkeys", { answer: await createPasskey(visitor) })).status, 201);

  await visitor.page.goto(`http://localhost:${stranger.port}/`);
  // Its server asks ours for a challenge, and hands on what the visitor confirms.
  const { options } = await relay("/v1/passkeys/sign-in", {});
  const confirmed = await visitor.page.evaluate(getCredential, options);
  const refused = await relay("/v1/passkeys/session", { answer: confirmed });
  assertEquals([refused["status"], refused["code"]], [401, "unauthorized"]);

  // The passkey is as good as before.
  await visitor.page.goto(home());
  const signedIn = await ask(visitor, "POST", "/v1/passkeys/session", { answer: await usePasskey(visitor) });
  assertEquals([signedIn.status, signedIn.body["user"]], [201, guest]);
  assertEquals(withoutStatus(visitor.errors, 404), []);
});

browserTest("a passkey of another host is not shown to this one, and not taken by it", async () => {
  await using visitor = await visit(`http://else.localhost:${server.port}`);
  const authenticator = await addAuthenticator(visitor);
  await begin(visitor, "하은");
  const made = await createPasskey(visitor);
  // Sent to the host that it was not made for, by somebody who is a guest there, too.
  await using here = await visit();
  await begin(here, "하은");
  assertRefused(await ask(here, "POST", "/v1/passkeys", { answer: made }), 401, "unauthorized");
  assertEquals((await ask(visitor, "POST", "/v1/passkeys", { answer: made })).status, 201);

  const { options } = await relay("/v1/passkeys/sign-in", {});
  const error = await visitor.page.evaluate(getCredential, options).then(() => "it was given", String);
  assert(error.includes("SecurityError"), error);
  // Nor does the browser offer it, were it asked by the right page: this authenticator holds none for `localhost`.
  const { credentials } = await authenticator.list();
  assertEquals(credentials.map(({ rpId }) => rpId), ["else.localhost"]);
  assertEquals(withoutStatus(visitor.errors, 401), []);
  assertEquals(withoutStatus(here.errors, 401), []);
});

function visit(origin = home()): Promise<Visitor> {
  return browser.visit(origin);
}

/** Makes the visitor a guest, by cookie. */
async function begin(visitor: Visitor, name: string): Promise<unknown> {
  const { status, body } = await ask(visitor, "POST", "/v1/sessions", { name });
  assertEquals(status, 201);
  return body["user"];
}

async function createPasskey(visitor: Visitor): Promise<unknown> {
  const { status, body } = await ask(visitor, "POST", "/v1/passkeys/registration", {});
  assertEquals(status, 200);
  return await visitor.page.evaluate(createCredential, body["options"]);
}

async function usePasskey(visitor: Visitor): Promise<unknown> {
  const { status, body } = await ask(visitor, "POST", "/v1/passkeys/sign-in", {});
  assertEquals(status, 200);
  return await visitor.page.evaluate(getCredential, body["options"]);
}

/** Asks our service from the visitor's page, with the cookie that it has. */
function ask({ page }: Visitor, method: string, path: string, input?: unknown): Promise<Answer> {
  return page.evaluate(async ({ method, path, input }) => {
    const response = await fetch(path, {
      method,
      ...(input !== undefined && { body: JSON.stringify(input), headers: { "content-type": "application/json" } }),
    });
    return { status: response.status, body: await response.json() };
  }, { method, path, input });
}

/** Asks our service from no page. */
async function relay(path: string, input: unknown): Promise<Readonly<Record<string, unknown>>> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(home() + path, { method: "POST", headers, body: JSON.stringify(input) });
  return await response.json();
}

/** Runs in the page. */
async function createCredential(options: unknown): Promise<unknown> {
  // Safe: the service's documentation says what it is.
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON);
  const credential = await navigator.credentials.create({ publicKey });
  if (!(credential instanceof PublicKeyCredential)) throw new Error("No passkey was made");
  return credential.toJSON();
}

/** Runs in the page. */
async function getCredential(options: unknown): Promise<unknown> {
  // Safe: the service's documentation says what it is.
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON);
  const credential = await navigator.credentials.get({ publicKey });
  if (!(credential instanceof PublicKeyCredential)) throw new Error("No passkey was given");
  return credential.toJSON();
}

/** Who a socket is that says nothing of itself. */
function helloByCookie({ page }: Visitor): Promise<unknown> {
  return page.evaluate(async () => {
    // A variable: Deno would look for it here.
    const module = "/static/client.js";
    const { connect } = await import(module);
    const client = connect("/ws");
    const { promise, resolve } = Promise.withResolvers<unknown>();
    client.on("hello", ({ user }: { user: unknown }) => resolve(user));
    const user = await promise;
    client.close();
    return user;
  });
}

/** A page of somebody else, on this machine. */
function servePage(): AsyncDisposable & { readonly port: number } {
  const page = () => new Response("<!doctype html>", { headers: { "content-type": "text/html" } });
  const { addr, shutdown } = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, page);
  return { port: addr.port, [Symbol.asyncDispose]: shutdown };
}

function assertRefused({ status, body }: Answer, wanted: number, code: string): void {
  assertEquals([status, body["code"]], [wanted, code]);
}

/** What Chromium says of an answer that the test has looked at. */
function withoutStatus(errors: readonly string[], status: number): string[] {
  return errors.filter((each) => !each.includes(`responded with a status of ${status} `));
}
