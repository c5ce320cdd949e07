/**
 * The servers that are measured, and how each is started.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { AdapterName } from "./load/plan.ts";

/** Names for `--servers`, in the order of the table. */
export const SERVER_NAMES = ["maru", "maru2", "plain", "bare", "socketio"] as const;

/** See {@linkcode SERVER_NAMES}. */
export type ServerName = typeof SERVER_NAMES[number];

/** A server that can be started. */
export interface ServerSpec {
  readonly name: ServerName;
  /** What the table calls it. */
  readonly label: string;
  readonly adapter: AdapterName;
  /** Isolates, and so the cores that it gets. */
  readonly isolates: 1 | 2;
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** Working directory. */
  readonly cwd: string;
  /** The environment for a port and a scratch directory of its own. */
  readonly env: (port: number, scratch: string) => Record<string, string>;
  /** A path that answers 200 when the server takes work; without it, any HTTP answer will do. */
  readonly readyPath?: string;
}

/** What {@linkcode serverSpec} needs to know of this machine. */
export interface Installed {
  /** The file that is Maru; `main.ts` of this repository by default. */
  readonly maruMain: string | undefined;
  /** The node_modules folder with `socket.io`, if there is one. */
  readonly nodeModules: string | undefined;
}

/** The folder that holds `main.ts`. */
export const REPOSITORY = fileURLToPath(new URL("..", import.meta.url));

/** How to start a server, or a sentence that says why it cannot be. */
export function serverSpec(name: ServerName, installed: Installed): ServerSpec | string {
  switch (name) {
    case "maru":
      return maru(name, "Maru `maru.v1`, 1 isolate", "maru_v1", 1, installed);
    case "maru2":
      return maru(name, "Maru `maru.v1`, 2 isolates", "maru_v1", 2, installed);
    case "plain":
      return maru(name, "Maru plain, 1 isolate", "maru_plain", 1, installed);
    case "bare":
      return {
        ...{ name, label: "bare Deno broadcast", adapter: "bare", isolates: 1, cwd: REPOSITORY },
        command: deno("--no-config", "--allow-net=127.0.0.1", "--allow-env=PORT", peer("bare.ts")),
        env: (port) => ({ PORT: String(port) }),
      };
    case "socketio": {
      const { nodeModules } = installed;
      if (nodeModules === undefined) return "not present: no node_modules with socket.io (see BENCH_NODE_MODULES)";
      return {
        ...{ name, label: "Socket.IO", adapter: "socket_io", isolates: 1, cwd: REPOSITORY },
        command: ["node", peer("socket_io.mjs")],
        env: (port) => ({ PORT: String(port), BENCH_NODE_MODULES: nodeModules }),
      };
    }
    default:
      return name satisfies never;
  }
}

/** The command line that runs a program with the Deno that runs this one. */
export function deno(...args: readonly string[]): [string, ...string[]] {
  return [Deno.execPath(), "run", "--no-prompt", "--quiet", ...args];
}

function maru(
  name: ServerName,
  label: string,
  adapter: AdapterName,
  isolates: 1 | 2,
  { maruMain }: Installed,
): ServerSpec | string {
  const main = maruMain ?? `${REPOSITORY}main.ts`;
  if (!isFile(main)) return `not present: no ${main}`;
  return {
    ...{ name, label, adapter, isolates, cwd: REPOSITORY, readyPath: "/readyz" },
    command: deno(...startFlags(), main),
    env: (port, scratch) => ({
      ...{ PORT: String(port), KV_URL: `${scratch}/bench.sqlite` },
      ...{ DENO_JOBS: String(isolates), SEND_RATE: "0", RATE_SCALE: "0" },
    }),
  };
}

/** The flags of `deno task start`: what is measured is what is run. */
function startFlags(): string[] {
  // Safe: this repository's own file; a member that is missing ends below.
  const config = JSON.parse(Deno.readTextFileSync(`${REPOSITORY}deno.json`)) as {
    readonly tasks?: { readonly start?: { readonly command?: string } };
  };
  const command = config.tasks?.start?.command ?? "";
  const flags = /^deno run ((?:--[^\s'"$]+ )+)main\.ts$/.exec(command)?.[1];
  if (flags === undefined) throw new Error(`Cannot take the flags of deno task start from "${command}"`);
  return flags.trim().split(" ");
}

function peer(file: string): string {
  return fileURLToPath(new URL(`peers/${file}`, import.meta.url));
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
