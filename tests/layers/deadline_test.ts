import { assertEquals, assertLess, assertRejects } from "@std/assert";
import { withDeadline } from "../../layers/deadline.ts";
import { LayerUnavailable } from "../../layers/layer.ts";
import { gate, nextTurn } from "./until.ts";

// Sanitizers are on: a timer that were left would fail these.
Deno.test("what comes in time comes as it is, and leaves no timer", async () => {
  assertEquals(await withDeadline(Promise.resolve(1), 60_000, "read"), 1);
  const error = await assertRejects(
    () => withDeadline(Promise.reject(new TypeError("of its own")), 60_000, "read"),
    TypeError,
  );
  assertEquals(error.message, "of its own");
});

Deno.test("what does not come in time is LayerUnavailable, and says what and how long", async () => {
  const startedAt = performance.now();
  const error = await assertRejects(() => withDeadline(new Promise(() => {}), 20, "read"), LayerUnavailable);
  assertEquals(error.message, "Cannot read: no answer within 20 ms");
  assertLess(performance.now() - startedAt, 500);
});

Deno.test("no time left is no time", async () => {
  for (const timeoutMs of [0, -1, -1e9]) {
    await assertRejects(() => withDeadline(new Promise(() => {}), timeoutMs, "read"), LayerUnavailable);
  }
});

Deno.test("what fails after its deadline is nobody's rejection", async () => {
  const { passed, break: fail } = gate();
  await assertRejects(() => withDeadline(passed, 1, "read"), LayerUnavailable);
  fail(new Error("too late to matter"));
  await nextTurn();
});
