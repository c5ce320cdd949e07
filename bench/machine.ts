/**
 * On what and of what the figures are.
 *
 * @module
 */

import { cat } from "./proc.ts";
import { REPOSITORY } from "./servers.ts";

/** What is printed above every table. */
export interface Machine {
  /** As ISO 8601, in UTC. */
  readonly date: string;
  readonly commit: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  /** File system and device of the scratch directory: durable servers are only as fast as it is. */
  readonly storage: string;
  readonly versions: Record<string, string>;
  /** One-minute load average before the first run: what others are doing. */
  readonly loadAverage: number;
}

/** Looks around. `scratch` is where the servers will keep their files. */
export async function describeMachine(scratch: string, nodeModules: string | undefined): Promise<Machine> {
  const [cpuInfo, memInfo, loadAverage, mounts] = await Promise.all(
    ["/proc/cpuinfo", "/proc/meminfo", "/proc/loadavg", "/proc/mounts"].map((path) => cat(path)),
  );
  const dirty = await output("git", "status", "--porcelain") === "" ? "" : ", with changes";
  return {
    date: new Date().toISOString(),
    commit: (await output("git", "rev-parse", "--short", "HEAD") || "none") + dirty,
    cpu: /^model name\s*:\s*(.*)$/m.exec(cpuInfo ?? "")?.[1] ?? "unknown",
    cores: navigator.hardwareConcurrency,
    memoryGiB: Math.round(Number(/^MemTotal:\s+(\d+)/m.exec(memInfo ?? "")?.[1] ?? 0) / 1024 ** 2),
    kernel: await output("uname", "-sr"),
    storage: storageOf(scratch, mounts ?? ""),
    versions: {
      Deno: Deno.version.deno,
      V8: Deno.version.v8,
      ...nodeModules !== undefined && {
        Node: (await output("node", "--version")).slice(1),
        "Socket.IO": versionIn(`${nodeModules}/socket.io/package.json`),
      },
    },
    loadAverage: Number.parseFloat(loadAverage ?? ""),
  };
}

/** Whether a program is there and says so. */
export async function isThere(program: string, ...args: readonly string[]): Promise<boolean> {
  return await output(program, ...args) !== "";
}

async function output(program: string, ...args: readonly string[]): Promise<string> {
  try {
    const command = new Deno.Command(program, { args: [...args], cwd: REPOSITORY, stderr: "null" });
    const { success, stdout } = await command.output();
    return success ? new TextDecoder().decode(stdout).trim() : "";
  } catch {
    return "";
  }
}

/** The mount with the longest path that `path` lies under. */
function storageOf(path: string, mounts: string): string {
  let found = { at: "", text: "unknown" };
  for (const line of mounts.split("\n")) {
    const [device = "", at = "", type = ""] = line.split(" ");
    const isUnder = at === "/" || path === at || path.startsWith(`${at}/`);
    if (at !== "" && isUnder && at.length >= found.at.length) found = { at, text: `${type} on ${device}` };
  }
  return found.text;
}

function versionIn(packageJson: string): string {
  // Safe: only `version` is read, and it is turned into a string whatever it is.
  const { version } = JSON.parse(Deno.readTextFileSync(packageJson)) as { version?: unknown };
  return String(version);
}
