/**
 * The service: settings, isolates, signals.
 *
 * @module
 */

import { ConfigError, readConfig } from "./config.ts";
import { type Isolate, startIsolate } from "./isolate.ts";
import { startIsolates } from "./isolates.ts";

/** Milliseconds within which a signal that comes twice is one. */
const ECHO_MS = 500;

if (import.meta.main) await main();

async function main(): Promise<void> {
  let service: Isolate;
  try {
    const config = readConfig();
    service = config.jobs > 1 ? await startIsolates(config) : await startIsolate(config, { reusePort: false });
    greet(service, config.host, config.jobs, config.layer);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }

  let endingSince: number | undefined;
  const end = async (signal: string) => {
    if (endingSince !== undefined) {
      // The second time is meant, unless it is the first one's echo: Ctrl-C reaches us from the terminal and from `deno task`.
      if (performance.now() - endingSince > ECHO_MS) Deno.exit(1);
      return;
    }
    endingSince = performance.now();
    console.log(`${signal}: draining`);
    const deaf = await service.drain();
    if (deaf > 0) console.log(`${deaf} sockets did not answer the close`);
    Deno.exit(0);
  };
  Deno.addSignalListener("SIGINT", () => end("SIGINT"));
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", () => end("SIGTERM"));
}

function greet({ port, hasQueues }: Isolate, host: string, jobs: number, layer: string): void {
  const name = ["127.0.0.1", "0.0.0.0", "::", "::1"].includes(host) ? "localhost" : host;
  console.log(`Maru is at http://${name}:${port} (${jobs === 1 ? "1 isolate" : `${jobs} isolates`}, ${layer} layer)`);
  if (!hasQueues) console.log("Workers are off: this Deno KV has no queues. Everything else works.");
}
