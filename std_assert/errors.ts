import { stripVTControlCharacters } from "node:util";
import { failed } from "./assertion_error.ts";

/** A class of errors that can be built with `new`. `never[]`: whatever its constructor takes. */
export type ErrorConstructor<E extends Error> = new (...args: never[]) => E;

/**
 * Asserts that a value is an Error, of a class and with a message if these are given, and narrows its type.
 *
 * @param error The value met.
 * @param ErrorClass The class that it must be an instance of; any Error if left out.
 * @param msgMatches A part of its message, or a pattern.
 * @param msg Said when it does not hold.
 * @throws {AssertionError} With what was met instead.
 */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass?: abstract new (...args: never[]) => E,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  if (!(error instanceof Error)) throw failed(`Expected "error" to be an Error object`, msg);
  if (ErrorClass && !(error instanceof ErrorClass)) {
    const met = error.constructor?.name;
    throw failed(`Expected error to be instance of "${ErrorClass.name}", but was "${met}"`, msg);
  }
  if (!msgMatches || matches(error.message, msgMatches)) return;
  const wanted = msgMatches instanceof RegExp ? String(msgMatches) : JSON.stringify(msgMatches);
  throw failed(`Expected error message to include ${wanted}, but got ${JSON.stringify(error.message)}`, msg);
}

function matches(message: string, wanted: string | RegExp): boolean {
  const plain = stripVTControlCharacters(message);
  return wanted instanceof RegExp ? wanted.test(plain) : plain.includes(stripVTControlCharacters(wanted));
}

/**
 * Asserts that a function throws, and returns what it threw.
 *
 * @param fn Called once, without arguments.
 * @param msg Said when it does not hold.
 * @throws {AssertionError} When it returns.
 */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/**
 * Asserts that a function throws an error of a class, and returns that error.
 *
 * @param fn Called once, without arguments.
 * @param ErrorClass The class that the error must be an instance of.
 * @param msgIncludes A part of its message.
 * @param msg Said when it does not hold.
 * @throws {AssertionError} When it returns, or throws something else.
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => new Array(-1), RangeError, "Invalid array length");
 * assertEquals(error.name, "RangeError");
 * ```
 */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorConstructor<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  classOrMsg?: ErrorConstructor<Error> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const wanted = wantedError(classOrMsg, msgIncludes, msg);
  try {
    fn();
  } catch (error) {
    return wanted.check(error, "thrown");
  }
  throw failed("Expected function to throw", wanted.msg);
}

/**
 * Asserts that a function returns a promise that rejects; resolves with the reason.
 *
 * @param fn Called once, without arguments.
 * @param msg Said when it does not hold.
 * @throws {AssertionError} When the promise resolves, or the function throws or returns no promise.
 */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/**
 * Asserts that a function returns a promise that rejects with an error of a class; resolves with that error.
 *
 * @param fn Called once, without arguments.
 * @param ErrorClass The class that the error must be an instance of.
 * @param msgIncludes A part of its message.
 * @param msg Said when it does not hold.
 * @throws {AssertionError} When the promise resolves or rejects with something else, or the function throws.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => Deno.readTextFile("/no/such/file"), Error);
 * ```
 */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorConstructor<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ErrorConstructor<Error> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const wanted = wantedError(classOrMsg, msgIncludes, msg);
  let promise: unknown;
  try {
    promise = fn();
  } catch {
    throw failed("Function throws when expected to reject", wanted.msg);
  }
  // The real one uses the same words for a function that returns no promise.
  if (!isPromiseLike(promise)) throw failed("Function throws when expected to reject", wanted.msg);
  try {
    await promise;
  } catch (error) {
    return wanted.check(error, "rejected");
  }
  throw failed("Expected function to reject", wanted.msg);
}

interface WantedError {
  msg: string | undefined;
  check(error: unknown, verb: "thrown" | "rejected"): unknown;
}

/** The two overloads: `(fn, msg)` and `(fn, ErrorClass, msgIncludes, msg)`. */
function wantedError(
  classOrMsg: ErrorConstructor<Error> | string | undefined,
  msgIncludes: string | undefined,
  msg: string | undefined,
): WantedError {
  if (typeof classOrMsg === "string") return { msg: classOrMsg, check: (error) => error };
  return {
    msg,
    check(error, verb) {
      if (classOrMsg === undefined) return error;
      if (!(error instanceof Error)) throw failed(`A non-Error object was ${verb}`, msg);
      assertIsError(error, classOrMsg, msgIncludes, msg);
      return error;
    },
  };
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
