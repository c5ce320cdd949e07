/**
 * The bounds that the project has promised, held against results.
 *
 * @module
 */

import type { TrafficRun } from "./measure.ts";
import { type Cell, faults, invalidity, isBehind, isDisturbed, type Results } from "./results.ts";
import type { ServerName } from "./servers.ts";

/**
 * One bound and how it went. `NOT RUN` and `INVALID` prove nothing, in either direction; a `NOTE` is about a peer, which
 * has promised nothing.
 */
export interface Verdict {
  readonly verdict: "PASS" | "FAIL" | "INVALID" | "NOT RUN" | "NOTE";
  /** What was promised. */
  readonly bound: string;
  /** What was met. */
  readonly met: string;
}

const MAX_RATIO_TO_BARE = 1.7;
const MAX_CPU_US = 4;
const MAX_P99_MS = 60;
const MAX_BYTES_PER_CONNECTION = 30_000;

/** All bounds, in the order in which the issue names them. */
export function checkBounds(results: Results): Verdict[] {
  const at = (server: ServerName, ratePerS: number) =>
    results.cells.find((cell) => cell.server === server && cell.ratePerS === ratePerS);
  const p99 = ({ p99Ms }: TrafficRun) => `p99 ${p99Ms.toFixed(1)} ms`;
  return [
    checkRatio(at("maru", 100), at("bare", 100)),
    checkRun("maru.v1 at 1,600/s: at most 4 µs a delivery and p99 under 60 ms", at("maru", 1600), (run) => [
      run.cpuUsPerDelivery <= MAX_CPU_US && run.p99Ms < MAX_P99_MS && !isBehind(run),
      `${run.cpuUsPerDelivery.toFixed(2)} µs, ${p99(run)}`,
    ]),
    asNote(checkRun("the bare broadcast falls behind at 1,600/s", at("bare", 1600), (run) => [
      isBehind(run),
      `${Math.round(run.deliveriesPerS).toLocaleString("en")} deliveries/s, ${p99(run)}, ${
        run.serverCores.toFixed(2)
      } cores`,
    ])),
    checkRun("maru.v1 at 3,200/s: no backlog", at("maru", 3200), (run) => [
      !isBehind(run),
      `all delivered ${run.drainMs.toFixed(0)} ms after the last was sent, ${p99(run)}`,
    ]),
    checkRun("maru.v1 on two isolates at 1,600/s: p99 under 60 ms", at("maru2", 1600), (run) => [
      run.p99Ms < MAX_P99_MS && !isBehind(run),
      p99(run),
    ]),
    checkIdle(results),
    checkFaults(results),
  ];
}

function checkRatio(maru: Cell | undefined, bare: Cell | undefined): Verdict {
  const bound = `maru.v1 at 100/s: at most ${MAX_RATIO_TO_BARE} × the bare broadcast's CPU a delivery`;
  if (maru?.kind === "skipped" || bare?.kind !== "ran") return { verdict: "NOT RUN", bound, met: "one was not run" };
  return checkRun(bound, maru, (run) => {
    const ratio = run.cpuUsPerDelivery / bare.run.cpuUsPerDelivery;
    const [mine, theirs] = [run, bare.run].map(({ cpuUsPerDelivery }) => cpuUsPerDelivery.toFixed(2));
    return [ratio <= MAX_RATIO_TO_BARE, `${ratio.toFixed(2)} × (${mine} µs to ${theirs} µs)`];
  }, invalidity(bare.run));
}

function checkRun(
  bound: string,
  cell: Cell | undefined,
  judge: (run: TrafficRun) => readonly [holds: boolean, met: string],
  invalid?: string,
): Verdict {
  if (cell === undefined) return { verdict: "NOT RUN", bound, met: "not among what was run" };
  if (cell.kind !== "ran") return { verdict: cell.kind === "skipped" ? "NOT RUN" : "FAIL", bound, met: cell.reason };
  const [holds, met] = judge(cell.run);
  const reason = invalid ?? invalidity(cell.run);
  if (reason !== undefined) return { verdict: "INVALID", bound, met: `${met}; ${reason}` };
  const { otherCores } = cell.run;
  const note = isDisturbed(cell.run) ? `; disturbed: others used ${otherCores.toFixed(2)} cores` : "";
  return { verdict: holds ? "PASS" : "FAIL", bound, met: met + note };
}

function asNote(verdict: Verdict): Verdict {
  return verdict.verdict === "PASS" || verdict.verdict === "NOT RUN" ? verdict : { ...verdict, verdict: "NOTE" };
}

function checkIdle({ idle }: Results): Verdict {
  const cell = idle.find(({ server }) => server === "maru");
  const count = cell?.kind === "ran" ? cell.run.connections.toLocaleString("en") : "5,000";
  const bound = `${count} idle maru.v1 connections: at most ${MAX_BYTES_PER_CONNECTION / 1000} KB each`;
  if (cell === undefined) return { verdict: "NOT RUN", bound, met: "not among what was run" };
  if (cell.kind !== "ran") return { verdict: cell.kind === "failed" ? "FAIL" : "NOT RUN", bound, met: cell.reason };
  const { bytesPerConnection } = cell.run;
  const met = `${(bytesPerConnection / 1000).toFixed(1)} KB`;
  return { verdict: bytesPerConnection <= MAX_BYTES_PER_CONNECTION ? "PASS" : "FAIL", bound, met };
}

/** The promise above all others, over every run of Maru. */
function checkFaults({ cells }: Results): Verdict {
  const bound = "Maru in all runs: nothing lost, doubled or reordered";
  const ran = cells.filter(({ server }) => server === "maru" || server === "maru2" || server === "plain")
    .flatMap((cell) => cell.kind === "ran" ? [{ cell, found: faults(cell.run) }] : []);
  if (ran.length === 0) return { verdict: "NOT RUN", bound, met: "not among what was run" };
  const met = ran.filter(({ found }) => found.length > 0)
    .map(({ cell, found }) => `${cell.server} at ${cell.ratePerS}/s: ${found.join(", ")}`);
  const deliveries = ran.reduce((sum, { cell }) => sum + cell.run.deliveries, 0);
  if (met.length > 0) return { verdict: "FAIL", bound, met: met.join("; ") };
  return { verdict: "PASS", bound, met: `${deliveries.toLocaleString("en")} deliveries` };
}
