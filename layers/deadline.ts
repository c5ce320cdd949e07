import { LayerUnavailable } from "./layer.ts";

/**
 * Waits for an operation, but not for ever: a remote Deno KV retries inside the client without an end, and an outcome that
 * comes too late is unknown, not failed.
 *
 * @param operation What is awaited; a late rejection is swallowed.
 * @param timeoutMs How long.
 * @param what Names it in the error: "Cannot <what>: …".
 * @throws {LayerUnavailable} After `timeoutMs`; otherwise what `operation` throws.
 */
export async function withDeadline<T>(operation: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new LayerUnavailable(`Cannot ${what}: no answer within ${Math.round(timeoutMs)} ms`));
    }, Math.max(0, timeoutMs));
  });
  try {
    return await Promise.race([operation, late]);
  } finally {
    clearTimeout(timer);
    operation.catch(() => {});
  }
}
