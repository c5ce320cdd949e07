/**
 * Where the arrow keys lead in the picker's grid. No DOM: rows of different lengths, and a place in them.
 * @module
 */

/** @typedef {{row: number, column: number}} Place */

/** Rows that PageUp and PageDown pass. */
const PAGE = 5;

/**
 * Finds where a key leads.
 * @param {readonly number[]} lengths of the rows, each at least 1
 * @param {Place} place
 * @param {Pick<KeyboardEvent, "key" | "ctrlKey">} event
 * @returns {Place | "before" | undefined} `before`: above the first row; undefined: the key has no meaning here
 */
export function moveInGrid(lengths, { row, column }, { key, ctrlKey }) {
  const last = lengths.length - 1;
  const end = (lengths[row] ?? 1) - 1;
  switch (key) {
    case "ArrowRight":
      return column < end
        ? { row, column: column + 1 }
        : { row: Math.min(row + 1, last), column: row < last ? 0 : column };
    case "ArrowLeft":
      if (column > 0) return { row, column: column - 1 };
      return row > 0 ? { row: row - 1, column: (lengths[row - 1] ?? 1) - 1 } : { row, column };
    case "ArrowUp":
      return row === 0 ? "before" : inRow(row - 1);
    case "ArrowDown":
      return inRow(row + 1);
    case "PageUp":
      return inRow(row - PAGE);
    case "PageDown":
      return inRow(row + PAGE);
    case "Home":
      return { row: ctrlKey ? 0 : row, column: 0 };
    case "End":
      return ctrlKey ? { row: last, column: (lengths[last] ?? 1) - 1 } : { row, column: end };
    default:
      return undefined;
  }

  /** @param {number} wanted */
  function inRow(wanted) {
    const found = Math.max(0, Math.min(wanted, last));
    return { row: found, column: Math.min(column, (lengths[found] ?? 1) - 1) };
  }
}
