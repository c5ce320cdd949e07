import type { Clock } from "../../static/client/connection.js";

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  #now = 1_000_000;
  #lastId = 0;
  readonly #timers = new Map<number, { at: number; run: () => void }>();

  /** Milliseconds. */
  readonly now = (): number => this.#now;

  /** Timers that have been set and neither rung nor been cleared. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Milliseconds until the next timer rings; undefined when there is none. */
  get nextMs(): number | undefined {
    const next = this.#next();
    return next === undefined ? undefined : next[1].at - this.#now;
  }

  readonly setTimeout = (run: () => void, ms: number): unknown => {
    const id = ++this.#lastId;
    this.#timers.set(id, { at: this.#now + ms, run });
    return id;
  };

  readonly clearTimeout = (timer: unknown): void => {
    if (typeof timer === "number") this.#timers.delete(timer);
  };

  /** Lets time pass, and rings what is due on the way, in order. */
  pass(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#next(); next !== undefined && next[1].at <= end; next = this.#next()) {
      const [id, { at, run }] = next;
      this.#timers.delete(id);
      this.#now = at;
      run();
    }
    this.#now = end;
  }

  #next(): [number, { at: number; run: () => void }] | undefined {
    return [...this.#timers].sort(([a, { at: atA }], [b, { at: atB }]) => atA - atB || a - b)[0];
  }
}
