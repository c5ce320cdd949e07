/** What waits: a parameter, so that a test need not. */
export interface Timers {
  /**
   * Calls something once, later.
   *
   * @param ms Milliseconds until then, at least 0.
   * @param run What to call.
   * @returns Forgets it; nothing happens when it was called already.
   */
  after(ms: number, run: () => void): () => void;
}

/** The runtime's own. */
export const TIMERS: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
