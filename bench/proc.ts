/**
 * What Linux says about processes, read with `cat`: Deno opens `/proc` only to programs that may do everything.
 *
 * @module
 */

/** `sysconf(_SC_CLK_TCK)`, which is 100 on every Linux that Deno runs on: proc(5) counts CPU time in these. */
const TICKS_PER_S = 100;

/** CPU times since boot or start, in seconds. */
export interface CpuSample {
  readonly serverS: number;
  readonly loadS: number;
  /** All cores, everything that is not idle. */
  readonly machineS: number;
  /** When it was taken, in milliseconds of `performance.now()`. */
  readonly atMs: number;
}

/** A server's memory, in bytes. */
export interface MemorySample {
  /** Resident now. */
  readonly rssBytes: number;
  /** The most that was resident at any time. */
  readonly peakBytes: number;
}

/** The text of files, one after the other; what has vanished is left out. */
export async function cat(...paths: readonly string[]): Promise<string> {
  const { stdout } = await new Deno.Command("cat", { args: [...paths], stderr: "null" }).output();
  return new TextDecoder().decode(stdout);
}

/** A process and all that descend from it: a server may be more than one. */
export async function treeOf(pid: number): Promise<number[]> {
  const { stdout } = await new Deno.Command("ls", { args: ["/proc"] }).output();
  const pids = new TextDecoder().decode(stdout).split("\n").filter((name) => /^\d+$/.test(name));
  const stats = parseStats(await cat(...pids.map((each) => `/proc/${each}/stat`)));
  const tree = [pid];
  for (const parent of tree) {
    for (const [child, { parentPid }] of stats) if (parentPid === parent) tree.push(child);
  }
  return tree;
}

/** CPU time of the server, of the load generator, and of the machine. */
export async function sampleCpu(server: readonly number[], load: number): Promise<CpuSample> {
  const text = await cat("/proc/stat", ...[...server, load].map((pid) => `/proc/${pid}/stat`));
  const atMs = performance.now();
  const stats = parseStats(text);
  const cpuS = (pid: number) => stats.get(pid)?.cpuS ?? 0;
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = numbersAfter(/^cpu /m, text);
  return {
    serverS: server.reduce((sum, pid) => sum + cpuS(pid), 0),
    loadS: cpuS(load),
    machineS: (user + nice + system + irq + softirq + steal) / TICKS_PER_S,
    atMs,
  };
}

/** Memory of the server's processes, summed. */
export async function sampleMemory(server: readonly number[]): Promise<MemorySample> {
  const text = await cat(...server.map((pid) => `/proc/${pid}/status`));
  const sumKiB = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}:\\s+(\\d+) kB`, "gm"))].reduce((sum, [, kiB]) => sum + Number(kiB), 0);
  return { rssBytes: sumKiB("VmRSS") * 1024, peakBytes: sumKiB("VmHWM") * 1024 };
}

/** Lines of `/proc/<pid>/stat`, which proc(5) describes; the name in brackets may hold blanks and brackets itself. */
function parseStats(text: string): Map<number, { readonly parentPid: number; readonly cpuS: number }> {
  const stats = new Map<number, { parentPid: number; cpuS: number }>();
  for (const [, pid, rest = ""] of text.matchAll(/^(\d+) \(.*\) (.*)$/gm)) {
    const fields = rest.split(" ").map(Number);
    stats.set(Number(pid), {
      parentPid: fields[1] ?? 0,
      cpuS: ((fields[11] ?? 0) + (fields[12] ?? 0)) / TICKS_PER_S,
    });
  }
  return stats;
}

function numbersAfter(start: RegExp, text: string): number[] {
  const from = text.search(start);
  const line = from < 0 ? "" : text.slice(from).split("\n", 1)[0] ?? "";
  return line.trim().split(/\s+/).slice(1).map(Number);
}
