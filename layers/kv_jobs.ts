import type { Job, JobBackend } from "./jobs.ts";
import { withDeadline } from "./deadline.ts";
import { decodeEvent, encodeEvent } from "./event.ts";
import { type FailedJob, type LayerEvent, LayerUnavailable } from "./layer.ts";

/** Options of {@linkcode createKvJobs}. */
export interface KvJobsOptions {
  /** Whether this Deno KV has queues: on KV Connect `enqueue` throws and `listenQueue` hangs for ever. */
  readonly hasQueues: boolean;
  /** Milliseconds until an operation is given up. */
  readonly deadlineMs: number;
}

// What Deno KV itself does when a listener throws: here only when the backend fails between two tries.
const REDELIVERY_MS = [1_000, 5_000, 30_000, 60_000];

/** Jobs in Deno KV's queue. Listening ends when the handle is closed. */
export function createKvJobs(kv: Deno.Kv, { hasQueues, deadlineMs }: KvJobsOptions): JobBackend {
  return {
    async enqueue(job, delay) {
      if (!hasQueues) {
        throw new LayerUnavailable(
          `Cannot send to ${job.channel}: workers are off, because this Deno KV has no queues`,
        );
      }
      const options = { delay, backoffSchedule: REDELIVERY_MS, keysIfUndelivered: [["undelivered", job.id]] };
      await attempt(kv.enqueue(pack(job), options), deadlineMs, `send to ${job.channel}`);
    },
    listen(perform) {
      if (!hasQueues) return false;
      // Only this module enqueues, so what comes was packed.
      kv.listenQueue((job) => perform(unpack(job as Packed<Job>))).catch(() => {});
      return true;
    },
    async keep(failed) {
      await attempt(kv.set(["failed", failed.id], pack(failed)), deadlineMs, "keep a failed job");
    },
    async kept(limit) {
      const failed: FailedJob[] = [];
      for await (const { value } of kv.list<Packed<FailedJob>>({ prefix: ["failed"] }, { limit })) {
        failed.push(unpack(value));
      }
      const left = limit - failed.length;
      if (left <= 0) return failed;
      // Those that no worker could even be asked about: Deno KV gave up on them itself.
      for await (const { value } of kv.list<Packed<Job>>({ prefix: ["undelivered"] }, { limit: left })) {
        const { id, channel, event, attempt } = unpack(value);
        failed.push({ id, channel, event, attempts: attempt, error: "No worker took it in time", failedAt: 0 });
      }
      return failed;
    },
    close() {},
  };
}

/** A job with its event as JSON, whose size is known; as an object it may be more than a value holds. */
type Packed<T> = Omit<T, "event"> & { readonly json: string };

function pack<T extends { readonly event: LayerEvent }>({ event, ...rest }: T): Packed<T> {
  return { ...rest, json: encodeEvent(event).json };
}

function unpack<T>({ json, ...rest }: Packed<T>): Omit<Packed<T>, "json"> & { readonly event: LayerEvent } {
  return { ...rest, event: decodeEvent(json) };
}

async function attempt(operation: Promise<unknown>, deadlineMs: number, what: string): Promise<void> {
  try {
    await withDeadline(operation, deadlineMs, what);
  } catch (cause) {
    if (cause instanceof LayerUnavailable) throw cause;
    throw new LayerUnavailable(`Cannot ${what}`, { cause });
  }
}
