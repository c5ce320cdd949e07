/**
 * The service as an operator runs it, for the tests in this folder: a process of its own with the flags of
 * `deno task start`, two isolates, a database file. It can be stopped, killed, and started again where it was.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { CONFIG_NAMES } from "../../config.ts";
import config from "../../deno.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url);

/** What the task `start` gives Deno. It begins with `deno`, which is not what runs here under npx. */
const START = config.tasks.start.command.split(" ").slice(1);

/** What a server is to be. */
export interface ServerOptions {
  /** Settings over the defaults: `SEND_RATE` … */
  readonly env?: Readonly<Record<string, string>>;
  /** Called before the first start with the path of the database, which does not exist yet. */
  readonly fill?: (kvPath: string) => Promise<void>;
}

/** A server process. */
export interface TestServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`. */
  readonly origin: string;
  /** The same one for each start. */
  readonly port: number;
  /**
   * Ends the process; resolves when it is gone.
   *
   * @param signal SIGTERM drains, SIGKILL does not ask.
   */
  stop(signal: "SIGTERM" | "SIGKILL"): Promise<Deno.CommandStatus>;
  /** Starts it again, on its port and its database; resolves when it listens. */
  start(): Promise<void>;
}

/**
 * Starts a server. Disposing of it ends the process and fails if it has written to standard error, which is where its
 * faults are told.
 *
 * @param options See {@linkcode ServerOptions}.
 */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const folder = await Deno.makeTempDir({ prefix: "maru_browser_" });
  const kvPath = `${folder}/maru.sqlite`;
  let port = 0;
  let running: Running | undefined;
  let faults = "";
  const end = async () => {
    try {
      if (running !== undefined) await server.stop("SIGKILL");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
    assertEquals(faults, "", "the server has told of faults");
  };

  const server: TestServer = {
    get origin() {
      return `http://127.0.0.1:${port}`;
    },
    get port() {
      return port;
    },
    async stop(signal) {
      if (running === undefined) throw new Error("Cannot stop the server: it does not run");
      const { child, output } = running;
      running = undefined;
      child.kill(signal);
      const status = await child.status;
      faults += (await output).stderr;
      return status;
    },
    async start() {
      running = run({ PORT: String(port), KV_URL: kvPath, ...options.env });
      port = await running.listening;
    },
    [Symbol.asyncDispose]: end,
  };

  try {
    await options.fill?.(kvPath);
    await server.start();
    return server;
  } catch (error) {
    await end().catch(() => {});
    throw error;
  }
}

/**
 * Gives the tests of this file a server that runs from before the first of them until after the last.
 *
 * @param options See {@linkcode ServerOptions}.
 */
export function useServer(options: ServerOptions = {}): Pick<TestServer, "origin" | "port"> {
  let server: TestServer | undefined;
  const found = () => {
    if (server === undefined) throw new Error("The server is not there before the first test or after the last");
    return server;
  };
  Deno.test.beforeAll(async () => {
    server = await startServer(options);
  });
  Deno.test.afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });
  return {
    get origin() {
      return found().origin;
    },
    get port() {
      return found().port;
    },
  };
}

interface Running {
  readonly child: Deno.ChildProcess;
  /** The port; rejects when the process ends without having listened. */
  readonly listening: Promise<number>;
  /** Everything it has written, when it has ended. */
  readonly output: Promise<{ stdout: string; stderr: string }>;
}

function run(env: Record<string, string>): Running {
  const child = new Deno.Command(Deno.execPath(), {
    args: START,
    cwd: ROOT,
    // Empty is as if not set: what the caller's shell holds must not change the tests.
    env: {
      ...Object.fromEntries(CONFIG_NAMES.map((name) => [name, ""])),
      DENO_JOBS: "2",
      ...env,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const { promise: listening, resolve, reject } = Promise.withResolvers<number>();
  const stdout = readAll(child.stdout, (text) => {
    const [, port] = /^Maru is at http:\/\/[^:]+:(\d+) /m.exec(text) ?? [];
    if (port !== undefined) resolve(Number(port));
  });
  const stderr = readAll(child.stderr, () => {});
  const output = Promise.all([stdout, stderr]).then(([stdout, stderr]) => ({ stdout, stderr }));
  output.then(({ stderr }) => reject(new Error(`The server has ended before it listened: ${stderr}`)), reject);
  listening.catch(() => {});
  return { child, listening, output };
}

async function readAll(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onText: (text: string) => void,
): Promise<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) onText(text += part);
  return text;
}
