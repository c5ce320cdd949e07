/**
 * Calls between isolates, both ways, by messages. Errors keep what a test can tell them by.
 *
 * @module
 */

import { ChannelFull, Conflict, CursorExpired, LayerUnavailable, Stale } from "../../layers/layer.ts";
import { ChatError, type ErrorCode } from "../../protocol/errors.ts";

/** What a `Worker` and a worker's own global have in common. */
interface Port {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

/** Name → what it does. Only tests call these, with what they take. */
// deno-lint-ignore no-explicit-any -- the other end of the wire is the same test
export type Handlers = Readonly<Record<string, (...args: any[]) => unknown>>;

interface WireError {
  readonly name: string;
  readonly message: string;
  readonly code?: ErrorCode;
}

type Message =
  | { readonly kind: "call"; readonly id: number; readonly method: string; readonly args: readonly unknown[] }
  | { readonly kind: "result"; readonly id: number; readonly result: unknown }
  | { readonly kind: "error"; readonly id: number; readonly error: WireError };

/** One end. */
export class Wire {
  readonly #port: Port;
  readonly #handlers: Handlers;
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;

  constructor(port: Port, handlers: Handlers) {
    this.#port = port;
    this.#handlers = handlers;
    port.onmessage = ({ data }) => this.#received(data);
  }

  /** Calls the other end; the call is on its way when this returns. */
  // deno-lint-ignore no-explicit-any -- see Handlers
  call(method: string, ...args: readonly unknown[]): Promise<any> {
    const call = Promise.withResolvers<unknown>();
    const id = ++this.#lastId;
    this.#calls.set(id, call);
    this.#port.postMessage({ kind: "call", id, method, args } satisfies Message);
    return call.promise;
  }

  #received(message: Message): void {
    switch (message.kind) {
      case "call":
        this.#answer(message.id, message.method, message.args);
        return;
      case "result":
        this.#calls.get(message.id)?.resolve(message.result);
        break;
      case "error":
        this.#calls.get(message.id)?.reject(revive(message.error));
    }
    this.#calls.delete(message.id);
  }

  async #answer(id: number, method: string, args: readonly unknown[]): Promise<void> {
    try {
      const handler = this.#handlers[method];
      if (handler === undefined) throw new TypeError(`Nobody answers to ${method}`);
      const result = await handler(...args);
      this.#port.postMessage({ kind: "result", id, result } satisfies Message);
    } catch (error) {
      this.#port.postMessage({ kind: "error", id, error: flatten(error) } satisfies Message);
    }
  }
}

/** An error as it can be sent. */
export function flatten(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: "NoError", message: String(error) };
  const { name, message } = error;
  return error instanceof ChatError ? { name, message, code: error.code } : { name, message };
}

/** The error that was sent. */
export function revive({ name, message, code }: WireError): unknown {
  switch (name) {
    case "NoError":
      return message;
    case "CursorExpired":
      return new CursorExpired(message);
    case "Conflict":
      return new Conflict(message);
    case "ChannelFull":
      return new ChannelFull(message);
    case "Stale":
      return new Stale(message);
    case "LayerUnavailable":
      return new LayerUnavailable(message);
    case "RangeError":
      return new RangeError(message);
    case "TypeError":
      return new TypeError(message);
    default:
      return code === undefined ? new Error(message) : new ChatError(code, message);
  }
}
