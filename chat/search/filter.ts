/**
 * Bloom filters (Bloom 1970): a set of tokens that may say yes for one that is not in it, and never no for one that is. With 12 bits a
 * token and 6 probes one in 270 is wrongly said to be there.
 *
 * @module
 */

const BITS_PER_TOKEN = 12;
const PROBES = 6;

/** Bytes of the filter of so many different tokens. */
export function filterBytes(tokens: number): number {
  return Math.max(8, Math.ceil(tokens * BITS_PER_TOKEN / 8));
}

/** Puts a token into a filter. */
export function addToken(filter: Uint8Array, token: number): void {
  const bits = filter.length * 8;
  const stride = strideOf(token);
  for (let probe = 0, place = token; probe < PROBES; probe++, place = (place + stride) >>> 0) {
    const bit = place % bits;
    filter[bit >>> 3] = (filter[bit >>> 3] ?? 0) | 1 << (bit & 7);
  }
}

/** Whether a filter may hold all of these tokens. */
export function mayHold(filter: Uint8Array, tokens: readonly number[]): boolean {
  const bits = filter.length * 8;
  for (const token of tokens) {
    const stride = strideOf(token);
    for (let probe = 0, place = token; probe < PROBES; probe++, place = (place + stride) >>> 0) {
      const bit = place % bits;
      if (((filter[bit >>> 3] ?? 0) & 1 << (bit & 7)) === 0) return false;
    }
  }
  return true;
}

/** A second hash out of the first (Kirsch and Mitzenmacher 2006: two are as good as six); odd, so never 0. */
function strideOf(token: number): number {
  return (Math.imul(token ^ token >>> 15, 0x2c1b3c6d) | 1) >>> 0;
}
