/**
 * The bench: starts each server on one core and the load on the other, prints what a delivery costs and how long it
 * takes, and holds the figures against the bounds. `bench/README.md` says how to read them.
 *
 * @module
 */

import { checkBounds } from "./bounds.ts";
import { describeMachine, isThere } from "./machine.ts";
import type { Cores } from "./measure.ts";
import { type Options, parseOptions, USAGE } from "./options.ts";
import { findNodeModules } from "./peers/find_node_modules.ts";
import { formatReport, writeInto } from "./report.ts";
import type { Results } from "./results.ts";
import { type ServerSpec, serverSpec } from "./servers.ts";
import { runIdle, runTraffic } from "./suite.ts";

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options === "help") {
    console.log(USAGE);
    return 0;
  }
  if (Deno.build.os !== "linux") throw new Error("Cannot measure: CPU and memory are read from Linux's /proc");
  const scratch = await Deno.makeTempDir({ prefix: "maru_bench_" });
  try {
    return await bench(options, `deno task bench ${args.join(" ")}`.trim(), scratch);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

async function bench(options: Options, command: string, scratch: string): Promise<number> {
  const wantsPeer = options.servers.includes("socketio");
  const nodeModules = wantsPeer ? await findNodeModules(scratch, options.install) : undefined;
  const machine = await describeMachine(scratch, nodeModules);
  const canPin = machine.cores > 1 && await isThere("taskset", "--version");
  const installed = { maruMain: options.maruMain, nodeModules };
  const specs = options.servers.map((name) => ({ name, spec: serverSpec(name, installed) }));
  const coresOf = ({ isolates }: ServerSpec) => canPin ? coresFor(isolates, machine.cores) : NOBODY;
  const results: Results = {
    command,
    machine,
    pinning: canPin
      ? `the server pinned to core 0, the load to core 1; with two isolates ${pin(2, machine.cores)}`
      : "nobody pinned to a core (no taskset, or one core only): read the figures with care",
    ...{ clients: options.clients, seconds: options.seconds, warmUpS: options.warmUpS },
    cells: await runTraffic(options, specs, coresOf),
    idle: await runIdle(options, specs, coresOf),
  };
  const verdicts = checkBounds(results);
  const labels = new Map(specs.map(({ name, spec }) => [name, typeof spec === "string" ? name : spec.label]));
  const report = formatReport(results, verdicts, labels);
  console.log(report);
  if (options.json !== undefined) {
    await Deno.writeTextFile(options.json, JSON.stringify({ ...results, verdicts }, null, 2) + "\n");
  }
  if (options.write) {
    const readme = new URL("README.md", import.meta.url);
    await Deno.writeTextFile(readme, writeInto(await Deno.readTextFile(readme), report));
  }
  const isGood = verdicts.every(({ verdict }) => verdict !== "FAIL" && verdict !== "INVALID") &&
    verdicts.some(({ verdict }) => verdict === "PASS");
  return options.check && !isGood ? 1 : 0;
}

const NOBODY: Cores = { server: undefined, load: undefined };

function coresFor(isolates: 1 | 2, cores: number): Cores {
  if (isolates === 1) return { server: "0", load: "1" };
  return { server: "0,1", load: cores > 2 ? "2" : "0,1" };
}

function pin(isolates: 1 | 2, cores: number): string {
  const { server, load } = coresFor(isolates, cores);
  return `the server on ${server} and the load on ${load}`;
}
