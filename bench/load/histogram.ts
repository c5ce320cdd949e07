/**
 * Times in bins of 0.1 ms: every one is counted, none is sampled, and adding costs one increment.
 *
 * @module
 */

const BINS_PER_MS = 10;
const MAX_MS = 60_000;

/** Counts of milliseconds up to one minute; longer ones count as one minute. */
export class Histogram {
  /** How many times were added. */
  count = 0;
  /** The longest, in milliseconds. */
  maxMs = 0;

  readonly #bins = new Uint32Array(MAX_MS * BINS_PER_MS + 1);

  /** Adds one time in milliseconds. */
  add(ms: number): void {
    const bin = ms <= 0 ? 0 : ms >= MAX_MS ? MAX_MS * BINS_PER_MS : (ms * BINS_PER_MS) | 0;
    this.#bins[bin] = (this.#bins[bin] ?? 0) + 1;
    this.count++;
    if (ms > this.maxMs) this.maxMs = ms;
  }

  /** The time that `share` (0 to 1) of all stay within, as the upper edge of its bin; 0 when nothing was added. */
  quantileMs(share: number): number {
    const rank = Math.ceil(this.count * share);
    let below = 0;
    for (let bin = 0; bin < this.#bins.length; bin++) {
      below += this.#bins[bin] ?? 0;
      if (below >= rank && below > 0) return (bin + 1) / BINS_PER_MS;
    }
    return 0;
  }
}
