import type { Socket, Upgrade } from "../consumers/socket.ts";

/** Seconds without a sign of life after which Deno closes; it pings at half of it. */
const IDLE_TIMEOUT_S = 30;

/** `Deno.upgradeWebSocket` as a transport of consumers. */
export function denoUpgrade(request: Request): Upgrade {
  return (events, { protocol, headers }) => {
    const { socket, response } = Deno.upgradeWebSocket(request, {
      idleTimeout: IDLE_TIMEOUT_S,
      ...(protocol !== undefined && { protocol }),
    });
    for (const [name, value] of new Headers(headers)) response.headers.append(name, value);
    // Properties, not listeners: they cost less, and there are thousands of sockets. A throw in any of them would end
    // the process; none of `events` throws.
    socket.onopen = () => {
      adapter.open();
      events.opened();
    };
    socket.onmessage = ({ data }) => events.received(data);
    socket.onclose = ({ code, reason }) => events.closed(code === 0 ? 1006 : code, reason);
    // Deno says what broke here and closes afterwards; there is nothing to do before.
    socket.onerror = (event) => event.preventDefault();
    const adapter = new DenoSocket(socket);
    return { socket: adapter, response };
  };
}

class DenoSocket implements Socket {
  readonly #socket: WebSocket;
  /** What was sent before the socket was open. */
  #early: string[] | undefined = [];

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  open(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const text of early) this.#socket.send(text);
  }

  send(text: string): void {
    if (this.#early !== undefined) this.#early.push(text);
    else if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }
}
