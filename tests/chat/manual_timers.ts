import type { Timers } from "../../chat/timers.ts";

/** A clock and its timers, which go on only when they are told. */
export class ManualTimers implements Timers {
  #nowMs = 1_795_000_000_000;
  readonly #due = new Set<{ readonly at: number; readonly run: () => void }>();

  /** Milliseconds since 1970. */
  readonly now = (): number => this.#nowMs;

  /** How many wait. */
  get waiting(): number {
    return this.#due.size;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#nowMs + ms, run };
    this.#due.add(timer);
    return () => this.#due.delete(timer);
  }

  /** Goes on by `ms`, and calls what comes due, the earliest first. */
  advance(ms: number): void {
    const end = this.#nowMs + ms;
    for (;;) {
      let next: { readonly at: number; readonly run: () => void } | undefined;
      for (const timer of this.#due) if (timer.at <= end && (next === undefined || timer.at < next.at)) next = timer;
      if (next === undefined) break;
      this.#due.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.at);
      next.run();
    }
    this.#nowMs = end;
  }
}
