/**
 * One run each: a fresh server, a fresh generator, samples at the generator's marks.
 *
 * @module
 */

import { type Child, startChild, startServer } from "./child.ts";
import type { LoadEvent, LoadPlan, TrafficPlan, TrafficResult } from "./load/plan.ts";
import { type CpuSample, type MemorySample, sampleCpu, sampleMemory, treeOf } from "./proc.ts";
import { deno, REPOSITORY, type ServerSpec } from "./servers.ts";

/** Longer than entering can take; a generator that hangs ends all the same. */
const LOAD_GRACE_MS = 60_000;
/** Milliseconds in which a client surely comes in: a session and a membership are two commits. */
const ENTER_MS = 40;

/** Which cores whom; undefined where nobody is pinned. */
export interface Cores {
  readonly server: string | undefined;
  readonly load: string | undefined;
}

/** One run of traffic with the server's costs. */
export interface TrafficRun extends TrafficResult {
  readonly ratePerS: number;
  /** CPU time of the server in the window, divided by the deliveries in it. */
  readonly cpuUsPerDelivery: number;
  /** Deliveries a second in the window. */
  readonly deliveriesPerS: number;
  /** Deliveries a second that the rate asks for: messages × clients. */
  readonly offeredPerS: number;
  /** Cores in use in the window: by the server, by the generator, by everything else on the machine. */
  readonly serverCores: number;
  readonly loadCores: number;
  readonly otherCores: number;
  /** The most memory that was resident during the run. */
  readonly peakBytes: number;
}

/** One run of idle connections. */
export interface IdleRun {
  readonly connections: number;
  readonly bytesPerConnection: number;
  /** Resident with one connection, and with all. */
  readonly baseBytes: number;
  readonly fullBytes: number;
}

/** Measures traffic. */
export async function measureTraffic(
  spec: ServerSpec,
  cores: Cores,
  plan: Omit<TrafficPlan, "mode" | "adapter" | "port">,
): Promise<TrafficRun> {
  return await withServer(spec, cores, async (port, server) => {
    let start: CpuSample | undefined;
    let end: CpuSample | undefined;
    let result: TrafficResult | undefined;
    await runLoad({ mode: "traffic", adapter: spec.adapter, port, ...plan }, cores, async (event, load) => {
      if (event.event === "window_start") start = await sampleCpu(server, load.pid);
      if (event.event === "window_end") end = await sampleCpu(server, load.pid);
      if (event.event === "traffic_done") result = event.result;
    });
    if (start === undefined || end === undefined || result === undefined) {
      throw new Error("The generator left out marks");
    }
    const { peakBytes } = await sampleMemory(server);
    const { ratePerS, clients } = plan;
    return { ...result, ratePerS, offeredPerS: ratePerS * clients, ...costs(start, end, result), peakBytes };
  });
}

/** Measures what idle connections cost. */
export async function measureIdle(
  spec: ServerSpec,
  cores: Cores,
  plan: { readonly connections: number; readonly settleMs: number },
): Promise<IdleRun> {
  return await withServer(spec, cores, async (port, server) => {
    let base: MemorySample | undefined;
    let full: MemorySample | undefined;
    await runLoad({ mode: "idle", adapter: spec.adapter, port, ...plan }, cores, async (event) => {
      if (event.event === "idle_base") base = await sampleMemory(server);
      if (event.event === "idle_full") full = await sampleMemory(server);
    });
    if (base === undefined || full === undefined) throw new Error("The generator left out marks");
    const bytesPerConnection = (full.rssBytes - base.rssBytes) / plan.connections;
    return { connections: plan.connections, bytesPerConnection, baseBytes: base.rssBytes, fullBytes: full.rssBytes };
  });
}

async function withServer<T>(
  spec: ServerSpec,
  cores: Cores,
  measure: (port: number, server: readonly number[]) => Promise<T>,
): Promise<T> {
  const scratch = await Deno.makeTempDir({ prefix: "maru_bench_" });
  try {
    const { child, port } = await startServer(spec, cores.server, scratch);
    try {
      return await measure(port, await treeOf(child.pid));
    } finally {
      await child.stop();
    }
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

/** Runs the generator to its end and hands each of its lines on, one after the other. */
async function runLoad(
  plan: LoadPlan,
  cores: Cores,
  onEvent: (event: LoadEvent, load: Child) => Promise<void>,
): Promise<void> {
  const command = deno(
    "--no-config",
    "--allow-ffi",
    new URL("load.ts", import.meta.url).pathname,
    JSON.stringify(plan),
  );
  const load = startChild({ command, cores: cores.load, cwd: REPOSITORY, env: {}, stdout: "piped" });
  const plannedMs = plan.mode === "traffic"
    ? (plan.warmUpS + plan.seconds) * 1000 + plan.drainMs
    : 2 * plan.settleMs + plan.connections * ENTER_MS;
  const deadline = setTimeout(() => void load.stop(), plannedMs + LOAD_GRACE_MS);
  try {
    for await (const line of linesOf(load)) {
      // Safe: the generator of the same commit wrote the line.
      await onEvent(JSON.parse(line) as LoadEvent, load);
    }
    const code = await load.ended;
    if (code !== 0) throw new Error(`The load generator ended with ${code}: ${load.complaints()}`);
  } finally {
    clearTimeout(deadline);
    await load.stop();
  }
}

function costs(start: CpuSample, end: CpuSample, { deliveriesInWindow, windowMs }: TrafficResult) {
  const elapsedS = (end.atMs - start.atMs) / 1000;
  const serverS = end.serverS - start.serverS;
  const loadS = end.loadS - start.loadS;
  return {
    cpuUsPerDelivery: serverS * 1e6 / deliveriesInWindow,
    deliveriesPerS: deliveriesInWindow * 1000 / windowMs,
    serverCores: serverS / elapsedS,
    loadCores: loadS / elapsedS,
    otherCores: Math.max(0, (end.machineS - start.machineS - serverS - loadS) / elapsedS),
  };
}

async function* linesOf({ stdout }: Child): AsyncGenerator<string> {
  let rest = "";
  if (stdout === undefined) return;
  for await (const text of stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
