import { CLOSE } from "../protocol/close_codes.ts";

/** A connection as its isolate counts it. */
export interface Countable {
  /** Closes it with a code and a reason. */
  close(code: number, reason: string): void;
}

/** The open connections of an isolate, and whether it takes more. */
export class Connections {
  readonly #open = new Set<Countable>();
  #isDraining = false;
  #emptied: (() => void) | undefined;

  /** Whether new ones are refused. */
  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** How many are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Counts one in. */
  add(connection: Countable): void {
    this.#open.add(connection);
  }

  /** Counts one out. */
  delete(connection: Countable): void {
    this.#open.delete(connection);
    if (this.#open.size === 0) this.#emptied?.();
  }

  /** From now on new ones are refused. */
  refuse(): void {
    this.#isDraining = true;
  }

  /**
   * Closes all with 1012.
   *
   * @param timeoutMs How long to wait for the peers' answers.
   * @returns How many did not answer.
   */
  async closeAll(timeoutMs: number): Promise<number> {
    this.refuse();
    const emptied = new Promise<void>((resolve) => this.#emptied = resolve);
    for (const connection of [...this.#open]) connection.close(CLOSE.restart, "The server restarts");
    if (this.#open.size === 0) return 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([emptied, new Promise((resolve) => timer = setTimeout(resolve, timeoutMs))]);
    clearTimeout(timer);
    return this.#open.size;
  }
}
