import type { Job, JobBackend } from "./jobs.ts";
import type { FailedJob } from "./layer.ts";

/** A longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Jobs in memory: a queue of timers. */
export function createMemoryJobs(): JobBackend {
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const failed: FailedJob[] = [];
  /** What came due before anybody listened. */
  let due: Job[] = [];
  let perform: ((job: Job) => Promise<void>) | undefined;
  let isClosed = false;
  const enqueue = (job: Job, delayMs: number) => {
    if (isClosed) return Promise.resolve();
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (delayMs > MAX_TIMER_MS) enqueue(job, delayMs - MAX_TIMER_MS);
      else if (perform === undefined) due.push(job);
      else perform(job).catch(() => enqueue(job, 1_000));
    }, Math.min(delayMs, MAX_TIMER_MS));
    timers.add(timer);
    return Promise.resolve();
  };
  return {
    enqueue,
    listen(listener) {
      perform = listener;
      for (const job of due) enqueue(job, 0);
      due = [];
      return true;
    },
    keep: (job) => Promise.resolve(void failed.push(job)),
    kept: (limit) => Promise.resolve(failed.slice(0, limit)),
    close() {
      isClosed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
