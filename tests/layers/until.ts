/**
 * Waits until something holds, and says what did not.
 *
 * @param condition Asked every millisecond or so.
 * @param what Names it in the error: "Still not so: <what>".
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 8_000,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!await condition()) {
    if (performance.now() > end) throw new Error(`Still not so after ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** A promise that is settled by hand. */
export function gate(): { open: () => void; break: (cause: unknown) => void; passed: Promise<void> } {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => {});
  return { open: resolve, break: reject, passed: promise };
}

/** Lets everything that is due happen: what was to come in this turn of the event loop has come. */
export async function nextTurn(turns = 1): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}
