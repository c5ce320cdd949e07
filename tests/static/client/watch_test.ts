import { assert, assertEquals } from "@std/assert";
import { createWatch } from "../../../static/client/watch.js";
import { FakeClock } from "../fake_clock.ts";
import { FakeRequests } from "../fake_requests.ts";

Deno.test("[V24] who watches does so again over each connection, and is asked for once", async () => {
  const { watch, requests } = setUp();
  const begun = watch.start();
  assert(watch.start() === begun);
  assertEquals(requests.fields, []);
  watch.resume();
  requests.ok({});
  await begun;
  watch.lost();
  watch.resume();
  assertEquals(requests.fields, [{ type: "watch" }, { type: "watch" }]);
});

Deno.test("a refusal that may pass is tried again, no sooner than told; over a lost connection the next one will", () => {
  const { watch, requests, clock } = setUp();
  watch.resume();
  watch.start();
  requests.refuse("unavailable", 3_000);
  clock.pass(2_999);
  assertEquals(requests.fields.length, 1);
  clock.pass(1);
  assertEquals(requests.fields.length, 2);
  requests.asked.at(-1)?.reply({ kind: "lost" });
  watch.lost();
  assertEquals([requests.fields.length, clock.pending], [2, 0]);
});

Deno.test("a refusal for good rejects, and is not tried again", async () => {
  const { watch, requests } = setUp();
  watch.resume();
  const begun = watch.start();
  requests.refuse("forbidden");
  assertEquals((await begun.catch((error) => error)).code, "forbidden");
  watch.lost();
  watch.resume();
  assertEquals(requests.fields.length, 1);
});

Deno.test("after the end nothing is watched, and a late answer begins nothing", async () => {
  const { watch, requests, clock } = setUp();
  watch.resume();
  const begun = watch.start();
  watch.stop();
  requests.asked[0]?.reply({ kind: "error", error: { code: "unavailable", message: "" } });
  assertEquals((await begun.catch((error) => error)).code, "closed");
  watch.lost();
  watch.resume();
  watch.stop();
  assertEquals(requests.fields, [{ type: "watch" }, { type: "unwatch" }]);
  assertEquals(clock.pending, 0);
});

function setUp() {
  const requests = new FakeRequests();
  const clock = new FakeClock();
  return { requests, clock, watch: createWatch({ connection: requests, clock, random: () => 0.5 }) };
}
