/**
 * The open loop: messages go out by the clock, evenly spaced, whatever the server does.
 *
 * @module
 */

/** What is to be sent when. */
export interface Schedule {
  /** Messages a second. */
  readonly ratePerS: number;
  /** Messages in all. */
  readonly total: number;
  /** Called once a message in order, with the time it was due in milliseconds of `performance.now()`. */
  readonly send: (message: number, dueAtMs: number) => void;
  /** Called between messages with the time until the next one; may return earlier, and may be up to 1 ms late. */
  readonly pause: (ms: number) => void;
}

/** Sends all, and returns after the last; what has become due during a pause goes out together. */
export function sendEvenly({ ratePerS, total, send, pause }: Schedule): void {
  const startAtMs = performance.now();
  const spacingMs = 1000 / ratePerS;
  for (let message = 0; message < total;) {
    const elapsedMs = performance.now() - startAtMs;
    for (; message < total && message * spacingMs <= elapsedMs; message++) {
      send(message, startAtMs + message * spacingMs);
    }
    if (message < total) pause(message * spacingMs - (performance.now() - startAtMs));
  }
}
