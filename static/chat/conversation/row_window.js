/**
 * Which rows of a long list are there as elements: those in sight and some before and after them. No DOM.
 *
 * It goes by rows and not by pixels: how high a row is nobody knows before it is there, and a guess that turns out wrong is what makes
 * lists jump.
 * @module
 */

/** Rows on each side of the middle of what is in sight. */
const MIN_HALF = 50;
const MAX_HALF = 80;

/** From `start` up to, but without, `end`. @typedef {{start: number, end: number}} Range */

/**
 * Chooses the rows that are to be there.
 * @param {number} count rows in all
 * @param {Range} sight those in sight
 * @param {Range} [there] those that are there now: as long as they will do they stay, so that not every step changes something
 * @returns {Range} at most 160 rows, and one more than are in sight in any case
 */
export function chooseWindow(count, sight, there) {
  const seen = sight.end - sight.start;
  const half = Math.min(Math.max(MIN_HALF, Math.ceil(seen * 1.5)), MAX_HALF);
  const size = Math.min(count, Math.max(half * 2, seen + 1));
  if (there !== undefined && there.end <= count && there.end - there.start === size) {
    const margin = Math.floor((size - seen) / 4);
    const hasBefore = there.start === 0 || sight.start - there.start >= margin;
    const hasAfter = there.end === count || there.end - sight.end >= margin;
    if (hasBefore && hasAfter) return there;
  }
  const middle = Math.floor((sight.start + sight.end) / 2);
  const start = Math.min(Math.max(0, middle - Math.floor(size / 2)), count - size);
  return { start, end: start + size };
}
