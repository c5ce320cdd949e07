/**
 * Work that takes turns: what has the same name is done one after the other, in the order in which it was asked for. Only within an
 * isolate; between isolates `transact` decides. It keeps those who meet on one document from losing races against each other.
 */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Whether something with this name is being done. */
  has(name: string): boolean {
    return this.#last.has(name);
  }

  /**
   * Does something when its turn has come.
   *
   * @param name What it must not meet.
   * @throws What `work` throws.
   */
  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name);
    let end = () => {};
    const mine = new Promise<void>((resolve) => end = resolve);
    this.#last.set(name, mine);
    try {
      if (before !== undefined) await before;
      return await work();
    } finally {
      if (this.#last.get(name) === mine) this.#last.delete(name);
      end();
    }
  }
}
