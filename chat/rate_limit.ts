import { ChatError } from "../protocol/errors.ts";

/** Options of {@linkcode RateLimit}. */
export interface RateLimitOptions {
  /** Actions a second on average; 0 is no limit. */
  readonly perSecond: number;
  /** Actions at once after a pause. Default `perSecond`, at least 1. */
  readonly burst?: number;
  /** Buckets that are remembered at the most, to within a quarter. Default 100,000. */
  readonly maxBuckets?: number;
  /** Milliseconds on a clock that never goes back. Default `performance.now`. */
  readonly now?: () => number;
}

/** Buckets after which those that are full again are thrown away. */
const SWEEP_SIZE = 10_000;

/** Buckets that one limit remembers at the most, about 10 MB. */
const MAX_BUCKETS = 100_000;

/** What is left in a bucket. */
export interface Allowance {
  /** Actions that may be done now, whole. */
  readonly remaining: number;
  /** Milliseconds until the bucket is full. */
  readonly fullInMs: number;
}

/** A token bucket for each name. Counts on this isolate only. */
export class RateLimit {
  readonly #perMs: number;
  readonly #burst: number;
  readonly #maxBuckets: number;
  readonly #now: () => number;
  /** When the bucket of a name will be full again: all that a token bucket needs to remember. */
  readonly #fullAt = new Map<string, number>();
  #sweepSize: number;

  /**
   * Makes a limit with all buckets full.
   *
   * @param options See {@linkcode RateLimitOptions}.
   */
  constructor(options: RateLimitOptions) {
    this.#perMs = options.perSecond / 1_000;
    this.#burst = options.burst ?? Math.max(1, options.perSecond);
    this.#maxBuckets = options.maxBuckets ?? MAX_BUCKETS;
    this.#sweepSize = Math.min(SWEEP_SIZE, this.#maxBuckets);
    this.#now = options.now ?? (() => performance.now());
  }

  /** Buckets that it remembers: those that are not full, and some that are full again. */
  get size(): number {
    return this.#fullAt.size;
  }

  /**
   * Takes tokens, all or none.
   *
   * @param name Whose bucket.
   * @param tokens How many, at most the burst: more never fit. Default 1.
   * @param again How many whoever tries again has to take before these. Default 0.
   * @returns What is left; without a limit {@linkcode Infinity}.
   * @throws {ChatError} `rate_limited`, with the time until there are as many. It costs nothing.
   */
  take(name: string, tokens = 1, again = 0): Allowance {
    if (this.#perMs === 0) return UNLIMITED;
    const now = this.#now();
    const fullAt = Math.max(now, this.#fullAt.get(name) ?? 0) + tokens / this.#perMs;
    const overMs = fullAt - now - this.#burst / this.#perMs;
    // Half a microsecond of rounding is no reason to refuse.
    if (overMs > 1e-3) {
      throw new ChatError("rate_limited", `Too fast: at most ${this.#perMs * 1_000} a second`, {
        retryAfterMs: Math.ceil(overMs + again / this.#perMs),
      });
    }
    this.#fullAt.set(name, fullAt);
    if (this.#fullAt.size > this.#sweepSize) this.#sweep(now);
    return this.#allowance(fullAt - now);
  }

  /** What {@linkcode take} would find; takes nothing. */
  peek(name: string): Allowance {
    if (this.#perMs === 0) return UNLIMITED;
    return this.#allowance(Math.max(0, (this.#fullAt.get(name) ?? 0) - this.#now()));
  }

  /** Forgets a bucket, e.g. a closed connection's. */
  forget(name: string): void {
    this.#fullAt.delete(name);
  }

  #allowance(fullInMs: number): Allowance {
    return { remaining: Math.max(0, Math.floor(this.#burst - fullInMs * this.#perMs + 1e-6)), fullInMs };
  }

  #sweep(now: number): void {
    for (const [name, fullAt] of this.#fullAt) if (fullAt <= now) this.#fullAt.delete(name);
    // Still too many: names that somebody makes up. The oldest get a full bucket, which is what a new name gets too.
    for (const name of this.#fullAt.keys()) {
      if (this.#fullAt.size <= this.#maxBuckets) break;
      this.#fullAt.delete(name);
    }
    // When most are busy a sweep finds little, so the next one waits until there are a quarter more.
    const next = Math.ceil(1.25 * this.#fullAt.size);
    this.#sweepSize = Math.max(Math.min(SWEEP_SIZE, this.#maxBuckets), Math.min(next, 1.25 * this.#maxBuckets));
  }
}

const UNLIMITED: Allowance = { remaining: Infinity, fullInMs: 0 };
