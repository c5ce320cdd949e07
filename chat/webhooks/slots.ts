/** A number of things that may happen at once; who comes later waits, in order. */
export class Slots {
  #free: number;
  readonly #waiting = new Set<() => void>();

  /**
   * Makes it with all of them free.
   *
   * @param count At least 1.
   */
  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Takes one.
   *
   * @param signal Ends the wait.
   * @returns Gives it back; to be called once.
   */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else await this.#turn(signal);
    return () => this.#giveBack();
  }

  #giveBack(): void {
    for (const next of this.#waiting) {
      this.#waiting.delete(next);
      return next();
    }
    this.#free++;
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#waiting.delete(next);
        reject(signal.reason);
      };
      const next = () => {
        signal.removeEventListener("abort", stop);
        resolve();
      };
      signal.addEventListener("abort", stop, { once: true });
      this.#waiting.add(next);
    });
  }
}
