/**
 * Several isolates on one port: one Worker each. One that dies is replaced; its clients come back to another meanwhile.
 *
 * @module
 */

import { type Config, ConfigError } from "./config.ts";
import { DRAIN_MS, type Isolate, refusedAs } from "./isolate.ts";
import type { WorkerCommand, WorkerReport } from "./worker.ts";

/** Milliseconds before a dead worker is replaced, and at most before it is tried again: a fault that repeats must not become a spin. */
const RESTART_MS = 1_000;
const MAX_RESTART_MS = 30_000;

/**
 * Starts `config.jobs` isolates; resolves when all of them listen.
 *
 * @throws What the first one that could not start says.
 */
export async function startIsolates(config: Config): Promise<Isolate> {
  let isDraining = false;
  const seats: Seat[] = [];
  const { host: hostname } = config;
  let { port } = config;
  const start = async (seat: number) => {
    const made = new Seat({ ...config, port }, (error) => {
      console.error(JSON.stringify({ level: "error", what: `isolate ${seat} died and is replaced`, detail: error }));
      replace(seat, RESTART_MS);
    });
    seats[seat] = made;
    return await made.listening;
  };

  const replace = (seat: number, pauseMs: number) => {
    setTimeout(() => {
      // The others go on meanwhile, whatever keeps this one from starting.
      if (!isDraining) start(seat).catch(() => replace(seat, Math.min(2 * pauseMs, MAX_RESTART_MS)));
    }, pauseMs);
  };

  // Isolates share the port with each other; Linux would let them share it with another service of the same user, too.
  refusedAs(`HOST=${hostname} PORT=${port}`, () => Deno.listen({ hostname, port }).close());
  // The first alone: it makes the database, and finds the port when any will do.
  const first = await start(0);
  // Whoever comes later, in place of the first too, goes where that one went.
  port = first.port;
  await Promise.all(Array.from({ length: config.jobs - 1 }, (_, i) => start(i + 1)));
  return {
    ...first,
    async drain() {
      isDraining = true;
      const deaf = await Promise.all(seats.map((seat) => seat.drain()));
      return deaf.reduce((sum, one) => sum + one, 0);
    },
  };
}

type Listening = Pick<Isolate, "port" | "hasQueues">;

/** One worker. */
class Seat {
  readonly listening: Promise<Listening>;
  readonly #worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  #drained: ((deaf: number) => void) | undefined;
  #isDead = false;

  constructor(config: Config, died: (error: string) => void) {
    this.listening = new Promise((resolve, reject) => {
      let isListening = false;
      this.#worker.onmessage = ({ data }: MessageEvent<WorkerReport>) => {
        switch (data.type) {
          case "listening":
            isListening = true;
            return resolve(data);
          case "failed":
            if (isListening) return this.#drained?.(0);
            return reject(data.isConfig ? new ConfigError(data.message) : new Error(data.message));
          case "drained":
            return this.#drained?.(data.deaf);
          default:
            return data satisfies never;
        }
      };
      this.#worker.onerror = (event) => {
        event.preventDefault();
        this.#isDead = true;
        if (isListening) died(event.message);
        else reject(new Error(event.message));
        this.#drained?.(0);
      };
    });
    this.#tell({ type: "start", config });
  }

  async drain(): Promise<number> {
    if (this.#isDead) return 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const deaf = await new Promise<number>((resolve) => {
      this.#drained = resolve;
      timer = setTimeout(() => resolve(0), DRAIN_MS + 500);
      this.#tell({ type: "drain" });
    });
    clearTimeout(timer);
    this.#worker.terminate();
    return deaf;
  }

  #tell(command: WorkerCommand): void {
    this.#worker.postMessage(command);
  }
}
