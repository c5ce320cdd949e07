/**
 * A subscriber that remembers everything, and sees at once what no subscriber may ever see: a broken chain, a step back,
 * a batch that does not hold what it says.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Batch, ChannelLayer, Cursor, Entry, LayerEvent, Subscription } from "../../layers/layer.ts";
import { until } from "./until.ts";

/** Options of {@linkcode witness}. */
export interface WitnessOptions {
  readonly after?: Cursor;
  /** What it does with a batch beside remembering it: wait, throw, close. */
  readonly take?: (batch: Batch) => void | Promise<void>;
}

/** Subscribes a {@linkcode Witness}. */
export async function witness(layer: ChannelLayer, group: string, options: WitnessOptions = {}): Promise<Witness> {
  const seen = new Witness(group, options);
  seen.subscription = await layer.subscribe(group, seen.options);
  return seen;
}

/** See the module. */
export class Witness {
  readonly batches: Batch[] = [];
  readonly causes: unknown[] = [];
  /** Set by {@linkcode witness}. */
  subscription: Subscription = { close() {} };
  readonly #group: string;
  readonly #take: WitnessOptions["take"];
  readonly #after: Cursor | undefined;
  readonly #faults: string[] = [];
  #at: Cursor | undefined;
  #busy = 0;

  constructor(group: string, { after, take }: WitnessOptions = {}) {
    this.#group = group;
    this.#after = this.#at = after;
    this.#take = take;
  }

  /** What to subscribe with. */
  get options() {
    return {
      ...(this.#after !== undefined && { after: this.#after }),
      deliver: (batch: Batch) => {
        this.#look(batch);
        this.batches.push(batch);
        const taken = this.#take?.(batch);
        if (taken === undefined) return;
        this.#busy++;
        const done = () => this.#busy--;
        taken.then(done, done);
        return taken;
      },
      ended: (cause: unknown) => {
        this.causes.push(cause);
      },
    };
  }

  /** Every entry, in the order in which it came. */
  get entries(): Entry[] {
    return this.batches.flatMap((batch) => batch.entries);
  }

  /** Their texts. */
  get texts(): unknown[] {
    return textsOf(this.entries);
  }

  /** The cursor that a client would come back with. */
  get at(): Cursor | undefined {
    return this.#at;
  }

  /** Waits for a number of entries, and looks that all was as it must be. */
  async sees(count: number): Promise<Witness> {
    let seen = 0;
    let looked = 0;
    await until(() => {
      for (; looked < this.batches.length; looked++) seen += this.batches[looked]?.entries.length ?? 0;
      return seen >= count;
    }, `${count} entries in ${this.#group}`)
      .catch((error) => {
        throw new Error(`${error.message}; it saw ${this.entries.length}: ${this.texts.slice(-20).join()}`);
      });
    return this.check();
  }

  /** Waits for an entry with this text, and looks that all was as it must be. */
  async hears(text: unknown): Promise<Witness> {
    await until(() => this.texts.includes(text), `${text} in ${this.#group}`).catch((error) => {
      throw new Error(`${error.message}; it heard ${this.texts.slice(-20).join()}`);
    });
    return this.check();
  }

  /** Waits until it has done with every batch. */
  async idle(): Promise<void> {
    await until(() => this.#busy === 0, "a subscriber that has done with its batches");
  }

  /** Throws when anything was not as it must be. */
  check(): Witness {
    assertEquals(this.#faults, []);
    return this;
  }

  #look({ group, prev, entries, head }: Batch): void {
    const fault = (what: string) => this.#faults.push(`batch ${this.batches.length}: ${what}`);
    if (group !== this.#group) fault(`is of ${group}`);
    if (this.#at !== undefined && prev !== this.#at) fault(`prev is ${prev}, but the subscriber held ${this.#at}`);
    let last = prev;
    for (const { cursor, json } of entries) {
      if (cursor <= last) fault(`${cursor} comes after ${last}: ${json.slice(0, 40)}`);
      last = cursor;
    }
    if (entries.length === 0) fault("is empty");
    if (head !== last) fault(`head is ${head}, but the last entry ${last}`);
    this.#at = head;
  }
}

/** An event that says something. */
export function say(text: unknown): LayerEvent {
  return { type: "message", text };
}

/** What entries say. */
export function textsOf(entries: readonly Entry[]): unknown[] {
  return entries.map(({ json }) => JSON.parse(json).text);
}

/** `from`, …, `to`, both included. */
export function numbers(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}

/** A whole log, page by page. */
export async function readAll(layer: ChannelLayer, group: string, limit = 1_000): Promise<Entry[]> {
  const pages: Entry[][] = [];
  let page = await layer.read(group, { limit });
  while (true) {
    pages.unshift([...page.entries]);
    const first = page.entries[0];
    if (!page.more || first === undefined) return pages.flat();
    page = await layer.read(group, { before: first.cursor, limit });
  }
}
