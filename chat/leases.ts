import { z } from "zod";
import { type ChannelLayer, type Document, Stale } from "../layers/layer.ts";
import { documentKey } from "./keys.ts";
import { pause } from "./pause.ts";

/** `lease <name>`: who does a piece of work now. Absent: nobody. */
export const leaseDocument = z.object({
  /** Names one {@linkcode Leases}; random. */
  holder: z.string(),
  /** Milliseconds since 1970 after which anybody may take it. */
  until: z.number(),
});

/** See {@linkcode leaseDocument}. */
export type LeaseDocument = z.infer<typeof leaseDocument>;

/** Options of {@linkcode Leases}. */
export interface LeasesOptions {
  /** Milliseconds that a lease holds without being renewed. Default 15,000. */
  readonly ttlMs?: number;
  /** Milliseconds between renewals, and between looks at a lease that others hold; less than half of `ttlMs`. Default 5,000. */
  readonly renewMs?: number;
  /** Unique among all isolates. Default random. */
  readonly holder?: string;
  /** Milliseconds since 1970. Clocks of isolates may differ by less than `ttlMs - renewMs`. Default `Date.now`. */
  readonly now?: () => number;
  /** Told what a piece of work threw; it is begun again after `renewMs`. Default: nobody is told. */
  readonly failed?: (name: string, error: unknown) => void;
}

/** Does a piece of background work until it is told to stop. */
export type LeasedWork = (signal: AbortSignal) => Promise<void>;

/**
 * Background work that one isolate at a time does. A lease is a document; who holds it renews it, and who dies loses it.
 *
 * Two may work at once for a moment when an isolate was stopped for longer than a lease holds and goes on: so a step must be safe to do
 * twice, with a check on what it relies on.
 */
export class Leases {
  readonly #layer: ChannelLayer;
  readonly #holder: string;
  readonly #ttlMs: number;
  readonly #renewMs: number;
  readonly #now: () => number;
  readonly #failed: (name: string, error: unknown) => void;
  readonly #closing = new AbortController();
  readonly #loops = new Set<Promise<void>>();

  /**
   * Makes it with nothing to do.
   *
   * @param layer Holds the leases.
   * @throws {RangeError} `renewMs` is not less than half of `ttlMs`.
   */
  constructor(layer: ChannelLayer, options: LeasesOptions = {}) {
    const { ttlMs = 15_000, renewMs = 5_000, holder = crypto.randomUUID(), now = Date.now } = options;
    if (renewMs * 2 >= ttlMs) {
      throw new RangeError(`Cannot renew in time: renewMs ${renewMs} must be less than half of ttlMs ${ttlMs}`);
    }
    this.#layer = layer;
    this.#holder = holder;
    this.#ttlMs = ttlMs;
    this.#renewMs = renewMs;
    this.#now = now;
    this.#failed = options.failed ?? (() => {});
  }

  /**
   * Does a piece of work whenever the lease is ours, until {@linkcode close}: takes the lease as soon as nobody holds it, calls
   * `work`, and aborts its signal when the lease is lost. Work that ends by itself gives the lease back and is begun again, here or
   * elsewhere, after `renewMs`; so it usually goes on until its signal is aborted.
   *
   * @param name The lease's, e.g. `retention`; at most 200 characters. One isolate runs a name once.
   */
  run(name: string, work: LeasedWork): void {
    const loop = this.#loop(name, work).finally(() => this.#loops.delete(loop));
    this.#loops.add(loop);
  }

  /** Aborts all work, waits until it has ended, and gives the leases back. Nothing is left running. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#loops);
  }

  async #loop(name: string, work: LeasedWork): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const held = await this.#take(name, undefined).catch(() => undefined);
      if (held !== undefined) await this.#hold(name, work, held);
      if (!signal.aborted) await pause(this.#renewMs, signal);
    }
  }

  /** Works and renews, until the work has ended or the lease is lost. */
  async #hold(name: string, work: LeasedWork, until: number): Promise<void> {
    const ended = new AbortController();
    const lost = new AbortController();
    const signal = AbortSignal.any([lost.signal, this.#closing.signal]);
    const working = Promise.resolve()
      .then(() => work(signal))
      .catch((error) => {
        if (!signal.aborted) this.#failed(name, error);
      })
      .finally(() => ended.abort());
    const renewing = this.#renew(name, until, AbortSignal.any([ended.signal, this.#closing.signal]), lost);
    await Promise.all([working, renewing]);
    if (!lost.signal.aborted) await this.#giveBack(name);
  }

  async #renew(name: string, until: number, stop: AbortSignal, lost: AbortController): Promise<void> {
    for (;;) {
      await pause(this.#renewMs, stop);
      if (stop.aborted) return;
      // When the backend does not answer the lease is still ours, until just before another may take it.
      const next = await this.#take(name, until).catch((error) => error instanceof Stale ? undefined : until);
      if (next === undefined || this.#now() + this.#renewMs >= next) return lost.abort();
      until = next;
    }
  }

  /**
   * Takes the lease, or renews it.
   *
   * @param renewed Until when we hold it; undefined: we do not.
   * @returns Until when it is ours; undefined: another has it.
   */
  async #take(name: string, renewed: number | undefined): Promise<number | undefined> {
    const key = documentKey("lease", name);
    const [found] = await this.#layer.get([key]);
    const lease = parseLease(found);
    const isOurs = lease?.holder === this.#holder;
    if (renewed === undefined ? lease !== undefined && !isOurs && lease.until > this.#now() : !isOurs) return undefined;
    const value: LeaseDocument = { holder: this.#holder, until: this.#now() + this.#ttlMs };
    await this.#layer.commit({ checks: [{ key, version: found?.version ?? null }], sets: [{ key, value }] });
    return value.until;
  }

  async #giveBack(name: string): Promise<void> {
    const key = documentKey("lease", name);
    try {
      const [found] = await this.#layer.get([key]);
      if (found === undefined || parseLease(found)?.holder !== this.#holder) return;
      await this.#layer.commit({ checks: [{ key, version: found.version }], deletes: [key] });
    } catch {
      // It was taken, or nobody answers: then it ends by itself.
    }
  }
}

/** A lease of a form that we do not know is nobody's. */
function parseLease(found: Document | undefined): LeaseDocument | undefined {
  return leaseDocument.safeParse(found?.value).data;
}
