/**
 * Talks to a consumer without a port, as Channels' `WebsocketCommunicator`: the whole application runs, routing and
 * handshake included; only the socket is replaced.
 *
 * @module
 */

import type { SocketEvents, Upgrade } from "../consumers/socket.ts";

/** Anything that answers requests as a Hono app does. */
export interface Application {
  /** Answers a request; `bindings` become the environment of its handlers. */
  request(path: string, init: RequestInit, bindings: object): Response | Promise<Response>;
}

/** Options of {@linkcode WebSocketCommunicator}. */
export interface CommunicatorOptions {
  /** Further headers of the handshake, e.g. `Origin`. */
  readonly headers?: Record<string, string>;
  /** Subprotocols to offer. */
  readonly subprotocols?: readonly string[];
  /** Milliseconds that {@linkcode WebSocketCommunicator.receive} waits. Default 1,000. */
  readonly timeoutMs?: number;
}

/** How a handshake ended. */
export type Connected =
  | { readonly connected: true; readonly subprotocol: string | undefined }
  /** `status` is that of the response, 403 when the consumer denied. */
  | { readonly connected: false; readonly status: number; readonly response: Response };

/** The close that the consumer sent. */
export interface Closed {
  /** The close code. */
  readonly code: number;
  /** The reason, perhaps empty. */
  readonly reason: string;
}

/** A client of one connection. */
export class WebSocketCommunicator {
  readonly #app: Application;
  readonly #path: string;
  readonly #options: CommunicatorOptions;
  readonly #received: string[] = [];
  #events: SocketEvents | undefined;
  #isOpen = false;
  #changed: (() => void) | undefined;
  #closed: Closed | undefined;

  /**
   * Makes a client that has not connected yet.
   *
   * @param app The application.
   * @param path Path and query, e.g. `/ws/chat/lobby/`.
   * @param options See {@linkcode CommunicatorOptions}.
   */
  constructor(app: Application, path: string, options: CommunicatorOptions = {}) {
    this.#app = app;
    this.#path = path;
    this.#options = options;
  }

  /** The close that came from the consumer; undefined while there was none. */
  get closed(): Closed | undefined {
    return this.#closed;
  }

  /** Shakes hands. */
  async connect(): Promise<Connected> {
    const { headers = {}, subprotocols = [] } = this.#options;
    let subprotocol: string | undefined;
    const upgrade: Upgrade = (events, options) => {
      subprotocol = options.protocol;
      this.#events = events;
      const socket = {
        send: (text: string) => this.#receive(text),
        close: (code: number, reason: string) => this.#close(code, reason),
        bufferedAmount: 0,
      };
      // Later, as a real socket opens: not before the consumer has what `accept` returns.
      queueMicrotask(() => {
        this.#isOpen = true;
        events.opened();
      });
      // 101 cannot be constructed; nobody looks at this response but us.
      return {
        socket,
        response: new Response(null, { status: 204, ...(options.headers && { headers: options.headers }) }),
      };
    };
    const response = await this.#app.request(this.#path, {
      headers: {
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        ...(subprotocols.length > 0 && { "sec-websocket-protocol": subprotocols.join(", ") }),
        ...headers,
      },
    }, { upgrade });
    if (this.#events !== undefined) return { connected: true, subprotocol };
    return { connected: false, status: response.status, response };
  }

  /** Sends a text frame as it is; {@linkcode Uint8Array} is a binary one. */
  send(data: string | Uint8Array): void {
    if (!this.#isOpen || this.#events === undefined) throw new TypeError("Cannot send: the connection is not open");
    this.#events.received(data);
  }

  /** Sends a value as JSON. */
  sendJson(value: unknown): void {
    this.send(JSON.stringify(value));
  }

  /**
   * Takes the next text frame.
   *
   * @param timeoutMs How long to wait. Unlike in Channels, a wait that ends without a frame leaves the consumer as it was.
   * @throws {Error} None came in time, or the consumer closed.
   */
  async receive(timeoutMs: number = this.#options.timeoutMs ?? 1_000): Promise<string> {
    if (await this.#until(() => this.#received.length > 0 || this.#closed !== undefined, timeoutMs)) {
      const text = this.#received.shift();
      if (text !== undefined) return text;
    }
    const why = this.#closed ? `the consumer closed with ${this.#closed.code}` : `none came within ${timeoutMs} ms`;
    throw new Error(`Cannot receive a frame: ${why}`);
  }

  /** Takes the next text frame and parses it. @throws {Error} As {@linkcode receive}. */
  // deno-lint-ignore no-explicit-any -- what comes is whatever the test says that it is
  async receiveJson(timeoutMs?: number): Promise<any> {
    return JSON.parse(await this.receive(timeoutMs));
  }

  /**
   * Whether nothing comes.
   *
   * @param timeoutMs How long to wait for it. Default 100.
   */
  async receiveNothing(timeoutMs = 100): Promise<boolean> {
    return !await this.#until(() => this.#received.length > 0, timeoutMs);
  }

  /** Waits for the consumer's close. @throws {Error} There was none in time. */
  async receiveClose(timeoutMs: number = this.#options.timeoutMs ?? 1_000): Promise<Closed> {
    await this.#until(() => this.#closed !== undefined, timeoutMs);
    if (this.#closed === undefined) throw new Error(`The consumer did not close within ${timeoutMs} ms`);
    return this.#closed;
  }

  /**
   * Leaves; resolves when the consumer had its turn.
   *
   * @param code Default 1000.
   */
  async disconnect(code = 1000): Promise<void> {
    this.#isOpen = false;
    this.#events?.closed(code, "");
    // What `disconnect` of the consumer awaits takes turns of its own; one macrotask lets the usual ones finish.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }

  #receive(text: string): void {
    this.#received.push(text);
    this.#changed?.();
  }

  #close(code: number, reason: string): void {
    this.#closed = { code, reason };
    this.#isOpen = false;
    this.#changed?.();
    queueMicrotask(() => this.#events?.closed(code, reason));
  }

  async #until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    if (condition()) return true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const met = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), timeoutMs);
      this.#changed = () => {
        if (condition()) resolve(true);
      };
    });
    const result = await met;
    clearTimeout(timer);
    this.#changed = undefined;
    return result;
  }
}
