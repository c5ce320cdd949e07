import { assertEquals } from "@std/assert";
import { createQuestions } from "../../../static/client/questions.js";
import { FakeRequests } from "../fake_requests.ts";

Deno.test("a question is asked when there is a connection, in the order of asking, with its type first", () => {
  const { questions, requests } = setUp();
  questions.ask("edit", { room: "r" });
  questions.ask("pin");
  assertEquals(requests.fields, []);
  questions.resume();
  questions.ask("react", { type: "other", id: 7 });
  assertEquals(requests.fields.map((fields) => JSON.stringify(fields)), [
    '{"type":"edit","room":"r"}',
    '{"type":"pin"}',
    '{"type":"react","id":7}',
  ]);
});

Deno.test("it resolves with the answer and rejects with the protocol's error", async () => {
  const { questions, requests } = setUp();
  questions.resume();
  const asked = questions.ask("react");
  requests.ok({ count: 1 });
  assertEquals(await asked, { count: 1 });
  const refused = questions.ask("react");
  requests.refuse("rate_limited", 500);
  assertEquals(await outcome(refused), { code: "rate_limited", message: "no", retryAfterMs: 500 });
});

Deno.test("a question whose answer is lost rejects and is not asked again; one that never left waits", async () => {
  const { questions, requests } = setUp();
  questions.resume();
  const lost = questions.ask("edit");
  const unsent = questions.ask("pin");
  requests.asked[0]?.reply({ kind: "lost" });
  requests.asked[1]?.reply({ kind: "lost", unsent: true });
  questions.lost();
  assertEquals((await outcome(lost)).code, "lost");
  questions.resume();
  assertEquals(requests.fields.map(({ type }) => type), ["edit", "pin", "pin"]);
  requests.ok({});
  assertEquals(await unsent, {});
});

Deno.test("when no connection will come all that waits is refused, until one is asked for again", async () => {
  const { questions, requests } = setUp();
  const error = { code: "closed", message: "" };
  const waiting = questions.ask("edit");
  questions.close(error);
  assertEquals([await outcome(waiting), await outcome(questions.ask("pin"))], [error, error]);
  questions.lost();
  questions.ask("react");
  questions.resume();
  assertEquals(requests.fields.map(({ type }) => type), ["react"]);
});

function setUp() {
  const requests = new FakeRequests();
  return { requests, questions: createQuestions(requests) };
}

function outcome(asked: Promise<unknown>) {
  return asked.then(() => ({ code: "no refusal" }), (error) => error);
}
