import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { Validator } from "@seriousme/openapi-schema-validator";
import { z } from "zod";
import type { Operation } from "../../operations/operation.ts";
import { OPERATIONS } from "../../operations/table.ts";
import { createOpenApi, type OpenApiDocument, openApiRoutes } from "../../routes/openapi.ts";
import { FURTHER_OPERATIONS } from "../../routes/openapi_further.ts";
import { SAMPLES } from "./sample_operations.ts";

// deno-lint-ignore no-explicit-any -- a JSON document, looked into
type Json = any;

const TABLES: Record<string, readonly Operation[]> = { "the samples": SAMPLES, "the table": OPERATIONS };

/** Every operation object of a document. */
function operationsOf({ paths }: OpenApiDocument): Json[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, ...operation }))
  );
}

/** Every object in a document, with its place. */
function* walk(value: unknown, path = "#"): Generator<[path: string, object: Json]> {
  if (typeof value !== "object" || value === null) return;
  yield [path, value];
  for (const [key, inner] of Object.entries(value)) yield* walk(inner, `${path}/${key.replaceAll("/", "~1")}`);
}

/** What a pointer of a document points at. */
function resolve(document: unknown, pointer: string): unknown {
  return pointer.slice(2).split("/").reduce<unknown>(
    (value, key) => Object(value)[key.replaceAll("~1", "/")],
    document,
  );
}

for (const [name, operations] of Object.entries(TABLES)) {
  // As clients get it: through JSON.
  const document = (): OpenApiDocument => JSON.parse(JSON.stringify(createOpenApi(operations, FURTHER_OPERATIONS)));

  Deno.test(`the document of ${name} is OpenAPI 3.1`, async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate({ ...document() });
    assert(valid, JSON.stringify(errors, null, 2));
    assertEquals(validator.version, "3.1");
  });

  Deno.test(`every operation of ${name} that HTTP has is described once, under its name`, () => {
    const described = operationsOf(document()).map(({ operationId }) => operationId);
    const there = operations.filter(({ only }) => only !== "socket").map(({ type }) => type);
    assertEquals(
      described.toSorted(),
      [...there, ...FURTHER_OPERATIONS.map(({ document }) => document.operationId)].toSorted(),
    );
    assertEquals(new Set(described).size, described.length);
  });

  Deno.test(`every parameter of ${name} is described, and every :part of a path is one`, () => {
    for (const { operationId, path, parameters = [], summary, tags } of operationsOf(document())) {
      const inPath = parameters.filter((parameter: Json) => parameter.in === "path").map(({ name }: Json) => name);
      assertEquals(inPath, [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name), operationId);
      assert(!path.includes(":"), path);
      assert(summary && tags.length === 1, operationId);
      for (const { name, description, required, schema } of parameters) {
        assert(description, `${operationId} does not describe ${name}`);
        assert(schema.type ?? schema.anyOf ?? schema.enum ?? schema.$ref, `${operationId}: ${name} has no type`);
        if (inPath.includes(name)) assertEquals(required, true);
      }
    }
  });

  Deno.test(`no two paths of ${name} differ in the names of their parts alone`, () => {
    const shapes = Object.keys(document().paths).map((path) => path.replace(/\{\w+\}/g, "{}"));
    assertEquals(shapes.length, new Set(shapes).size);
  });

  Deno.test(`every field of an event in ${name} is described, but its type`, () => {
    const { components }: Json = document();
    for (const [component, { properties = {}, description }] of Object.entries<Json>(components.schemas)) {
      if (component === "Problem" || Object.keys(properties).length === 0) continue;
      assert(description, component);
      for (const [field, { description, const: constant }] of Object.entries<Json>(properties)) {
        assert(description ?? constant, `${component}.${field}`);
      }
    }
  });

  Deno.test(`every reference in ${name} leads somewhere, every default and example is valid`, () => {
    const whole = document();
    for (const [path, object] of walk(whole)) {
      if (typeof object.$ref === "string") assert(resolve(whole, object.$ref), `${path}: ${object.$ref}`);
      const isSchema = !path.endsWith("/properties") && (object.type || object.enum || object.anyOf || object.$ref);
      if (!isSchema) continue;
      const values = [...("default" in object ? [object.default] : []), ...(object.examples ?? [])];
      for (const value of values) {
        assert(z.fromJSONSchema(object).safeParse(value).success, `${path}: ${JSON.stringify(value)}`);
      }
    }
  });

  Deno.test(`every refusal that ${name} documents is a problem with its codes`, () => {
    for (const { operationId, responses } of operationsOf(document())) {
      for (const [status, response] of Object.entries<Json>(responses)) {
        if (Number(status) < 400) continue;
        const { schema } = response.content["application/problem+json"];
        assert(schema.allOf[1].properties.code.enum.length > 0, `${operationId} ${status}`);
      }
    }
  });
}

Deno.test("path, query and body stand where HTTP has them", () => {
  const { paths }: Json = createOpenApi(SAMPLES);
  const list = paths["/v1/rooms/{room}/things"].get;
  assertEquals(
    list.parameters.map(({ in: place, name, required }: Json) => [place, name, required]),
    [["path", "room", true], ["query", "limit", false], ["query", "min", false], ["query", "all", false], [
      "query",
      "fail",
      false,
    ]],
  );
  assertEquals(list.parameters[1], {
    name: "limit",
    in: "query",
    required: false,
    description: "How many at the most; 1 to 200.",
    schema: { type: "integer", minimum: 1, maximum: 200, default: 50 },
  });
  assertEquals(list.requestBody, undefined);
  const put = paths["/v1/rooms/{room}/things/{thing}"].put;
  assertEquals(Object.keys(put.requestBody.content["application/json"].schema.properties), ["isNew"]);
  assertEquals(put.requestBody.required, false);
  assertEquals(paths["/v1/sessions"].post.requestBody, undefined);
  assertEquals(paths["/v1/on_sockets"], undefined);
});

Deno.test("statuses, sessions and who may ask are said as they are", () => {
  const { paths }: Json = createOpenApi(SAMPLES);
  const { put, delete: remove } = paths["/v1/rooms/{room}/things/{thing}"];
  assertEquals(Object.keys(put.responses), ["200", "201", "400", "401", "403", "413", "429", "500", "503"]);
  const made = put.responses["201"].content["application/json"].schema;
  assertEquals([Object.keys(made.properties), made.required], [["thing"], ["thing"]]);
  assertEquals(remove.responses["204"].content, undefined);
  const begin = paths["/v1/sessions"].post;
  assertEquals(begin.security, [{}, { bearer: [] }, { cookie: [] }]);
  assert(begin.responses["200"].headers["Set-Cookie"]);
  assertEquals(put.security, undefined);
});

Deno.test("what has a name of its own is described once, and answers may grow", () => {
  const { paths, components }: Json = createOpenApi(SAMPLES);
  const answer = paths["/v1/rooms/{room}/things"].get.responses["200"].content["application/json"].schema;
  assertEquals(answer.properties.items.items.properties.user, { $ref: "#/components/schemas/User" });
  assertEquals(components.schemas.User.required, ["id", "name"]);
  assertEquals([answer.additionalProperties, components.schemas.User.additionalProperties], [undefined, undefined]);
  const body = paths["/v1/rooms/{room}/things/{thing}"].put.requestBody.content["application/json"].schema;
  assertEquals(body.additionalProperties, false);
});

Deno.test("two operations at one path that name its part differently share it", () => {
  const { paths }: Json = createOpenApi(OPERATIONS);
  const { get, put, patch } = paths["/v1/rooms/{room}/messages/{key_or_cursor}"];
  assertEquals([get, put, patch].map(({ operationId }) => operationId), ["get_message", "send", "edit"]);
  assertEquals(put.parameters.map(({ name }: Json) => name), ["room", "key_or_cursor"]);
  assertEquals(Object.keys(put.requestBody.content["application/json"].schema.properties), ["text", "reply", "thread"]);
  assert(/UUID/.test(put.parameters[1].description) && /cursor/.test(get.parameters[1].description));
  // For who asks over a socket: the field's own name, and what cannot be asked there.
  assertEquals([get, put].map(({ parameters }) => parameters.map((each: Json) => each["x-field"])), [
    [undefined, "cursor"],
    [undefined, "key"],
  ]);
  assertEquals([get, put].map((each) => each["x-only"]), [undefined, "http"]);
});

Deno.test("what cannot be described is a TypeError when the document is made", () => {
  const [sample] = SAMPLES;
  assert(sample);
  assertThrows(() => createOpenApi([sample, sample]), TypeError, "twice");
  assertThrows(() => createOpenApi([{ ...sample, path: "/v1/:other" }]), TypeError, "does not know :other");
  const odd = { ...sample, input: z.union([z.strictObject({}), z.strictObject({ a: z.string() })]) };
  assertThrows(() => createOpenApi([odd]), TypeError, "no object");
});

Deno.test("/openapi.json is made once and answers 304 to who has it", async () => {
  const app = openApiRoutes(SAMPLES, FURTHER_OPERATIONS);
  const first = await app.request("/openapi.json");
  assertEquals([first.status, first.headers.get("content-type")], [200, "application/json"]);
  assertEquals(first.headers.get("access-control-allow-origin"), "*");
  const etag = first.headers.get("etag") ?? "";
  assertEquals((await first.json()).openapi, "3.1.1");
  const again = await app.request("/openapi.json", { headers: { "if-none-match": etag } });
  assertEquals([again.status, await again.text(), again.headers.get("etag")], [304, "", etag]);
  const other = await openApiRoutes([], []).request("/openapi.json");
  assertNotEquals(other.headers.get("etag"), etag);
  await other.body?.cancel();
});
