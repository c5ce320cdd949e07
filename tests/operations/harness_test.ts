import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { SAMPLES } from "../routes/sample_operations.ts";
import { bothTransports, openHarness, requestOf } from "./harness.ts";

const sample = (type: string) => {
  const found = SAMPLES.find((each) => each.type === type);
  assert(found);
  return found;
};

Deno.test("an input is put where HTTP has it: path, query, body", () => {
  assertEquals(requestOf(sample("list_things"), { room: "한글/b", limit: 3, all: false, min: undefined }), {
    path: "/v1/rooms/%ED%95%9C%EA%B8%80%2Fb/things?limit=3&all=false",
    init: { method: "GET", headers: {} },
  });
  assertEquals(requestOf(sample("put_thing"), { room: "a", thing: "b", isNew: false }), {
    path: "/v1/rooms/a/things/b",
    init: { method: "PUT", headers: { "content-type": "application/json" }, body: '{"isNew":false}' },
  });
  assertThrows(() => requestOf(sample("put_thing"), { room: "a" }), TypeError, "without thing");
});

bothTransports("who has a token is the same person over both transports", async ({ person, ok }, transport) => {
  const minji = await person("민지");
  const { user, kind } = await ok(transport, minji.token, "get_me");
  assertEquals([user, kind], [{ id: minji.id, name: "민지" }, "guest"]);
});

bothTransports(
  "who has said nothing is unauthorized, and a refusal is the same over both",
  async ({ refused, person }, transport) => {
    await refused("unauthorized", transport, undefined, "get_me");
    const minji = await person("민지");
    await refused("bad_request", transport, minji.token, "get_me", { x: 1 });
    await refused("bad_name", transport, minji.token, "rename", { name: "\u202e" });
  },
);

Deno.test("what there is not cannot be asked", async () => {
  await using harness = await openHarness();
  await assertRejects(() => harness.ask("http", undefined, "no_such_thing"), TypeError, "over HTTP");
  await assertRejects(
    () => harness.ask("socket", undefined, "create_session", { name: "a" }),
    TypeError,
    "over a socket",
  );
});
