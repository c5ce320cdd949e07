import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { AssertionError, failed, show } from "./assertion_error.ts";
import { equal } from "./equal.ts";

/** An array, a typed array or another list with a length, but not a string. */
export type ArrayLikeArg<T> = ArrayLike<T> & object;

type Loose = Record<PropertyKey, unknown>;

/**
 * Asserts that two values are structurally equal; see `equal`.
 *
 * @param actual The value met.
 * @param expected The value wanted.
 * @param msg Said when it does not hold.
 * @throws {AssertionError} With the difference.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([1, { two: new Map([["three", 3]]) }], [1, { two: new Map([["three", 3]]) }]);
 * ```
 */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  throw different("Values are not equal", () => deepStrictEqual(actual, expected), actual, expected, msg);
}

/**
 * Asserts that two values are not structurally equal.
 *
 * @param actual The value met.
 * @param expected The value that it must differ from.
 * @param msg Said when it does not hold.
 * @throws {AssertionError} When they are equal.
 */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) return;
  throw failed(`Expected actual: ${show(actual)} not to be: ${show(expected)}`, msg);
}

/**
 * Asserts that two values are the same one (`Object.is`), and narrows the first one's type to the second's.
 *
 * @param actual The value met.
 * @param expected The value wanted.
 * @param msg Said when it does not hold.
 * @throws {AssertionError} With the difference.
 */
export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const what = equal(actual, expected)
    ? "Values have the same structure but are not reference-equal"
    : "Values are not strictly equal";
  throw different(what, () => strictEqual(actual, expected), actual, expected, msg);
}

/**
 * Asserts that two values are not the same one (`Object.is`).
 *
 * @param actual The value met.
 * @param expected The value that it must not be.
 * @param msg Said when it does not hold.
 * @throws {AssertionError} When they are the same.
 */
export function assertNotStrictEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!Object.is(actual, expected)) return;
  throw failed(`Expected actual: ${show(actual)} not to be strictly equal to: ${show(expected)}`, msg);
}

/**
 * Asserts that a list holds every value of another one, in any order, each structurally equal.
 *
 * @param actual The list met.
 * @param expected The values that it must hold.
 * @param msg Said when it does not hold.
 * @throws {AssertionError} With the values that are missing.
 */
export function assertArrayIncludes<T>(actual: ArrayLikeArg<T>, expected: ArrayLikeArg<T>, msg?: string): void {
  const held = Array.from(actual);
  const missing = Array.from(expected).filter((each) => !held.some((other) => equal(each, other)));
  if (missing.length === 0) return;
  const error = failed(`Expected actual: "${show(held)}" to include: "${show(Array.from(expected))}"`, msg);
  throw new AssertionError(`${error.message}\nmissing: ${show(missing)}`);
}

/**
 * Asserts that an object has at least what another one has, deeply; what it has besides is not looked at, in nested
 * objects, arrays (index by index), maps and sets either.
 *
 * @param actual The object met.
 * @param expected The part that it must have.
 * @param msg Said when it does not hold.
 * @throws {AssertionError} With the difference.
 *
 * @example
 * ```ts
 * import { assertObjectMatch } from "@std/assert";
 *
 * assertObjectMatch({ ok: { cursor: "c1", at: 17 }, id: 3 }, { ok: { cursor: "c1" } });
 * ```
 */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any -- the signature of the real one
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  assertEquals(part(actual, expected, new Map()), part(expected, expected, new Map()), msg);
}

/** `whole` cut down to what `wanted` has too. Both sides go through it, so that classes and prototypes do not count. */
function part(whole: Loose, wanted: Loose, seen: Map<unknown, unknown>): Loose {
  if (seen.get(whole) === wanted) return whole;
  seen.set(whole, wanted);
  const kept: Loose = {};
  for (const key of Reflect.ownKeys(whole)) {
    if (key in wanted) kept[key] = partOfValue(whole[key], wanted[key], seen);
  }
  return kept;
}

function partOfValue(value: unknown, wanted: unknown, seen: Map<unknown, unknown>): unknown {
  if (!isLoose(value) || !isLoose(wanted)) return value;
  if (Array.isArray(value)) return Array.isArray(wanted) ? part({ ...value }, { ...wanted }, seen) : value;
  if (value instanceof Map && wanted instanceof Map) {
    const common = [...value].filter(([key]) => wanted.has(key));
    return new Map(common.map(([key, each]) => [key, partOfValue(each, wanted.get(key), seen)]));
  }
  if (value instanceof Set && wanted instanceof Set) return new Set([...value].filter((each) => wanted.has(each)));
  // These keep their content where `part` cannot see it.
  if (value instanceof RegExp || value instanceof Date || value instanceof URL || ArrayBuffer.isView(value)) {
    return value;
  }
  return part(value, wanted, seen);
}

function isLoose(value: unknown): value is Loose {
  return typeof value === "object" && value !== null;
}

/** `strict` throws node's message with the difference drawn, unless node finds the two equal. */
function different(what: string, strict: () => void, actual: unknown, expected: unknown, msg?: string): AssertionError {
  const { message } = failed(what, msg);
  try {
    strict();
  } catch (error) {
    if (error instanceof Error) return new AssertionError(`${message}\n${error.message.replace(/^.*\n/, "")}`);
  }
  return new AssertionError(`${message}\nactual:   ${show(actual)}\nexpected: ${show(expected)}`);
}
