/**
 * Background work: at least once, retried with growing pauses, and what fails for good is kept where it can be seen. The
 * backend brings the queue.
 *
 * @module
 */

import { decodeEvent, encodeEvent } from "./event.ts";
import { type FailedJob, type JobHandler, type LayerEvent, LayerUnavailable } from "./layer.ts";

/** A job as it waits in a queue. */
export interface Job {
  /** Unique. */
  readonly id: string;
  /** The worker channel. */
  readonly channel: string;
  /** What to do. */
  readonly event: LayerEvent;
  /** 1 for the first try. */
  readonly attempt: number;
}

/** A queue that hands each job to one listener, at least once. */
export interface JobBackend {
  /** Resolves when the job is durable. @throws {LayerUnavailable} */
  enqueue(job: Job, delayMs: number): Promise<void>;
  /** Starts to hand jobs to `perform`; a rejection means "again, later". False when this backend has no queue. */
  listen(perform: (job: Job) => Promise<void>): boolean;
  /** Keeps what failed for good. */
  keep(job: FailedJob): Promise<void>;
  /** What was kept, oldest first. */
  kept(limit: number): Promise<FailedJob[]>;
  /** Leaves no timer behind. */
  close(): void;
}

/** Options of {@linkcode Jobs}. */
export interface JobsOptions {
  /** Pauses before the second and further tries, in milliseconds. Default 1 s, 5 s, 30 s, 2 min: five tries. */
  readonly backoffMs?: readonly number[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const MAX_DELAY_MS = 30 * 24 * 60 * 60 * 1_000;
/** Characters of an error's message that are kept: a job and its message have to fit one value. */
const MAX_MESSAGE_LENGTH = 1_000;

/** Both ends of the worker channels. */
export class Jobs {
  readonly #backend: JobBackend;
  readonly #backoffMs: readonly number[];
  readonly #now: () => number;
  #isWorking = false;
  #isClosed = false;

  /**
   * Makes both ends.
   *
   * @param backend The queue.
   * @param options See {@linkcode JobsOptions}.
   */
  constructor(backend: JobBackend, options: JobsOptions) {
    this.#backend = backend;
    this.#backoffMs = options.backoffMs ?? [1_000, 5_000, 30_000, 120_000];
    this.#now = options.now;
  }

  /**
   * Enqueues a job.
   *
   * @param delayMs 0 to 30 days.
   * @throws {RangeError} The delay is out of range.
   */
  async send(channel: string, event: LayerEvent, delayMs: number): Promise<void> {
    if (!(delayMs >= 0 && delayMs <= MAX_DELAY_MS)) {
      throw new RangeError(`Cannot delay a job by ${delayMs} ms: the delay is 0 to ${MAX_DELAY_MS}`);
    }
    const asSent = decodeEvent(encodeEvent(event).json);
    if (this.#isClosed) throw new LayerUnavailable(`Cannot send to ${channel}: the layer is closed`);
    await this.#backend.enqueue({ id: crypto.randomUUID(), channel, event: asSent, attempt: 1 }, delayMs);
  }

  /** See `ChannelLayer.work`. */
  work(handlers: Readonly<Record<string, JobHandler>>): boolean {
    if (this.#isWorking) throw new TypeError("Cannot call work twice: give it all handlers at once");
    this.#isWorking = true;
    const known = new Map(Object.entries(handlers));
    return this.#backend.listen((job) => this.#perform(job, known.get(job.channel)));
  }

  /** See `ChannelLayer.failedJobs`. */
  failed(options: { readonly limit?: number } = {}): Promise<FailedJob[]> {
    return this.#backend.kept(options.limit ?? 100);
  }

  /** Takes no further job. */
  close(): void {
    this.#isClosed = true;
    this.#backend.close();
  }

  async #perform(job: Job, handler: JobHandler | undefined): Promise<void> {
    if (this.#isClosed) throw new LayerUnavailable("The layer is closed");
    const { id, channel, event, attempt } = job;
    try {
      // During a deployment a job may reach an isolate that does not know it yet: that is a try, too.
      if (handler === undefined) throw new Error(`No worker here knows the channel ${channel}`);
      await handler(event, attempt);
    } catch (error) {
      const pause = this.#backoffMs[attempt - 1];
      if (pause !== undefined) return await this.#backend.enqueue({ ...job, attempt: attempt + 1 }, pause);
      const failedAt = this.#now();
      const message = (error instanceof Error ? error.message : String(error)).slice(0, MAX_MESSAGE_LENGTH);
      await this.#backend.keep({
        id: `${failedAt}-${id}`,
        channel,
        event,
        attempts: attempt,
        error: message,
        failedAt,
      });
    }
  }
}
