/**
 * A stand-in for `@std/assert`, the assertions of Deno's standard library.
 *
 * **Why it is here.** `deno.json` asks for `jsr:@std/assert@^1`, as any Deno project would, but some machines that
 * build and test this one reach npm and not JSR. Deno lets a workspace member of the same name and a matching version
 * take a package's place, so while this folder is listed under `workspace`, `import … from "@std/assert"` means these
 * files and nothing is downloaded.
 *
 * **To use the real one** take `./std_assert` out of `workspace` in `deno.json`, delete this folder, and run
 * `deno install --frozen=false`. No test changes: the names, signatures and return values are those of `@std/assert`
 * 1.x, of which this is the part that our tests need. What fails there fails here; only the wording of messages and the
 * look of a difference, which `node:assert/strict` draws, are its own.
 *
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals({ room: "한글방", members: [1, 2] }, { room: "한글방", members: [1, 2] });
 * const error = assertThrows(() => decodeURI("%"), URIError, "malformed");
 * assertEquals(error.name, "URIError");
 * ```
 *
 * @module
 */

export { AssertionError } from "./assertion_error.ts";
export { equal } from "./equal.ts";
export {
  assertArrayIncludes,
  assertEquals,
  assertNotEquals,
  assertNotStrictEquals,
  assertObjectMatch,
  assertStrictEquals,
} from "./equality.ts";
export type { ArrayLikeArg } from "./equality.ts";
export { assertIsError, assertRejects, assertThrows } from "./errors.ts";
export {
  assert,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
  fail,
  unreachable,
} from "./values.ts";
export type { AnyConstructor, Falsy, GetConstructorType } from "./values.ts";
