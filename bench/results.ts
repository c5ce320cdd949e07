/**
 * What a run of the bench came to, and how a single run is judged.
 *
 * @module
 */

import type { Machine } from "./machine.ts";
import type { IdleRun, TrafficRun } from "./measure.ts";
import type { ServerName } from "./servers.ts";

/** Why there are no figures: there was nothing to run, or what was run did not come through. */
export interface NotMeasured {
  readonly kind: "skipped" | "failed";
  readonly reason: string;
}

/** A server at a rate. */
export type Cell =
  & { readonly server: ServerName; readonly ratePerS: number }
  & (
    /** `run` has the median CPU of `runs`. */
    | { readonly kind: "ran"; readonly run: TrafficRun; readonly runs: number }
    | NotMeasured
  );

/** A server with idle connections. */
export type IdleCell =
  & { readonly server: ServerName }
  & (
    | { readonly kind: "ran"; readonly run: IdleRun }
    | NotMeasured
  );

/** Everything; `--json` writes it as it is. */
export interface Results {
  readonly command: string;
  readonly machine: Machine;
  /** Who ran where. */
  readonly pinning: string;
  readonly clients: number;
  readonly seconds: number;
  readonly warmUpS: number;
  readonly cells: readonly Cell[];
  readonly idle: readonly IdleCell[];
}

const BEHIND_MS = 1000;
const MIN_SHARE_DELIVERED = 0.97;
const MAX_LAG_P99_MS = 20;
const MAX_LOAD_CORES = 0.95;
const MAX_OTHER_CORES = 0.15;
const MAX_OTHER_CORES_AT_ALL = 0.5;
const MIN_CORES_OF_A_DROWNING_SERVER = 0.9;

/**
 * Whether the server fell behind: messages took over a second, or fewer came out than went in, so that the backlog grew
 * and only the end of the run kept it from becoming a second.
 */
export function isBehind(run: TrafficRun): boolean {
  const { drained, drainMs, p99Ms, deliveriesPerS, offeredPerS } = run;
  return !drained || drainMs > BEHIND_MS || p99Ms > BEHIND_MS || deliveriesPerS < offeredPerS * MIN_SHARE_DELIVERED;
}

/** Why a run says more of the generator, or of the machine, than of the server; undefined when it does not. */
export function invalidity(run: TrafficRun): string | undefined {
  const { lagP99Ms, loadCores, serverCores, otherCores } = run;
  if (lagP99Ms > MAX_LAG_P99_MS) return `the generator sent ${lagP99Ms.toFixed(0)} ms late (p99)`;
  if (loadCores > MAX_LOAD_CORES) return `the generator used ${loadCores.toFixed(2)} cores, all that it had`;
  // A server that waits for its core gathers larger batches: it looks slower, and cheaper, than it is.
  if (otherCores > MAX_OTHER_CORES_AT_ALL) return `others used ${otherCores.toFixed(2)} cores`;
  if (isBehind(run) && otherCores > MAX_OTHER_CORES && serverCores < MIN_CORES_OF_A_DROWNING_SERVER) {
    return `the server had ${serverCores.toFixed(2)} cores only, others used ${otherCores.toFixed(2)}`;
  }
  return undefined;
}

/** Whether something else used so much of the machine that the figures are not only the server's. */
export function isDisturbed(run: TrafficRun): boolean {
  return run.otherCores > MAX_OTHER_CORES || invalidity(run) !== undefined;
}

/** What went wrong with messages, in words; empty when every message reached everyone once, in one order. */
export function faults(run: TrafficRun): string[] {
  const found: string[] = [];
  const note = (count: number, what: string) => {
    if (count > 0) found.push(`${count} ${what}`);
  };
  // What is still on its way when the wait is over is not lost yet.
  if (run.drained) {
    note(run.lost, "lost");
    note(run.sent - run.acked - run.refused, "never answered");
    note(run.orders - 1, "further orders");
  }
  note(run.doubled, "doubled");
  note(run.gaps, "gaps");
  note(run.foreign, "foreign frames");
  note(run.disconnects, "disconnects");
  note(run.refused, `refused (${run.refusal ?? ""})`);
  return found;
}

/** The run with the median CPU a delivery (of an even number, the cheaper one of the two in the middle). */
export function medianRun(runs: readonly TrafficRun[]): TrafficRun | undefined {
  return runs.toSorted((a, b) => a.cpuUsPerDelivery - b.cpuUsPerDelivery)[Math.floor((runs.length - 1) / 2)];
}
