/**
 * A look into the process, through V8's inspector: its memory, and a throw in the middle of one isolate. Start the
 * service with {@linkcode INSPECTED}.
 *
 * @module
 */

import type { Server } from "./server.ts";

/** The flags that let it be looked into. */
export const INSPECTED: readonly string[] = ["--inspect=127.0.0.1:0"];

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly sessionId?: string; readonly message?: string };
  readonly result?: { readonly result?: { readonly value?: unknown }; readonly exceptionDetails?: unknown };
  readonly error?: unknown;
}

/** See the module. */
export class Inspector implements AsyncDisposable {
  /** The workers that were there when it came, and those that came since. */
  readonly workers: string[] = [];
  readonly #socket: WebSocket;
  readonly #asked = new Map<number, (answer: Answer) => void>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    // What comes is the inspector's protocol.
    socket.onmessage = ({ data }) => this.#received(JSON.parse(data) as Answer);
  }

  /** Attaches to a started service, and to its workers. */
  static async attach(server: Server): Promise<Inspector> {
    const [, url = ""] = await server.says(/Debugger listening on (ws:\S+)/);
    const socket = new WebSocket(url);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(new Error(`Cannot attach to ${url}`));
    });
    const inspector = new Inspector(socket);
    await inspector.#ask("NodeWorker.enable", { waitForDebuggerOnStart: false });
    return inspector;
  }

  /** Evaluates an expression in the main isolate, or in a worker. */
  async evaluate(expression: string, worker?: string): Promise<unknown> {
    const { result, error } = await this.#ask("Runtime.evaluate", { expression, returnByValue: true }, worker);
    if (error !== undefined || result?.exceptionDetails !== undefined) {
      throw new Error(`Cannot evaluate ${expression}: ${JSON.stringify(error ?? result?.exceptionDetails)}`);
    }
    return result?.result?.value;
  }

  /** The process's resident memory in MiB. */
  async rssMiB(): Promise<number> {
    return Number(await this.evaluate("Deno.memoryUsage().rss")) / 1024 / 1024;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#socket.onclose = () => resolve());
    this.#socket.close();
    await closed;
  }

  #ask(method: string, params: object, worker?: string): Promise<Answer> {
    const id = ++this.#lastId;
    const answer = new Promise<Answer>((resolve) => this.#asked.set(id, resolve));
    // A worker's own session: https://github.com/nodejs/node/blob/main/src/inspector/node_protocol.pdl
    this.#socket.send(JSON.stringify({ id, method, params, ...(worker !== undefined && { sessionId: worker }) }));
    return answer;
  }

  #received(answer: Answer): void {
    const { sessionId: worker, message } = answer.params ?? {};
    if (answer.method === "NodeWorker.attachedToWorker" && worker !== undefined) this.workers.push(worker);
    if (answer.method === "NodeWorker.receivedMessageFromWorker" && message !== undefined) {
      // What comes from the worker's session is the same protocol.
      this.#received(JSON.parse(message) as Answer);
    }
    if (answer.id === undefined) return;
    this.#asked.get(answer.id)?.(answer);
    this.#asked.delete(answer.id);
  }
}
