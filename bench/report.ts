/**
 * Results as people read them: the same Markdown on the terminal and in `bench/README.md`.
 *
 * @module
 */

import type { Verdict } from "./bounds.ts";
import { type Cell, faults, type IdleCell, invalidity, isBehind, isDisturbed, type Results } from "./results.ts";
import type { ServerName } from "./servers.ts";

const BEGIN = "<!-- results: written by `deno task bench --write` -->";
const END = "<!-- /results -->";

/** The whole report. `labels` gives each server's name in the tables. */
export function formatReport(
  results: Results,
  verdicts: readonly Verdict[],
  labels: ReadonlyMap<ServerName, string>,
): string {
  const label = (server: ServerName) => labels.get(server) ?? server;
  const { machine } = results;
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`).join(", ");
  return [
    `- ${machine.date}, commit ${machine.commit}: \`${results.command}\``,
    `- ${versions}`,
    `- ${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, ${machine.kernel}, ${machine.storage}`,
    `- load average before the first run ${machine.loadAverage}; ${results.pinning}`,
    `- ${results.clients} clients in one room, 80-byte messages, ${results.seconds} s after ${results.warmUpS} s of warm-up`,
    "",
    formatTable(TRAFFIC_HEAD, results.cells.map((cell) => [label(cell.server), ...trafficRow(cell)])),
    "",
    ...results.idle.length === 0 ? [] : [
      formatTable(IDLE_HEAD, results.idle.map((cell) => [label(cell.server), ...idleRow(cell)])),
      "",
    ],
    formatTable(["", "bound", "met"], verdicts.map(({ verdict, bound, met }) => [verdict, bound, met])),
  ].join("\n");
}

/** Puts the report between the two markers of a README; throws when they are not there. */
export function writeInto(readme: string, report: string): string {
  const from = readme.indexOf(BEGIN);
  const to = readme.indexOf(END);
  if (from < 0 || to < from) throw new Error(`Cannot write the results: the README lacks ${BEGIN} or ${END}`);
  return `${readme.slice(0, from + BEGIN.length)}\n\n${report}\n\n${readme.slice(to)}`;
}

const TRAFFIC_HEAD = [
  ...["server", "msg/s", "CPU µs a delivery", "deliveries/s", "p50 ms", "p99 ms", "lost", "doubled", "one order"],
  ...["drain ms", "peak MB", "cores: server", "load", "others", "remarks"],
];

const IDLE_HEAD = ["server", "idle connections", "KB each", "MB before", "MB with all"];

function trafficRow(cell: Cell): string[] {
  const rate = cell.ratePerS.toLocaleString("en");
  if (cell.kind !== "ran") return [rate, ...Array<string>(TRAFFIC_HEAD.length - 3).fill("–"), cell.reason];
  const { run } = cell;
  const invalid = invalidity(run);
  const remarks = [
    ...isBehind(run) ? ["**falls behind**"] : [],
    ...invalid === undefined ? [] : [`**INVALID**: ${invalid}`],
    ...faults(run),
    ...isDisturbed(run) && invalid === undefined ? ["disturbed"] : [],
    ...cell.runs > 1 ? [`median of ${cell.runs}`] : [],
  ];
  return [
    ...[
      rate,
      run.deliveriesInWindow === 0 ? "–" : run.cpuUsPerDelivery.toFixed(2),
      Math.round(run.deliveriesPerS).toLocaleString("en"),
    ],
    ...[run.p50Ms.toFixed(1), run.p99Ms.toFixed(1)],
    // What is still under way when the wait is over is neither lost nor in another order yet.
    ...run.drained ? [String(run.lost), String(run.doubled), run.orders === 1 ? "yes" : "no"] : ["–", "–", "–"],
    ...[run.drained ? run.drainMs.toFixed(0) : "never", (run.peakBytes / 1e6).toFixed(0)],
    ...[run.serverCores.toFixed(2), run.loadCores.toFixed(2), run.otherCores.toFixed(2)],
    remarks.join("; "),
  ];
}

function idleRow(cell: IdleCell): string[] {
  if (cell.kind !== "ran") return ["–", "–", "–", cell.reason];
  const { connections, bytesPerConnection, baseBytes, fullBytes } = cell.run;
  return [
    ...[connections.toLocaleString("en"), (bytesPerConnection / 1000).toFixed(1)],
    ...[(baseBytes / 1e6).toFixed(0), (fullBytes / 1e6).toFixed(0)],
  ];
}

/** A Markdown table whose columns line up. */
function formatTable(head: readonly string[], cells: readonly (readonly string[])[]): string {
  // An error's words may hold what ends a cell or a row.
  const rows = cells.map((row) => row.map((cell) => cell.replaceAll(/\s+/g, " ").replaceAll("|", "\\|")));
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? "").padEnd(width)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
