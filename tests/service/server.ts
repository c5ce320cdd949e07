/**
 * The service as it is started by hand: a process of its own, with the flags of `deno task start`, a port that was free,
 * and a database in a folder of its own.
 *
 * ```ts ignore
 * await using folder = await newFolder();
 * await using server = await startServer({ KV_URL: folder.database });
 * ```
 *
 * @module
 */

import { CONFIG_NAMES } from "../../config.ts";

const ROOT = new URL("../../", import.meta.url);

/** How long a start, or the end after a signal, may take on a machine that is busy with other things. */
const PATIENCE_MS = 20_000;

/** Settings of the service, by their names; what is not given is as if it was not set, whatever this process has. */
export type Settings = Readonly<Record<string, string>>;

/** How a process ended. */
export interface End {
  readonly code: number;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder that is removed in the end. */
export interface Folder extends AsyncDisposable {
  readonly path: string;
  /** A path in it for a database. */
  readonly database: string;
}

/** Makes a {@linkcode Folder}. */
export async function newFolder(): Promise<Folder> {
  const path = await Deno.makeTempDir({ prefix: "maru_service_" });
  return {
    path,
    database: `${path}/maru.sqlite`,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/** A started service. */
export class Server implements AsyncDisposable {
  readonly port: number;
  readonly #process: Process;

  constructor(process: Process, port: number) {
    this.#process = process;
    this.port = port;
  }

  /** Where `maru.v1` is. */
  get url(): string {
    return `ws://127.0.0.1:${this.port}/ws`;
  }

  /** Where HTTP is. */
  get http(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What it printed until now. */
  get stdout(): string {
    return this.#process.stdout;
  }

  /** What it complained of until now. */
  get stderr(): string {
    return this.#process.stderr;
  }

  /** Whether it runs. */
  get isAlive(): boolean {
    return !this.#process.hasEnded;
  }

  /** Sends a signal, and no more. */
  signal(signal: Deno.Signal): void {
    this.#process.signal(signal);
  }

  /** Resolves when it has printed or complained of this. */
  says(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#process.says(pattern);
  }

  /** `kill -9`; resolves when the process is gone. */
  async kill(): Promise<void> {
    this.#process.signal("SIGKILL");
    await this.#process.ended;
  }

  /** Resolves when it has ended by itself. @throws When it has not within `timeoutMs`. */
  ended(timeoutMs = PATIENCE_MS): Promise<End> {
    return this.#process.endedWithin(timeoutMs);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}

/**
 * Starts the service; resolves when it has said where it is.
 *
 * @param settings See {@linkcode Settings}; `PORT` is 0 unless given.
 * @param flags Further flags for `deno run`.
 * @throws What it said, when it ended instead.
 */
export async function startServer(settings: Settings, flags: readonly string[] = []): Promise<Server> {
  const process = new Process(settings, flags);
  try {
    const said = await process.says(/ is at http:\/\/localhost:(\d+) /);
    return new Server(process, Number(said[1]));
  } catch (error) {
    process.signal("SIGKILL");
    await process.ended;
    throw error;
  }
}

/** Starts the service with settings that it refuses, and waits for its end. @throws When it has none within `timeoutMs`. */
export async function failToStart(settings: Settings, timeoutMs = PATIENCE_MS): Promise<End> {
  const process = new Process(settings, []);
  try {
    return await process.endedWithin(timeoutMs);
  } finally {
    process.signal("SIGKILL");
    await process.ended;
  }
}

/** The words of the task `start`: whoever changes its flags changes them here. */
function startCommand(): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));
  const words: string[] = tasks.start.command.split(" ");
  if (words[0] !== "deno" || words[1] !== "run" || words.at(-1) !== "main.ts") {
    throw new Error(`Cannot start the service as the task does: ${words.join(" ")} is not "deno run … main.ts"`);
  }
  return words.slice(1);
}

class Process {
  stdout = "";
  stderr = "";
  hasEnded = false;
  readonly ended: Promise<End>;
  readonly #child: Deno.ChildProcess;
  #heard: (() => void) | undefined;

  constructor(settings: Settings, flags: readonly string[]) {
    const [run = "", ...rest] = startCommand();
    const unset = Object.fromEntries(CONFIG_NAMES.map((name) => [name, ""]));
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [run, ...flags, ...rest],
      cwd: ROOT,
      env: { ...unset, NO_COLOR: "1", PORT: "0", ...settings },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const outputs = Promise.all([
      this.#hear(this.#child.stdout, (text) => this.stdout += text),
      this.#hear(this.#child.stderr, (text) => this.stderr += text),
    ]);
    this.ended = Promise.all([this.#child.status, outputs]).then(([{ code, signal }]) => {
      this.hasEnded = true;
      this.#heard?.();
      return { code, signal, stdout: this.stdout, stderr: this.stderr };
    });
  }

  signal(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended already.
    }
  }

  /** Resolves when its output has this. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const end = performance.now() + PATIENCE_MS;
    while (true) {
      const said = pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
      if (said !== null) return said;
      const leftMs = end - performance.now();
      if (this.hasEnded || leftMs <= 0) {
        const what = this.hasEnded ? "It ended" : `Nothing for ${PATIENCE_MS} ms`;
        throw new Error(`${what}, and did not say ${pattern}: ${this.stdout}${this.stderr}`);
      }
      await within(new Promise<void>((resolve) => this.#heard = resolve), leftMs);
    }
  }

  async endedWithin(timeoutMs: number): Promise<End> {
    const end = await within(this.ended, timeoutMs);
    if (end !== undefined) return end;
    throw new Error(`Still running after ${timeoutMs} ms: ${this.stdout}${this.stderr}`);
  }

  async #hear(output: ReadableStream<Uint8Array<ArrayBuffer>>, take: (text: string) => void): Promise<void> {
    for await (const text of output.pipeThrough(new TextDecoderStream())) {
      take(text);
      this.#heard?.();
    }
  }
}

/** What a promise resolves with; undefined when it takes longer. */
export async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => timer = setTimeout(() => resolve(undefined), timeoutMs));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
