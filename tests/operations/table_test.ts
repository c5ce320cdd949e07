import { assert, assertEquals } from "@std/assert";
import { OPERATIONS } from "../../operations/table.ts";
import { meaningOf } from "../../protocol/errors.ts";

Deno.test("no two operations have one name, or one place in HTTP", () => {
  const names = OPERATIONS.map(({ type }) => type);
  assertEquals(new Set(names).size, names.length, `${names.filter((name, at) => names.indexOf(name) !== at)}`);
  const places = OPERATIONS.filter(({ only }) => only !== "socket").map(({ method, path }) =>
    `${method} ${path.replace(/:\w+/g, ":")}`
  );
  assertEquals(new Set(places).size, places.length, `${places.filter((place, at) => places.indexOf(place) !== at)}`);
});

Deno.test("a place that could also be a :part of another stands before it", () => {
  const http = OPERATIONS.filter(({ only }) => only !== "socket");
  http.forEach(({ method, path, type }, at) => {
    const earlier = http.slice(0, at).find((other) => other.method === method && hides(other.path, path));
    assertEquals(earlier?.type, undefined, `${earlier?.type} hides ${type}`);
  });
});

Deno.test("names are snake_case, paths are below /v1, and what is said of an operation is a line", () => {
  for (const { type, path, summary } of OPERATIONS) {
    assert(/^[a-z]+(_[a-z]+)*$/.test(type), type);
    assert(/^\/v1(\/(:?[a-z_-]+))+$/.test(path), path);
    assert(/^\p{Lu}[^\n]*$/u.test(summary), `${type}: ${summary}`);
  }
});

Deno.test("what an operation may refuse with are codes that there are, each once", () => {
  for (const { type, errors } of OPERATIONS) {
    assertEquals(new Set(errors).size, errors.length, type);
    for (const code of errors) assert(meaningOf(code).status >= 400, `${type} ${code}`);
  }
});

Deno.test('a flag of a query is no coerced boolean, for which "false" is true', () => {
  for (const { type, method, input } of OPERATIONS) {
    if (method !== "get" && method !== "delete") continue;
    const shape: object = "shape" in input ? Object(input.shape) : {};
    for (const [name, field] of Object.entries(shape)) {
      const falsy = field.safeParse("false");
      assert(!(falsy.success && falsy.data === true), `${type}: ${name}`);
    }
  }
});

/** Whether a router that takes the first match would never get past the one to the other. */
function hides(one: string, other: string): boolean {
  const [ones, others] = [one.split("/"), other.split("/")];
  if (one === other || ones.length !== others.length) return false;
  return ones.every((part, at) => part === others[at] || part.startsWith(":")) &&
    ones.some((part, at) => part.startsWith(":") && !others[at]?.startsWith(":"));
}
