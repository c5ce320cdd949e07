import { ChatError } from "../protocol/errors.ts";

/** Options of {@linkcode RateLimit}. */
export interface RateLimitOptions {
  /** Actions a second on average; 0 is no limit. */
  readonly perSecond: number;
  /** Actions at once after a pause. Default `perSecond`, at least 1. */
  readonly burst?: number;
  /** Milliseconds on a clock that never goes back. Default `performance.now`. */
  readonly now?: () => number;
}

/** Buckets after which those that are full again are thrown away. */
const SWEEP_SIZE = 10_000;

/** A token bucket for each name. Counts on this isolate only. */
export class RateLimit {
  readonly #perMs: number;
  readonly #burst: number;
  readonly #now: () => number;
  /** When the bucket of a name will be full again: all that a token bucket needs to remember. */
  readonly #fullAt = new Map<string, number>();
  #sweepSize = SWEEP_SIZE;

  /**
   * Makes a limit with all buckets full.
   *
   * @param options See {@linkcode RateLimitOptions}.
   */
  constructor(options: RateLimitOptions) {
    this.#perMs = options.perSecond / 1_000;
    this.#burst = options.burst ?? Math.max(1, options.perSecond);
    this.#now = options.now ?? (() => performance.now());
  }

  /**
   * Takes one token.
   *
   * @param name Whose bucket.
   * @throws {ChatError} `rate_limited`, with the time until there is one.
   */
  take(name: string): void {
    if (this.#perMs === 0) return;
    const now = this.#now();
    const costMs = 1 / this.#perMs;
    const fullAt = Math.max(now, this.#fullAt.get(name) ?? 0) + costMs;
    const overMs = fullAt - now - this.#burst * costMs;
    // Half a microsecond of rounding is no reason to refuse.
    if (overMs > 1e-3) {
      throw new ChatError("rate_limited", `Too fast: at most ${this.#perMs * 1_000} a second`, {
        retryAfterMs: Math.ceil(overMs),
      });
    }
    this.#fullAt.set(name, fullAt);
    if (this.#fullAt.size > this.#sweepSize) this.#sweep(now);
  }

  #sweep(now: number): void {
    for (const [name, fullAt] of this.#fullAt) if (fullAt <= now) this.#fullAt.delete(name);
    // When most are busy a sweep finds little, so the next one waits until there are twice as many.
    this.#sweepSize = Math.max(SWEEP_SIZE, 2 * this.#fullAt.size);
  }
}
