import { assert, assertEquals } from "@std/assert";
import { curlOf, exampleOf, groupOperations, isOpen, matches, requestOf, typeOf } from "../../static/docs/model.js";
import { createOpenApi } from "../../routes/openapi.ts";
import { SAMPLES } from "../routes/sample_operations.ts";

/** As the page gets it. */
const api = JSON.parse(JSON.stringify(createOpenApi(SAMPLES)));
const all = groupOperations(api).flatMap(({ operations }) => operations);
const found = (id: string) => {
  const operation = all.find(({ operationId }) => operationId === id);
  assert(operation);
  return operation;
};

Deno.test("operations stand in the document's order, each in one group", () => {
  assertEquals(groupOperations(api).map(({ name, operations }) => [name, operations.length]), [
    ["people", 2],
    ["rooms", 4],
    ["service", 1],
  ]);
});

Deno.test("a search finds what has every word", () => {
  const ids = (text: string) =>
    all.filter((operation) => matches(operation, text)).map(({ operationId }) => operationId);
  assertEquals(ids("").length, 7);
  assertEquals(ids("THING delete"), ["delete_thing"]);
  assertEquals(ids("thing nothing"), []);
});

Deno.test("a schema's type and limits are a few words", () => {
  const words = {
    "User": { $ref: "#/components/schemas/User" },
    "User[] ≤ 3": { type: "array", items: { $ref: "#/components/schemas/User" }, maxItems: 3 },
    "integer 1–200": { type: "integer", minimum: 1, maximum: 200 },
    "string ≥ 1 characters": { type: "string", minLength: 1 },
    '"a" | "b"': { type: "string", enum: ["a", "b"] },
    "string | true": { anyOf: [{ type: "string" }, { const: true }] },
    "anything": {},
  };
  for (const [text, schema] of Object.entries(words)) assertEquals(typeOf(schema), text);
});

Deno.test("an example holds what has to be there, and ends where schemas hold themselves", () => {
  assertEquals(exampleOf({ $ref: "#/components/schemas/User" }, api), { id: "", name: "" });
  const loop = {
    ...api,
    components: {
      schemas: { A: { type: "object", required: ["a"], properties: { a: { $ref: "#/components/schemas/A" } } } },
    },
  };
  assert(JSON.stringify(exampleOf({ $ref: "#/components/schemas/A" }, loop)).length < 100);
});

Deno.test("a filled form is a request, and the same for a shell without the token", () => {
  const list = found("list_things");
  assertEquals(requestOf(list, { room: "a/b", limit: "3", all: "" }), {
    target: "/v1/rooms/a%2Fb/things?limit=3",
    headers: {},
  });
  assertEquals(
    curlOf("http://x", list, { room: "a" }, undefined),
    `curl -X GET 'http://x/v1/rooms/a/things' \\\n  -H "Authorization: Bearer $TOKEN"`,
  );
  assertEquals([isOpen(found("begin")), isOpen(list)], [true, false]);
  assert(!curlOf("http://x", found("begin"), {}, undefined).includes("TOKEN"));
});
