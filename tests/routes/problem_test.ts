import { assert, assertEquals } from "@std/assert";
import { LayerUnavailable } from "../../layers/layer.ts";
import { ChatError, type ErrorCode, ERRORS } from "../../protocol/errors.ts";
import { notFound, problem } from "../../routes/problem.ts";

Deno.test("every code is an RFC 9457 problem with its status, title and code", async () => {
  for (const [code, { status, title }] of Object.entries(ERRORS)) {
    const response = problem(new ChatError(code as ErrorCode, "So it is")); // These are its keys.
    assertEquals([response.status, response.headers.get("content-type")], [status, "application/problem+json"]);
    assertEquals(await response.json(), { type: "about:blank", title, status, detail: "So it is", code });
  }
});

Deno.test("retryAfterMs stands in the problem, and in whole seconds, rounded up, in Retry-After", async () => {
  for (const [retryAfterMs, seconds] of [[1, "1"], [999, "1"], [1_000, "1"], [1_001, "2"], [0, "0"]] as const) {
    const response = problem(new ChatError("rate_limited", "Slowly", { retryAfterMs }));
    assertEquals(response.headers.get("retry-after"), seconds);
    assertEquals((await response.json()).retryAfterMs, retryAfterMs);
  }
  assertEquals(problem(new ChatError("unavailable", "")).headers.get("retry-after"), null);
  assertEquals(problem(new ChatError("unavailable", ""), { "retry-after": "1" }).headers.get("retry-after"), "1");
});

Deno.test("what is no ChatError is a 500 that says nothing of it; a cause is never shown", async () => {
  const secret = "secret at file:///srv/maru/x.ts:1:1";
  const errors = [new Error(secret), secret, null, undefined, { message: secret, code: "forbidden" }];
  for (const error of errors) {
    const response = problem(error);
    const text = await response.text();
    assertEquals([response.status, JSON.parse(text).code], [500, "internal"]);
    assert(!text.includes("secret"), text);
  }
  const text = await problem(new LayerUnavailable("Not now", { cause: new Error(secret) })).text();
  assert(!text.includes("secret"), text);
});

Deno.test("a path that nothing is at is said in one short line", async () => {
  const { detail, code } = await notFound(`/${"x".repeat(10_000)}`).json();
  assertEquals(code, "not_found");
  assert(detail.length < 300);
});
