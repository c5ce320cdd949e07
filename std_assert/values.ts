import { AssertionError, failed, show } from "./assertion_error.ts";

/** Any class that can be built with `new`. `never[]`: whatever its constructor takes. */
export type AnyConstructor = new (...args: never[]) => unknown;

/** What `new` of a class gives. */
export type GetConstructorType<T extends AnyConstructor> = T extends new (...args: never[]) => infer C ? C : never;

/**
 * Asserts that a value is truthy, and narrows its type.
 *
 * @param expr The value met.
 * @param msg Said when it does not hold.
 * @throws {AssertionError} When it is falsy.
 */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** A value that counts as false. */
export type Falsy = false | 0 | 0n | "" | null | undefined;

/**
 * Asserts that a value is falsy.
 *
 * @param expr The value met.
 * @param msg Said when it does not hold.
 * @throws {AssertionError} When it is truthy.
 */
export function assertFalse(expr: unknown, msg = ""): asserts expr is Falsy {
  if (expr) throw new AssertionError(msg);
}

/**
 * Asserts that a value is neither null nor undefined, and narrows its type.
 *
 * @param actual The value met.
 * @param msg Said when it does not hold.
 * @throws {AssertionError} When it is one of them.
 */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) {
    throw failed(`Expected actual: "${actual}" to not be null or undefined`, msg);
  }
}

/**
 * Asserts that a value is an instance of a class, and narrows its type.
 *
 * @param actual The value met.
 * @param expectedType The class.
 * @param msg Said when it does not hold.
 * @throws {AssertionError} With the class met.
 */
export function assertInstanceOf<T extends AnyConstructor>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is GetConstructorType<T> {
  if (actual instanceof expectedType) return;
  throw failed(`Expected object to be an instance of "${expectedType.name}" but was "${kindOf(actual)}"`, msg);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? value.constructor?.name ?? "Object" : typeof value;
}

/**
 * Asserts that a text matches a pattern.
 *
 * @param actual The text met.
 * @param expected The pattern.
 * @param msg Said when it does not hold.
 * @throws {AssertionError} With both.
 */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (!expected.test(actual)) throw failed(`Expected actual: "${actual}" to match: "${expected}"`, msg);
}

/**
 * Asserts that a text does not match a pattern.
 *
 * @param actual The text met.
 * @param expected The pattern.
 * @param msg Said when it does not hold.
 * @throws {AssertionError} With both.
 */
export function assertNotMatch(actual: string, expected: RegExp, msg?: string): void {
  if (expected.test(actual)) throw failed(`Expected actual: "${actual}" to not match: "${expected}"`, msg);
}

/**
 * Asserts that a text contains another.
 *
 * @param actual The text met.
 * @param expected The part that it must contain.
 * @param msg Said when it does not hold.
 * @throws {AssertionError} With both.
 */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (!actual.includes(expected)) throw failed(`Expected actual: "${actual}" to contain: "${expected}"`, msg);
}

/**
 * Asserts that a value is greater than another (`>`).
 *
 * @param actual The value met.
 * @param expected The bound.
 * @param msg Said, alone, when it does not hold.
 * @throws {AssertionError} With both.
 */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) throw new AssertionError(msg ?? `Expect ${show(actual)} > ${show(expected)}`);
}

/**
 * Asserts that a value is greater than another or equal to it (`>=`).
 *
 * @param actual The value met.
 * @param expected The bound.
 * @param msg Said, alone, when it does not hold.
 * @throws {AssertionError} With both.
 */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) throw new AssertionError(msg ?? `Expect ${show(actual)} >= ${show(expected)}`);
}

/**
 * Asserts that a value is less than another (`<`).
 *
 * @param actual The value met.
 * @param expected The bound.
 * @param msg Said, alone, when it does not hold.
 * @throws {AssertionError} With both.
 */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) throw new AssertionError(msg ?? `Expect ${show(actual)} < ${show(expected)}`);
}

/**
 * Asserts that a value is less than another or equal to it (`<=`).
 *
 * @param actual The value met.
 * @param expected The bound.
 * @param msg Said, alone, when it does not hold.
 * @throws {AssertionError} With both.
 */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) throw new AssertionError(msg ?? `Expect ${show(actual)} <= ${show(expected)}`);
}

/**
 * Fails.
 *
 * @param msg Why.
 * @throws {AssertionError} Always.
 */
export function fail(msg?: string): never {
  throw failed("Failed assertion", msg);
}

/**
 * Fails where nothing should ever get to.
 *
 * @param msg Why it cannot.
 * @throws {AssertionError} Always.
 */
export function unreachable(msg?: string): never {
  throw failed("Unreachable", msg);
}
