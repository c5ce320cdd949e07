/**
 * Sockets that do what a test says, where a client of `maru.v1` thinks that it talks to a server.
 *
 * @module
 */

/** A frame, parsed. Tests know which fields the one before them has. */
export type Frame = Readonly<Record<string, unknown>>;

/** The server's answer to `hello`, as most tests need it. */
export const HELLO = { user: { id: "g_1", name: "민지" }, token: "token-1", limits: { rate: 10 } };

/** One socket, seen from the server. */
export class FakeSocket {
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  /** What the client has sent, oldest first. */
  readonly sent: Frame[] = [];
  /** Whether the client has closed it. */
  isLetGo = false;

  constructor(readonly url: string, readonly protocol: string) {}

  send(text: string): void {
    // The client sends JSON objects and nothing else.
    this.sent.push(JSON.parse(text) as Frame);
  }

  close(): void {
    this.readyState = 2;
    this.isLetGo = true;
  }

  /** The newest frame of the client; with a type, the newest of that type. */
  last(type?: string): Frame {
    const frame = this.sent.findLast((frame) => type === undefined || frame["type"] === type);
    if (frame === undefined) throw new Error(`Nothing was sent${type === undefined ? "" : ` of the type ${type}`}`);
    return frame;
  }

  /** The frames of the client of a type. */
  all(type: string): Frame[] {
    return this.sent.filter((frame) => frame["type"] === type);
  }

  /** The handshake is done. */
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  /** The server says something. */
  say(frame: object | string): void {
    this.onmessage?.({ data: typeof frame === "string" ? frame : JSON.stringify(frame) });
  }

  /** The server answers a request, by default the newest one. */
  ok(ok: object, request: Frame = this.last()): void {
    this.say({ id: request["id"], ok });
  }

  /** The server refuses a request, by default the newest one. */
  refuse(error: { code: string; message?: string; retryAfterMs?: number }, request: Frame = this.last()): void {
    this.say({ id: request["id"], error: { message: "no", ...error } });
  }

  /** The connection is gone. */
  end(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code, reason: "" });
  }

  /** Opens and answers the hello. */
  welcome(hello: object = HELLO): void {
    this.open();
    this.ok(hello);
  }
}

/** All sockets that a client makes. */
export class FakeNetwork {
  /** Oldest first. */
  readonly sockets: FakeSocket[] = [];

  /** What the client takes for `WebSocket`. */
  readonly WebSocket: new (url: string, protocol: string) => WebSocket;

  constructor() {
    const { sockets } = this;
    class Made extends FakeSocket {
      constructor(url: string, protocol: string) {
        super(url, protocol);
        sockets.push(this);
      }
    }
    // It has of a WebSocket what the client uses; whatever else the client may come to use will fail loudly.
    this.WebSocket = Made as unknown as typeof WebSocket;
  }

  /** The newest socket. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("There is no socket yet");
    return socket;
  }
}
