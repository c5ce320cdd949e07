/**
 * When a list of messages is painted: once a frame, however much comes meanwhile; a room's and a thread's alike. No DOM.
 * @module
 */

/**
 * Makes it; what is painted first is laid out anew.
 * @param {(isStale: boolean) => void} paint `isStale`: something has come, gone or changed, so the rows have to be laid out anew; else the
 *   list has moved, no more
 * @param {(run: () => void) => void} [requestFrame]
 */
export function createPainting(paint, requestFrame = requestAnimationFrame) {
  let isDue = false;
  let isStale = true;

  function schedule() {
    if (isDue) return;
    isDue = true;
    requestFrame(() => {
      const wasStale = isStale;
      isDue = isStale = false;
      paint(wasStale);
    });
  }

  return {
    schedule,

    /** The rows do not show any more what there is. */
    refresh() {
      isStale = true;
      schedule();
    },
  };
}
