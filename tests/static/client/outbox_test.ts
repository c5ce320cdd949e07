import { assert, assertEquals, assertRejects } from "@std/assert";
import { createOutbox, type MessageStatus } from "../../../static/client/outbox.js";
import { FakeClock } from "../fake_clock.ts";
import { FakeRequests } from "../fake_requests.ts";

const SENT = { cursor: "c", at: 5 };

Deno.test("a room has one message in flight; the next goes when it is answered", () => {
  const { outbox, requests } = setUp();
  outbox.add("r", { key: "1", text: "하나" });
  outbox.add("r", { key: "2", text: "둘" });
  assertEquals(requests.fields, [{ type: "send", room: "r", key: "1", text: "하나" }]);
  requests.ok(SENT);
  assertEquals(requests.fields.slice(1), [{ type: "send", room: "r", key: "2", text: "둘" }]);
});

Deno.test("rooms do not wait for each other", () => {
  const { outbox, requests } = setUp();
  outbox.add("r", { key: "1", text: "하나" });
  outbox.add("s", { key: "2", text: "둘" });
  assertEquals(requests.fields.map(({ room }) => room), ["r", "s"]);
});

Deno.test("a message is pending, then sent with its place and time, and its promise says the same", async () => {
  const { outbox, requests, statuses } = setUp();
  const sent = outbox.add("r", { key: "1", text: "하나" });
  requests.ok(SENT);
  assertEquals(statuses, [
    { room: "r", key: "1", text: "하나", status: "pending" },
    { room: "r", key: "1", text: "하나", status: "sent", ...SENT },
  ]);
  assertEquals(await sent, { room: "r", key: "1", ...SENT });
});

Deno.test("[V12] what was in flight when the connection went goes out again first, under its key", () => {
  const { outbox, requests } = setUp();
  outbox.add("r", { key: "1", text: "하나" });
  outbox.add("r", { key: "2", text: "둘" });
  requests.asked[0]?.reply({ kind: "lost" });
  outbox.lost();
  outbox.flush("r");
  assertEquals(requests.fields.map(({ key }) => key), ["1", "1"]);
  requests.ok(SENT);
  assertEquals(requests.fields.map(({ key }) => key), ["1", "1", "2"]);
});

Deno.test("nothing goes out before the room is joined", () => {
  const { outbox, requests, joined } = setUp();
  joined.delete("r");
  outbox.add("r", { key: "1", text: "하나" });
  outbox.flush("r");
  assertEquals(requests.fields, []);
  joined.add("r");
  outbox.flush("r");
  assertEquals(requests.fields.length, 1);
});

Deno.test("[V14] after `rate_limited` the same message waits as long as told, and the rest keeps to the rate", () => {
  const { outbox, requests, clock } = setUp();
  outbox.setRate(10);
  for (const key of ["1", "2", "3"]) outbox.add("r", { key, text: key });
  requests.refuse("rate_limited", 300);
  clock.pass(299);
  assertEquals(requests.fields.map(({ key }) => key), ["1"]);
  clock.pass(1);
  assertEquals(requests.fields.map(({ key }) => key), ["1", "1"]);
  requests.ok(SENT);
  clock.pass(109);
  assertEquals(requests.fields.map(({ key }) => key), ["1", "1"]);
  clock.pass(1);
  assertEquals(requests.fields.map(({ key }) => key), ["1", "1", "2"]);
  requests.ok(SENT);
  clock.pass(110);
  requests.ok(SENT);
  // The queue has run empty: who writes again is no longer in a hurry.
  outbox.add("r", { key: "4", text: "4" });
  requests.ok(SENT);
  outbox.add("r", { key: "5", text: "5" });
  assertEquals(requests.fields.at(-1)?.key, "5");
  assertEquals(clock.pending, 0);
});

Deno.test("a refusal that may pass is tried again with growing patience, and lets nothing overtake", () => {
  const { outbox, requests, clock } = setUp();
  outbox.add("r", { key: "1", text: "하나" });
  outbox.add("r", { key: "2", text: "둘" });
  const waits: (number | undefined)[] = [];
  for (const code of ["unavailable", "internal", "unavailable"]) {
    requests.refuse(code);
    waits.push(clock.nextMs);
    clock.pass(clock.nextMs ?? 0);
  }
  assertEquals(waits, [250, 500, 1_000]);
  assertEquals(requests.fields.map(({ key }) => key), ["1", "1", "1", "1"]);
});

Deno.test("a refusal for good fails that message, and the next goes out", async () => {
  const { outbox, requests, statuses } = setUp();
  const first = outbox.add("r", { key: "1", text: "하나" });
  outbox.add("r", { key: "2", text: "둘" });
  requests.refuse("too_long");
  const error = { code: "too_long", message: "no" };
  assertEquals(statuses.at(-1), { room: "r", key: "1", text: "하나", status: "failed", error });
  assertEquals(await first.catch((thrown) => thrown), error);
  assertEquals(requests.fields.at(-1)?.key, "2");
});

Deno.test("the same key while it waits is the same message, and again after it failed it is tried again", async () => {
  const { outbox, requests } = setUp();
  const first = outbox.add("r", { key: "1", text: "하나" });
  assert(outbox.add("r", { key: "1", text: "하나" }) === first);
  requests.refuse("forbidden");
  await first.catch(() => {});
  const again = outbox.add("r", { key: "1", text: "하나" });
  requests.ok(SENT);
  assertEquals((await again).cursor, "c");
  assertEquals(requests.fields.map(({ key }) => key), ["1", "1"]);
});

Deno.test("[V12] the same key with another text while it waits is refused, and the first one goes its way", async () => {
  const { outbox, requests, statuses } = setUp();
  const first = outbox.add("r", { key: "1", text: "하나" });
  assertEquals((await outbox.add("r", { key: "1", text: "둘" }).catch((error) => error)).code, "conflict");
  requests.ok(SENT);
  assertEquals((await first).cursor, "c");
  assertEquals(requests.fields.map(({ text }) => text), ["하나"]);
  assertEquals(statuses.map(({ status }) => status), ["pending", "sent"]);
});

Deno.test("a text over the server's limit fails without being sent, whatever it is counted in", async () => {
  const { outbox, requests, statuses } = setUp();
  outbox.setMaxLength(3);
  const tooLong = outbox.add("r", { key: "1", text: "가나다라" });
  assertEquals((await tooLong.catch((error) => error)).code, "too_long");
  assertEquals(statuses.map(({ status }) => status), ["failed"]);
  assertEquals([requests.fields, outbox.hasUnsent("r")], [[], false]);
  // Six of UTF-16, three characters.
  outbox.add("r", { key: "2", text: "😀😀😀" });
  assertEquals(requests.fields.map(({ key }) => key), ["2"]);
});

Deno.test("the answer of an earlier connection counts for nothing", () => {
  const { outbox, requests, statuses } = setUp();
  outbox.add("r", { key: "1", text: "하나" });
  outbox.lost();
  requests.ok(SENT);
  assertEquals(statuses.map(({ status }) => status), ["pending"]);
  outbox.flush("r");
  requests.ok(SENT);
  assertEquals(statuses.map(({ status }) => status), ["pending", "sent"]);
});

Deno.test("a pause holds over a lost connection: coming back is no way around it", () => {
  const { outbox, requests, clock } = setUp();
  outbox.add("r", { key: "1", text: "하나" });
  requests.refuse("rate_limited", 1_000);
  outbox.lost();
  outbox.flush("r");
  assertEquals(requests.fields.length, 1);
  clock.pass(1_000);
  assertEquals(requests.fields.length, 2);
});

Deno.test("a room that refuses us fails all that waits for it, and no other's", async () => {
  const { outbox, requests, statuses } = setUp();
  const lost = [outbox.add("r", { key: "1", text: "하나" }), outbox.add("r", { key: "2", text: "둘" })];
  outbox.add("s", { key: "3", text: "셋" });
  const error = { code: "forbidden", message: "no" };
  outbox.refuse("r", error);
  assertEquals(await Promise.all(lost.map((each) => each.catch((thrown) => thrown))), [error, error]);
  assertEquals(statuses.filter(({ status }) => status === "failed").map(({ key }) => key), ["1", "2"]);
  requests.ok(SENT);
  assertEquals(statuses.at(-1)?.status, "sent");
  assertEquals([outbox.hasUnsent("r"), outbox.hasUnsent("s")], [false, false]);
});

Deno.test("an empty queue is told, once", () => {
  const { outbox, requests, emptied } = setUp();
  outbox.add("r", { key: "1", text: "하나" });
  outbox.add("r", { key: "2", text: "둘" });
  assertEquals(outbox.hasUnsent("r"), true);
  requests.ok(SENT);
  assertEquals(emptied, []);
  requests.refuse("conflict");
  assertEquals(emptied, ["r"]);
  assertEquals(outbox.hasUnsent("r"), false);
});

Deno.test("[V12] a reply and a thread go with the message, and make it another one than without them", async () => {
  const { outbox, requests, statuses } = setUp();
  const draft = { key: "1", text: "하나", reply: "a", thread: "b" };
  outbox.add("r", draft);
  assertEquals(requests.fields, [{ type: "send", room: "r", ...draft }]);
  assertEquals((await outbox.add("r", { key: "1", text: "하나" }).catch((error) => error)).code, "conflict");
  requests.ok(SENT);
  assertEquals(statuses.at(-1), { room: "r", ...draft, status: "sent", ...SENT });
});

Deno.test("[V12] come back as somebody else, what was under way fails, and what never left goes on", async () => {
  const { outbox, requests, statuses } = setUp();
  outbox.setAuthor("g_1");
  const tried = outbox.add("r", { key: "1", text: "하나" });
  outbox.add("r", { key: "2", text: "둘" });
  outbox.add("s", { key: "3", text: "셋" });
  requests.asked[0]?.reply({ kind: "lost" });
  // Refused for haste: it is known that it did not arrive.
  requests.asked[1]?.reply({ kind: "error", error: { code: "rate_limited", message: "", retryAfterMs: 0 } });
  outbox.lost();
  outbox.setAuthor("g_2");
  assertEquals((await tried.catch((error) => error)).code, "unknown_outcome");
  assertEquals(statuses.filter(({ status }) => status === "failed").map(({ key }) => key), ["1"]);
  outbox.flush("r");
  assertEquals(requests.fields.at(-1), { type: "send", room: "r", key: "2", text: "둘" });
});

Deno.test("what the server may have stored before it failed is under way too", async () => {
  for (const code of ["unavailable", "internal"]) {
    const { outbox, requests, emptied } = setUp();
    outbox.setAuthor("g_1");
    const tried = outbox.add("r", { key: "1", text: "하나" });
    requests.refuse(code);
    outbox.lost();
    outbox.setAuthor("g_2");
    assertEquals((await tried.catch((error) => error)).code, "unknown_outcome");
    assertEquals([emptied, outbox.hasUnsent("r")], [["r"], false]);
  }
});

Deno.test("come back as the same one, nothing fails; a message that never left is nobody's yet", () => {
  const { outbox, requests, statuses } = setUp();
  outbox.setAuthor("g_1");
  outbox.add("r", { key: "1", text: "하나" });
  outbox.lost();
  outbox.setAuthor("g_1");
  outbox.flush("r");
  requests.asked.at(-1)?.reply({ kind: "lost", unsent: true });
  outbox.add("s", { key: "2", text: "둘" });
  requests.asked.at(-1)?.reply({ kind: "lost", unsent: true });
  outbox.lost();
  outbox.setAuthor("g_2");
  assertEquals(statuses.filter(({ status }) => status === "failed").map(({ key }) => key), ["1"]);
});

Deno.test("a message of an earlier page that somebody else may have sent is not sent; by hand it goes again", async () => {
  const { outbox, requests } = setUp();
  const early = outbox.add("r", { key: "1", text: "하나" }, "g_0");
  outbox.lost();
  outbox.setAuthor("g_1");
  const late = outbox.add("r", { key: "2", text: "둘" }, "g_0");
  assertEquals((await early.catch((error) => error)).code, "unknown_outcome");
  assertEquals((await late.catch((error) => error)).code, "unknown_outcome");
  const before = requests.fields.length;
  outbox.add("r", { key: "2", text: "둘" });
  outbox.add("r", { key: "3", text: "셋" }, "g_1");
  requests.ok(SENT);
  assertEquals(requests.fields.slice(before).map(({ key }) => key), ["2", "3"]);
});

Deno.test("closed, it rejects what waits and leaves no timer", async () => {
  const { outbox, requests, clock } = setUp();
  const waiting = outbox.add("r", { key: "1", text: "하나" });
  requests.refuse("unavailable", 1_000);
  outbox.close(new Error("closed"));
  await assertRejects(() => waiting, Error, "closed");
  assertEquals(clock.pending, 0);
  clock.pass(10_000);
  assertEquals(requests.fields.length, 1);
});

function setUp() {
  const clock = new FakeClock();
  const requests = new FakeRequests();
  const joined = new Set(["r", "s"]);
  const statuses: MessageStatus[] = [];
  const emptied: string[] = [];
  const outbox = createOutbox({
    connection: requests,
    clock,
    random: () => 0.5,
    isJoined: (room) => joined.has(room),
    onStatus: (status) => statuses.push(status),
    onEmpty: (room) => emptied.push(room),
  });
  return { clock, requests, joined, statuses, emptied, outbox };
}
