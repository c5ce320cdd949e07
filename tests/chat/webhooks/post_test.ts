import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { parseTarget, post, PostError, type PostOptions } from "../../../chat/webhooks/post.ts";
import { CERTIFICATE, KEY, ROOT } from "./certificates.ts";
import { openRaw, openReceiver } from "./receiver.ts";

const LOCAL: PostOptions = { allowPrivate: true };
const POSTING = { headers: { "webhook-id": "msg_1" }, body: '{"text":"안녕"}' };

async function fails(url: string, options: PostOptions = LOCAL): Promise<string> {
  return (await assertRejects(() => post(url, POSTING, options), PostError)).message;
}

Deno.test("what is posted arrives whole, with its headers, on the path that was asked for", async () => {
  await using receiver = openReceiver(() => new Response("thanks", { status: 202 }));
  assertEquals(await post(`${receiver.url}?a=1`, POSTING, LOCAL), { status: 202 });
  const [{ headers, body, path }] = receiver.received as [typeof receiver.received[0]]; // One came: it has just been answered.
  assertEquals([body, path], [POSTING.body, "/in"]);
  assertEquals(headers.get("webhook-id"), "msg_1");
  assertEquals(headers.get("content-type"), "application/json");
  assertEquals(headers.get("host"), new URL(receiver.url).host);
});

Deno.test("a body of 200 kB arrives whole", async () => {
  await using receiver = openReceiver();
  const body = "x".repeat(200_000);
  await post(receiver.url, { headers: {}, body }, LOCAL);
  assertEquals(receiver.received[0]?.body.length, 200_000);
});

Deno.test("a redirect is an answer and is not followed", async () => {
  await using target = openReceiver();
  await using receiver = openReceiver(() => Response.redirect(target.url, 307));
  assertEquals((await post(receiver.url, POSTING, LOCAL)).status, 307);
  assertEquals(target.received.length, 0);
});

Deno.test("Retry-After is read as seconds and as a date", async () => {
  const now = () => Date.UTC(2026, 0, 1);
  for (
    const [value, ms] of [
      ["7", 7_000],
      ["Thu, 01 Jan 2026 00:01:00 GMT", 60_000],
      ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
      [
        "soon",
        undefined,
      ],
    ] as const
  ) {
    await using receiver = openReceiver(() => new Response(null, { status: 503, headers: { "retry-after": value } }));
    const answer = await post(receiver.url, POSTING, { ...LOCAL, now });
    assertEquals(answer, { status: 503, ...(ms !== undefined && { retryAfterMs: ms }) });
  }
});

Deno.test("one that hangs, before or in the middle of its head, is given up", async () => {
  for (const said of ["", "HTTP/1.1 200 OK\r\nX: "]) {
    await using raw = openRaw(said, true);
    assertEquals(await fails(`http://127.0.0.1:${raw.port}/`, { ...LOCAL, timeoutMs: 50 }), "no answer within 0.05 s");
  }
});

Deno.test("one that answers and then never ends its body has answered", async () => {
  await using raw = openRaw("HTTP/1.1 200 OK\r\n\r\nhm", true);
  assertEquals(await post(`http://127.0.0.1:${raw.port}/`, POSTING, { ...LOCAL, timeoutMs: 100 }), { status: 200 });
});

Deno.test("a body without end is not read past 64 KiB", async () => {
  const head = new TextEncoder().encode("HTTP/1.1 200 OK\r\n\r\n");
  const bytes = new Uint8Array(8 * 1024 * 1024);
  bytes.set(head);
  await using raw = openRaw(bytes, true);
  assertEquals(await post(`http://127.0.0.1:${raw.port}/`, POSTING, LOCAL), { status: 200 });
});

Deno.test("a head without end, garbage, another protocol and silence are no answers", async () => {
  const said = {
    garbage: "SSH-2.0-OpenSSH_9.6\r\n\r\n",
    "no end": `HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(20_000)}`,
    "too little": "HTTP/1.1 20",
    silence: "",
    "HTTP/2": "HTTP/2 200\r\n\r\n",
    "another protocol": "HTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    "no status": "HTTP/1.1 2000 OK\r\n\r\n",
  };
  for (const [what, bytes] of Object.entries(said)) {
    await using raw = openRaw(bytes);
    assertMatch(await fails(`http://127.0.0.1:${raw.port}/`), /^the answer|reset|closed|pipe/i, what);
  }
});

Deno.test("100 Continue is not the answer", async () => {
  await using raw = openRaw("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
  assertEquals(await post(`http://127.0.0.1:${raw.port}/`, POSTING, LOCAL), { status: 201 });
});

Deno.test("nobody there, and a signal, end it with a reason", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr as Deno.NetAddr; // It listens on TCP.
  listener.close();
  assertMatch(await fails(`http://127.0.0.1:${port}/`), /refused/i);
  await using raw = openRaw("", true);
  const abort = new AbortController();
  const posted = assertRejects(() => post(`http://127.0.0.1:${raw.port}/`, POSTING, LOCAL, abort.signal), PostError);
  abort.abort();
  assertEquals((await posted).message, "it was stopped");
});

Deno.test("a host is resolved once, and only to what is public: no name leads inside", async () => {
  let asked = 0;
  // A name that means something else each time it is looked at.
  const rebinding = () => Promise.resolve([["127.0.0.1"], ["127.0.0.2"]][asked++] ?? []);
  await using receiver = openReceiver();
  const { port } = new URL(receiver.url);
  await post(`http://rebind.example:${port}/`, POSTING, { ...LOCAL, resolve: rebinding });
  assertEquals([asked, receiver.received.length], [1, 1]);
  for (const address of ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00:ec2::254"]) {
    const resolve = () => Promise.resolve([address]);
    assertEquals(
      await fails(`https://inside.example:${port}/`, { allowPrivate: false, resolve }),
      "no public address is known of inside.example",
    );
  }
  assertEquals(await fails("https://localhost/", { allowPrivate: false }), "no public address is known of localhost");
  assertEquals(await fails("https://nowhere.invalid/", LOCAL), "no public address is known of nowhere.invalid");
  assertEquals(receiver.received.length, 1);
});

Deno.test("a resolver that hangs is given up", async () => {
  const resolve = () => new Promise<string[]>(() => {});
  assertEquals(await fails("http://slow.example/", { ...LOCAL, resolve, timeoutMs: 20 }), "no answer within 0.02 s");
});

Deno.test("the next address is tried when nobody is at the first", async () => {
  await using receiver = openReceiver();
  const { port } = new URL(receiver.url);
  const resolve = () => Promise.resolve(["127.0.0.2", "127.0.0.1"]);
  assertEquals((await post(`http://two.example:${port}/`, POSTING, { ...LOCAL, resolve })).status, 204);
  assertEquals(receiver.received[0]?.headers.get("host"), `two.example:${port}`);
});

Deno.test("TLS is verified for the name in the URL, not for the address", async () => {
  const abort = new AbortController();
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", cert: CERTIFICATE, key: KEY, signal: abort.signal, onListen() {} },
    (request) => new Response(request.headers.get("host"), { status: 200 }),
  );
  const { port } = server.addr;
  const options = { allowPrivate: true, resolve: () => Promise.resolve(["127.0.0.1"]), caCerts: [ROOT] };
  assertEquals(await post(`https://hooks.example:${port}/`, POSTING, options), { status: 200 });
  assertMatch(await fails(`https://other.example:${port}/`, options), /certificate/);
  assertMatch(await fails(`https://hooks.example:${port}/`, { ...options, caCerts: [] }), /certificate/);
  await using raw = openRaw("HTTP/1.1 200 OK\r\n\r\n", true);
  assertMatch(await fails(`https://hooks.example:${raw.port}/`, options), /message|tls|invalid|corrupt/i);
  await using silent = openRaw("", true);
  assertEquals(
    await fails(`https://hooks.example:${silent.port}/`, { ...options, timeoutMs: 50 }),
    "no answer within 0.05 s",
  );
  abort.abort();
  await server.finished;
});

Deno.test("a URL is https, without a user or a fragment, and of a public address", () => {
  const bad = [
    "http://hooks.example/",
    "ftp://hooks.example/",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "hooks.example",
    "",
    "https://a:b@hooks.example/",
    "https://a@hooks.example/",
    "https://hooks.example/#x",
    `https://hooks.example/${"x".repeat(2_000)}`,
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://１２７.0.0.1/",
    "https://[::1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://192.168.0.1:8443/",
  ];
  for (const url of bad) assertThrows(() => parseTarget(url, false), PostError);
  assertEquals(parseTarget("https://hooks.example:8443/a?b=c", false).port, "8443");
  assertEquals(parseTarget("http://127.0.0.1:9/", true).port, "9");
});
