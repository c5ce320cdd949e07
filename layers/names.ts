import type { PublishOptions } from "./layer.ts";

const MAX_NAME_LENGTH = 200;
const MAX_KEY_LENGTH = 64;

/**
 * Checks the names that become part of a store's keys. A store refuses a key that is too long together with everything
 * that is committed beside it, so it is refused here, alone.
 *
 * @param group A group's or a channel's name, 1 to 200 characters.
 * @throws {RangeError} One is empty or too long.
 */
export function checkNames(group: string, { author = "", key }: Pick<PublishOptions, "author" | "key"> = {}): void {
  check("group", group, 1, MAX_NAME_LENGTH);
  check("author", author, 0, MAX_NAME_LENGTH);
  if (key !== undefined) check("key", key, 1, MAX_KEY_LENGTH);
}

function check(what: string, name: string, min: number, max: number): void {
  if (name.length >= min && name.length <= max) return;
  throw new RangeError(`Cannot use a ${what} of ${name.length} characters: it has ${min} to ${max}`);
}
