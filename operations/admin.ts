import type { Caller } from "../protocol/caller.ts";
import { ChatError } from "../protocol/errors.ts";

/**
 * Refuses whoever does not keep order everywhere.
 *
 * @param caller Who asks.
 * @param what What for, e.g. `ban somebody`.
 * @throws {ChatError} `forbidden`.
 */
export function requireAdmin({ isAdmin }: Caller, what: string): void {
  if (!isAdmin) throw new ChatError("forbidden", `Cannot ${what}: that is the operator's`);
}
