/**
 * Which isolates live. An isolate that has people keeps a lease; one whose lease ran out is dead, whatever it thinks itself: when it goes on
 * it takes another name and says anew whom it has.
 *
 * @module
 */

import { z } from "zod";
import type { ChannelLayer, Document, DocumentKey } from "../layers/layer.ts";
import { documentKey } from "./keys.ts";
import { type Decision, transact } from "./transact.ts";

/** Milliseconds that an isolate's lease holds without being renewed. */
const LIFE_MS = 9_000;

/** Milliseconds between renewals. */
export const RENEW_MS = 3_000;

/** Milliseconds that somebody has to clear away after a dead isolate, before another tries. */
const CLEARING_MS = 10_000;

/** `lease isolate.<id>`. Clocks of isolates may differ by a few seconds. */
const lifeDocument = z.object({
  /** Milliseconds since 1970 after which it is dead. */
  until: z.number(),
  /** When somebody began to clear away after it: it is dead for good. */
  clearedAt: z.number().optional(),
});

/** A dead isolate. */
export interface Dead {
  /** Its name. */
  readonly isolate: string;
  /** When it last said that it lives, in milliseconds since 1970. */
  readonly at: number;
}

/** The isolates of one deployment, as the leases say. */
export class Lives {
  readonly #layer: ChannelLayer;
  readonly #now: () => number;

  /**
   * Makes it.
   *
   * @param layer Holds the leases.
   * @param now Milliseconds since 1970.
   */
  constructor(layer: ChannelLayer, now: () => number = Date.now) {
    this.#layer = layer;
    this.#now = now;
  }

  /**
   * Begins or goes on with a life.
   *
   * @param isNew Whether it begins. A life that was ended by others cannot go on.
   * @returns Milliseconds since 1970 until which it holds; undefined: it is over.
   * @throws As `ChannelLayer.commit`.
   */
  renew(isolate: string, isNew: boolean): Promise<number | undefined> {
    return transact(this.#layer, async (): Promise<Decision<number | undefined>> => {
      const key = leaseKey(isolate);
      const [found] = isNew ? [] : await this.#layer.get([key]);
      const life = parse(found);
      const now = this.#now();
      const isOver = life === undefined || life.clearedAt !== undefined || life.until <= now;
      if (!isNew && isOver) return { answer: undefined };
      const until = now + LIFE_MS;
      const change = { checks: [{ key, version: found?.version ?? null }], sets: [{ key, value: { until } }] };
      return { change, answer: until };
    });
  }

  /** Ends a life after which nothing is left to be cleared away. */
  async end(isolate: string): Promise<void> {
    await this.#layer.commit({ deletes: [leaseKey(isolate)] });
  }

  /** Which of these live. */
  async living(isolates: readonly string[]): Promise<ReadonlySet<string>> {
    const found = await this.#layer.get(isolates.map(leaseKey));
    return new Set(isolates.filter((_, index) => this.#holds(found[index])));
  }

  /** All that live. */
  async all(): Promise<ReadonlySet<string>> {
    const found = await this.#list();
    return new Set(found.filter((each) => this.#holds(each)).map(({ key }) => isolateOf(key)));
  }

  /**
   * Takes on the dead that nobody clears away yet. {@linkcode end} each when it is done; whoever does not is succeeded after 10 s.
   */
  async takeDead(): Promise<Dead[]> {
    const taken: Dead[] = [];
    for (const each of await this.#list()) {
      if (!this.#holds(each) && await this.#take(each.key)) {
        taken.push({ isolate: isolateOf(each.key), at: (parse(each)?.until ?? 0) - LIFE_MS });
      }
    }
    return taken;
  }

  #take(key: DocumentKey): Promise<boolean> {
    return transact(this.#layer, async (): Promise<Decision<boolean>> => {
      const [found] = await this.#layer.get([key]);
      const life = parse(found);
      const now = this.#now();
      const isTaken = life?.clearedAt !== undefined && life.clearedAt + CLEARING_MS > now;
      if (found === undefined || life === undefined || life.until > now || isTaken) return { answer: false };
      const change = {
        checks: [{ key, version: found.version }],
        sets: [{ key, value: { ...life, clearedAt: now } }],
      };
      return { change, answer: true };
    });
  }

  #holds(found: Document | undefined): boolean {
    const life = parse(found);
    return life !== undefined && life.clearedAt === undefined && life.until > this.#now();
  }

  #list(): Promise<Document[]> {
    // "/" is the character after ".".
    return this.#layer.list({ prefix: ["lease"], after: PREFIX, before: "isolate/", limit: 1_000 });
  }
}

const PREFIX = "isolate.";

function leaseKey(isolate: string): DocumentKey {
  return documentKey("lease", PREFIX + isolate);
}

function isolateOf(key: DocumentKey): string {
  return key[1]?.slice(PREFIX.length) ?? "";
}

function parse(found: Document | undefined) {
  return found && lifeDocument.parse(found.value);
}
