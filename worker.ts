/**
 * One of several isolates: a Worker that `main.ts` starts, tells to drain, and hears from.
 *
 * @module
 */

import { type Config, ConfigError } from "./config.ts";
import { type Isolate, startIsolate } from "./isolate.ts";

/** What `main.ts` tells a worker. */
export type WorkerCommand = { readonly type: "start"; readonly config: Config } | { readonly type: "drain" };

/** What a worker tells `main.ts`. */
export type WorkerReport =
  | { readonly type: "listening"; readonly port: number; readonly hasQueues: boolean }
  /** An Error would lose its class on the way. */
  | { readonly type: "failed"; readonly message: string; readonly isConfig: boolean }
  | { readonly type: "drained"; readonly deaf: number };

/** The side of a Worker that it sees itself. */
interface WorkerScope {
  onmessage: (event: MessageEvent<WorkerCommand>) => void;
  postMessage(report: WorkerReport): void;
}

// The types of a window and of a worker exclude each other, and the check of the whole project has the window's.
const scope = self as unknown as WorkerScope;
let isolate: Promise<Isolate> | undefined;

scope.onmessage = async ({ data }) => {
  try {
    if (data.type === "start") {
      isolate = startIsolate(data.config, { reusePort: true });
      const { port, hasQueues } = await isolate;
      scope.postMessage({ type: "listening", port, hasQueues });
    } else {
      scope.postMessage({ type: "drained", deaf: await (await isolate)?.drain() ?? 0 });
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    scope.postMessage({ type: "failed", message, isConfig: error instanceof ConfigError });
  }
};
