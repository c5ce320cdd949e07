/**
 * The load generator, a process of its own: Linux only, and the one thread is its. Run by `bench/run.ts`; by hand:
 *
 * ```sh
 * deno run --allow-ffi bench/load.ts '{"mode":"idle","adapter":"bare","port":8000,"connections":10,"settleMs":100}'
 * ```
 *
 * @module
 */

import { runIdle } from "./load/idle.ts";
import type { LoadEvent, LoadPlan } from "./load/plan.ts";
import { runTraffic } from "./load/traffic.ts";

if (import.meta.main) {
  // Safe: the plan comes from run.ts of the same commit, or from someone who has read `plan.ts`.
  const plan = JSON.parse(Deno.args[0] ?? "") as LoadPlan;
  const mark = (event: LoadEvent) => console.log(JSON.stringify(event));
  const run = (Date.now() >>> 0).toString(16).padStart(8, "0");
  if (plan.mode === "traffic") mark({ event: "traffic_done", result: runTraffic(plan, run, mark) });
  else runIdle(plan, run, mark);
}
