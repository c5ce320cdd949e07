import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Job, type JobBackend, Jobs } from "../../layers/jobs.ts";
import { type FailedJob, LayerUnavailable } from "../../layers/layer.ts";
import { say } from "./witness.ts";

/** A queue in which nothing happens by itself. */
function stage(backend: Partial<JobBackend> = {}) {
  const queue: { job: Job; delayMs: number }[] = [];
  const failed: FailedJob[] = [];
  let perform: ((job: Job) => Promise<void>) | undefined;
  const jobs = new Jobs({
    enqueue(job, delayMs) {
      queue.push({ job, delayMs });
      return Promise.resolve();
    },
    listen(listener) {
      perform = listener;
      return true;
    },
    keep: (job) => Promise.resolve(void failed.push(job)),
    kept: (limit) => Promise.resolve(failed.slice(0, limit)),
    close() {},
    ...backend,
  }, { now: () => 1_700_000_000_000, backoffMs: [10, 20] });
  const next = () => {
    const item = queue.shift();
    assert(item !== undefined && perform !== undefined);
    return perform(item.job);
  };
  return { jobs, queue, failed, next };
}

Deno.test("a job that fails is enqueued again with its next number and the next pause, then kept with its last message", async () => {
  const { jobs, queue, failed, next } = stage();
  const attempts: number[] = [];
  jobs.work({
    mail(_, attempt) {
      attempts.push(attempt);
      throw new Error(`try ${attempt}`);
    },
  });
  await jobs.send("mail", say(1), 5);
  const delays = [];
  for (let tries = 1; tries <= 3; tries++) {
    delays.push(queue[0]?.delayMs);
    await next();
  }
  assertEquals([attempts, delays, queue], [[1, 2, 3], [5, 10, 20], []]);
  assertEquals(failed.map(({ attempts, error, failedAt }) => [attempts, error, failedAt]), [[
    3,
    "try 3",
    1_700_000_000_000,
  ]]);
});

Deno.test("a job is acknowledged only when its next try, or its failure, is durable", async () => {
  let isDown = true;
  const down = () => isDown ? Promise.reject(new LayerUnavailable("not now")) : Promise.resolve();
  const queue: Job[] = [];
  const { jobs, next } = stage({
    enqueue: async (job) => {
      if (job.attempt > 1) await down();
      queue.push(job);
    },
    listen: (listener) => {
      perform = listener;
      return true;
    },
    keep: down,
  });
  let perform: ((job: Job) => Promise<void>) | undefined;
  assert(next !== undefined);
  jobs.work({
    mail() {
      throw new Error("failed");
    },
  });
  await jobs.send("mail", say(1), 0);
  const first = queue[0];
  assert(first !== undefined && perform !== undefined);
  // A rejection is what makes the queue deliver it again.
  const listener = perform;
  await assertRejects(() => listener(first), LayerUnavailable);
  await assertRejects(() => listener({ ...first, attempt: 3 }), LayerUnavailable);
  isDown = false;
  await listener(first);
  await listener({ ...first, attempt: 3 });
  assertEquals(queue.map(({ attempt }) => attempt), [1, 2]);
});

Deno.test("an error's message is kept up to a length that fits beside the job, and whatever was thrown has one", async () => {
  for (
    const [thrown, message] of [
      [new Error("x".repeat(5_000)), "x".repeat(1_000)],
      ["a text", "a text"],
      [undefined, "undefined"],
      [{ no: "error" }, "[object Object]"],
    ] as const
  ) {
    const { jobs, failed, next } = stage();
    jobs.work({
      mail() {
        throw thrown;
      },
    });
    await jobs.send("mail", say(1), 0);
    for (let tries = 1; tries <= 3; tries++) await next();
    assertEquals(failed.map(({ error }) => error), [message]);
  }
});

Deno.test("after close() nothing is sent, and what the queue still delivers is left to others", async () => {
  const { jobs, next } = stage();
  let done = 0;
  jobs.work({ mail: () => void done++ });
  await jobs.send("mail", say(1), 0);
  jobs.close();
  await assertRejects(() => jobs.send("mail", say(2), 0), LayerUnavailable);
  await assertRejects(next, LayerUnavailable);
  assertEquals(done, 0);
  assertThrows(() => jobs.work({}), TypeError);
});
