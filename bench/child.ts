/**
 * Child processes: pinned to cores, and ended for certain.
 *
 * @module
 */

import type { ServerSpec } from "./servers.ts";

const READY_MS = 30_000;
const STOP_MS = 8_000;
const STDERR_CHARACTERS = 2_000;

/** How a child is started. */
export interface ChildOptions {
  readonly command: readonly [string, ...string[]];
  /** Cores as `taskset -c` takes them; undefined leaves the choice to the system. */
  readonly cores: string | undefined;
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly stdout: "piped" | "null";
}

/** A running child. */
export interface Child {
  /** Also the pid of the program itself: `taskset` replaces itself by it. */
  readonly pid: number;
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  /** Resolves with the exit code, or the signal's number + 128. */
  readonly ended: Promise<number>;
  /** The end of what it has said on stderr. */
  complaints(): string;
  /** SIGTERM, after a while SIGKILL; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Starts a child. */
export function startChild({ command, cores, cwd, env, stdout }: ChildOptions): Child {
  const [program, ...args] = cores === undefined ? command : ["taskset", "-c", cores, ...command] as const;
  const process = new Deno.Command(program, { args, cwd, env, stdin: "null", stdout, stderr: "piped" }).spawn();
  let said = "";
  const listening = (async () => {
    for await (const text of process.stderr.pipeThrough(new TextDecoderStream())) {
      said = (said + text).slice(-STDERR_CHARACTERS);
    }
  })();
  const ended = process.status.then(async ({ code }) => {
    await listening;
    return code;
  });
  return {
    pid: process.pid,
    stdout: stdout === "piped" ? process.stdout : undefined,
    ended,
    complaints: () => said.trim(),
    async stop() {
      kill(process, "SIGTERM");
      const killing = setTimeout(() => kill(process, "SIGKILL"), STOP_MS);
      await ended;
      clearTimeout(killing);
    },
  };
}

/** Starts a server on a free port and waits until it takes work; ends it and throws when it does not. */
export async function startServer(
  spec: ServerSpec,
  cores: string | undefined,
  scratch: string,
): Promise<{ readonly child: Child; readonly port: number }> {
  const port = freePort();
  const { command, cwd } = spec;
  const child = startChild({ command, cores, cwd, env: spec.env(port, scratch), stdout: "null" });
  let hasEnded = false;
  void child.ended.then(() => hasEnded = true);
  for (const startedAtMs = performance.now(); performance.now() - startedAtMs < READY_MS && !hasEnded;) {
    if (await isReady(port, spec.readyPath)) return { child, port };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await child.stop();
  throw new Error(`Cannot start ${spec.label}: ${child.complaints() || `it was not ready within ${READY_MS} ms`}`);
}

function kill(process: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    process.kill(signal);
  } catch {
    // It has ended by itself.
  }
}

/** A port that was free a moment ago. */
function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

async function isReady(port: number, path: string | undefined): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path ?? "/"}`);
    await response.body?.cancel();
    return path === undefined || response.status === 200;
  } catch {
    return false;
  }
}
