/** What begins when its turn comes, in order. */
type Queue = Set<() => void>;

/**
 * A number of things that may happen at once, of which each name has only a few: who comes later waits, in order, and names take turns.
 * So a name whose things take long holds up nobody but itself, however many it has.
 */
export class Slots {
  #free: number;
  readonly #perName: number;
  /** How many each name has now. */
  readonly #taken = new Map<string, number>();
  /** In the order in which they are next. */
  readonly #queues = new Map<string, Queue>();

  /**
   * Makes it with all of them free.
   *
   * @param count At least 1.
   * @param perName How many of them one name may have at once, at least 1.
   */
  constructor(count: number, perName: number) {
    this.#free = count;
    this.#perName = perName;
  }

  /**
   * Takes one.
   *
   * @param name Whose it is.
   * @param signal Ends the wait.
   * @returns Gives it back; to be called once.
   */
  async take(name: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#mayHave(name)) this.#give(name);
    else await this.#turn(name, signal);
    return () => this.#giveBack(name);
  }

  #mayHave(name: string): boolean {
    return this.#free > 0 && (this.#taken.get(name) ?? 0) < this.#perName;
  }

  #give(name: string): void {
    this.#free--;
    this.#taken.set(name, (this.#taken.get(name) ?? 0) + 1);
  }

  #giveBack(name: string): void {
    this.#free++;
    const left = (this.#taken.get(name) ?? 1) - 1;
    if (left === 0) this.#taken.delete(name);
    else this.#taken.set(name, left);
    for (const [next, queue] of this.#queues) {
      const [begin] = queue;
      if (begin === undefined || !this.#mayHave(next)) continue;
      this.#leave(next, queue, begin);
      // To the end of the line, with what it still waits for.
      if (this.#queues.delete(next)) this.#queues.set(next, queue);
      this.#give(next);
      return begin();
    }
  }

  #turn(name: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = this.#queues.get(name) ?? new Set();
      const stop = () => {
        this.#leave(name, queue, begin);
        reject(signal.reason);
      };
      const begin = () => {
        signal.removeEventListener("abort", stop);
        resolve();
      };
      signal.addEventListener("abort", stop, { once: true });
      queue.add(begin);
      this.#queues.set(name, queue);
    });
  }

  #leave(name: string, queue: Queue, begin: () => void): void {
    queue.delete(begin);
    if (queue.size === 0 && this.#queues.get(name) === queue) this.#queues.delete(name);
  }
}
