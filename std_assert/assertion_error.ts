import { inspect } from "node:util";

/** What every assertion throws when it does not hold. */
export class AssertionError extends Error {
  /**
   * An error to throw.
   *
   * @param message What was expected and what was met.
   * @param options `cause`, as of any Error.
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

/**
 * An AssertionError that ends in the caller's own words, where there are any.
 *
 * @param what What did not hold, without a full stop.
 * @param msg The caller's own words.
 */
export function failed(what: string, msg: string | undefined): AssertionError {
  return new AssertionError(msg ? `${what}: ${msg}` : `${what}.`);
}

/**
 * A value as it stands in a message.
 *
 * @param value Anything.
 */
export function show(value: unknown): string {
  return inspect(value, { depth: 10, sorted: true, breakLength: 100 });
}
