/**
 * Which runs follow which, and what becomes of those that cannot be done.
 *
 * @module
 */

import { type Cores, measureIdle, measureTraffic, type TrafficRun } from "./measure.ts";
import type { Options } from "./options.ts";
import { type Cell, faults, type IdleCell, invalidity, isBehind, isDisturbed, medianRun } from "./results.ts";
import type { ServerName, ServerSpec } from "./servers.ts";

/** How long to wait for what is under way when sending has ended. */
const DRAIN_MS = 5_000;
/** How long memory may take to come to rest. */
const SETTLE_MS = 4_000;

/** A server that was asked for, or why there is none. */
export interface Asked {
  readonly name: ServerName;
  readonly spec: ServerSpec | string;
}

/** All servers at one rate before the next rate: what is compared runs within the same minutes. */
export async function runTraffic(
  { rates, clients, seconds, warmUpS, repeat, retries }: Options,
  asked: readonly Asked[],
  coresOf: (spec: ServerSpec) => Cores,
): Promise<Cell[]> {
  const cells: Cell[] = [];
  const behind = new Map<ServerName, number>();
  for (const ratePerS of rates.toSorted((a, b) => a - b)) {
    const runs = new Map<ServerName, TrafficRun[]>();
    const failures = new Map<ServerName, string>();
    for (let round = 0; round < repeat; round++) {
      for (const { name, spec } of asked) {
        if (typeof spec === "string" || behind.has(name) || failures.has(name)) continue;
        progress(`${spec.label}, ${ratePerS} msg/s`);
        try {
          const plan = { clients, ratePerS, warmUpS, seconds, drainMs: DRAIN_MS };
          const run = await measureQuietly(retries, () => measureTraffic(spec, coresOf(spec), plan));
          runs.set(name, [...runs.get(name) ?? [], run]);
        } catch (error) {
          progress(`  ${error}`);
          failures.set(name, String(error));
        }
      }
    }
    for (const { name, spec } of asked) {
      const cell = { server: name, ratePerS };
      const run = medianRun(runs.get(name) ?? []);
      const failure = failures.get(name);
      const behindAt = behind.get(name);
      if (failure !== undefined) cells.push({ ...cell, kind: "failed", reason: failure });
      else if (run !== undefined) cells.push({ ...cell, kind: "ran", run, runs: repeat });
      else if (behindAt !== undefined) {
        cells.push({ ...cell, kind: "failed", reason: `behind at ${behindAt}/s already` });
      } else cells.push({ ...cell, kind: "skipped", reason: typeof spec === "string" ? spec : "not run" });
      if (run !== undefined && isBehind(run)) behind.set(name, ratePerS);
    }
  }
  return cells;
}

/**
 * Measures again while something else uses the machine, and keeps the least disturbed run. Whether to do it again
 * depends on the others alone, never on how the server did.
 */
async function measureQuietly(retries: number, measure: () => Promise<TrafficRun>): Promise<TrafficRun> {
  let best = await measure();
  progress(`  ${summary(best)}`);
  for (let again = 0; again < retries && isDisturbed(best); again++) {
    const next = await measure();
    progress(`  ${summary(next)}`);
    const isValid = invalidity(next) === undefined;
    const wasValid = invalidity(best) === undefined;
    if (isValid === wasValid ? next.otherCores < best.otherCores : isValid) best = next;
  }
  return best;
}

/** The idle connections, one server after the other. */
export async function runIdle(
  { idle }: Options,
  asked: readonly Asked[],
  coresOf: (spec: ServerSpec) => Cores,
): Promise<IdleCell[]> {
  const cells: IdleCell[] = [];
  for (const { name, spec } of idle === 0 ? [] : asked) {
    if (typeof spec === "string") {
      cells.push({ server: name, kind: "skipped", reason: spec });
      continue;
    }
    progress(`${spec.label}, ${idle} idle connections`);
    try {
      const run = await measureIdle(spec, coresOf(spec), { connections: idle, settleMs: SETTLE_MS });
      progress(`  ${(run.bytesPerConnection / 1000).toFixed(1)} KB each`);
      cells.push({ server: name, kind: "ran", run });
    } catch (error) {
      progress(`  ${error}`);
      cells.push({ server: name, kind: "failed", reason: String(error) });
    }
  }
  return cells;
}

function summary(run: TrafficRun): string {
  const invalid = invalidity(run);
  return [
    ...[`${run.cpuUsPerDelivery.toFixed(2)} µs`, `p99 ${run.p99Ms.toFixed(1)} ms`],
    ...isBehind(run) ? ["FALLS BEHIND"] : [],
    ...faults(run),
    ...invalid === undefined ? [] : [`INVALID: ${invalid}`],
    ...isDisturbed(run) && invalid === undefined ? [`others used ${run.otherCores.toFixed(2)} cores`] : [],
  ].join(", ");
}

function progress(line: string): void {
  console.error(line);
}
