import { assert, assertEquals, assertGreater, assertLessOrEqual, assertThrows } from "@std/assert";
import { RateLimit, type RateLimitOptions } from "../../chat/rate_limit.ts";
import { ChatError } from "../../protocol/errors.ts";

/** A limit on a clock that stands still until it is moved. */
function limitAt(options: Omit<RateLimitOptions, "now">, startMs = 0) {
  const clock = { ms: startMs };
  return { clock, limit: new RateLimit({ ...options, now: () => clock.ms }) };
}

/** Takes a token that there must not be; returns the milliseconds that it says to wait. */
function refusal(limit: RateLimit, name = "a"): number {
  const error = assertThrows(() => limit.take(name), ChatError);
  assertEquals([error.code, error.retryable], ["rate_limited", true]);
  const { retryAfterMs = 0 } = error;
  assert(Number.isInteger(retryAfterMs) && retryAfterMs > 0, `${retryAfterMs}`);
  return retryAfterMs;
}

/** How many tokens there are now, all of which it takes. */
function drain(limit: RateLimit, name = "a"): number {
  for (let taken = 0;; taken++) {
    try {
      limit.take(name);
    } catch {
      return taken;
    }
    if (taken > 100_000) throw new Error("There is no limit");
  }
}

Deno.test("a burst is what `perSecond` says, and at least 1", () => {
  for (const [perSecond, burst] of [[10, 10], [1, 1], [0.5, 1], [2.5, 2], [1_000, 1_000]] as const) {
    assertEquals(drain(limitAt({ perSecond }).limit), burst, `${perSecond}`);
  }
  assertEquals(drain(limitAt({ perSecond: 20, burst: 200 }).limit), 200);
  assertEquals(drain(limitAt({ perSecond: 20, burst: 1 }).limit), 1);
});

Deno.test("tokens come back at the rate, never more than the burst", () => {
  const { clock, limit } = limitAt({ perSecond: 10 });
  assertEquals(drain(limit), 10);
  clock.ms += 350;
  assertEquals(drain(limit), 3);
  clock.ms += 50;
  assertEquals(drain(limit), 1);
  clock.ms += 3_600_000;
  assertEquals(drain(limit), 10);
});

Deno.test("retryAfterMs is when there is a token again: not a millisecond later, and not one before", () => {
  for (const perSecond of [10, 3, 7, 0.5, 1_000]) {
    const { clock, limit } = limitAt({ perSecond }, 123_456.789);
    drain(limit);
    const waitMs = refusal(limit);
    assertLessOrEqual(waitMs, Math.ceil(1_000 / perSecond), `${perSecond}`);
    clock.ms += waitMs - 1;
    if (perSecond < 1_000) refusal(limit);
    clock.ms += 1;
    limit.take("a");
    refusal(limit);
  }
});

Deno.test("a refusal costs nothing: whoever asks too often waits no longer than who does not", () => {
  const { clock, limit } = limitAt({ perSecond: 10 });
  drain(limit);
  const first = refusal(limit);
  for (let i = 0; i < 1_000; i++) assertEquals(refusal(limit), first);
  clock.ms += first;
  limit.take("a");
});

Deno.test("over a long time exactly the rate gets through, whatever the pauses", () => {
  const { clock, limit } = limitAt({ perSecond: 7 });
  drain(limit);
  let taken = 0;
  for (let i = 0; i < 10_000; i++) {
    clock.ms += i % 13;
    try {
      limit.take("a");
      taken++;
    } catch { /* It was too fast. */ }
  }
  const allowed = clock.ms * 7 / 1_000;
  assert(Math.abs(taken - allowed) <= 1, `${taken} of ${allowed}`);
});

Deno.test("every name has a bucket of its own, whatever it is called", () => {
  const { limit } = limitAt({ perSecond: 2 });
  for (const name of ["a", "b", "", "__proto__", "constructor", "toString"]) assertEquals(drain(limit, name), 2, name);
  for (const name of ["a", "__proto__"]) assertGreater(refusal(limit, name), 0);
});

Deno.test("0 is no limit", () => {
  const { limit } = limitAt({ perSecond: 0 });
  for (let i = 0; i < 100_000; i++) limit.take("a");
});

Deno.test("by default the clock is a real one that never goes back", () => {
  const limit = new RateLimit({ perSecond: 1 });
  limit.take("a");
  assertLessOrEqual(refusal(limit), 1_000);
});

Deno.test("a sweep forgets full buckets, and never one that still counts", () => {
  const { clock, limit } = limitAt({ perSecond: 1 });
  for (let i = 0; i < 9_000; i++) limit.take(`old ${i}`);
  clock.ms += 999;
  // Full again in a millisecond; those below are the ones that make it sweep.
  for (let i = 0; i < 9_000; i++) limit.take(`new ${i}`);
  for (let i = 0; i < 9_000; i++) assertEquals(refusal(limit, `old ${i}`), 1);
  clock.ms += 1;
  for (let i = 0; i < 9_000; i++) limit.take(`third ${i}`);
  for (let i = 0; i < 9_000; i++) assertEquals(refusal(limit, `new ${i}`), 999);
  for (let i = 0; i < 9_000; i++) limit.take(`old ${i}`);
});

Deno.test("300,000 names that come once each do not make it slow", () => {
  const { clock, limit } = limitAt({ perSecond: 10 });
  const begin = performance.now();
  for (let i = 0; i < 300_000; i++) {
    clock.ms += 1;
    limit.take(`name ${i}`);
  }
  // Each sweep looks at ten thousand: one for every take would be minutes.
  assertLessOrEqual(performance.now() - begin, 3_000);
});

Deno.test("take says what is left, and peek the same without taking", () => {
  const { clock, limit } = limitAt({ perSecond: 10 });
  assertEquals(limit.peek("a"), { remaining: 10, fullInMs: 0 });
  assertEquals(limit.take("a"), { remaining: 9, fullInMs: 100 });
  for (let i = 0; i < 100; i++) assertEquals(limit.peek("a"), { remaining: 9, fullInMs: 100 });
  clock.ms += 50;
  assertEquals(limit.peek("a"), { remaining: 9, fullInMs: 50 });
  clock.ms += 1_000;
  assertEquals(limit.peek("a"), { remaining: 10, fullInMs: 0 });
  assertEquals(limitAt({ perSecond: 0 }).limit.take("a"), { remaining: Infinity, fullInMs: 0 });
});

Deno.test("what is left is what can be taken", () => {
  const { clock, limit } = limitAt({ perSecond: 7, burst: 30 }, 123_456.789);
  for (let i = 0; i < 200; i++) {
    const { remaining } = limit.peek("a");
    if (i % 5 === 0) assertEquals(drain(limit), remaining, `${i}`);
    else if (remaining > 0) assertEquals(limit.take("a").remaining, remaining - 1, `${i}`);
    else refusal(limit);
    clock.ms += (i * 37) % 301;
  }
});

Deno.test("names that somebody makes up take a bounded memory, and the newest are remembered", () => {
  const { limit } = limitAt({ perSecond: 1, burst: 2, maxBuckets: 1_000 });
  for (let i = 0; i < 50_000; i++) limit.take(`${i}`);
  assertLessOrEqual(limit.size, 1_251);
  assertEquals([limit.peek("49999").remaining, limit.peek("0").remaining], [1, 2]);
});

Deno.test("a bucket that is forgotten is full", () => {
  const { limit } = limitAt({ perSecond: 1, burst: 5 });
  drain(limit);
  limit.forget("a");
  assertEquals(drain(limit), 5);
});
