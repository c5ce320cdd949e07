import type { Socket, SocketEvents, Upgrade } from "../consumers/socket.ts";

/** Seconds without a sign of life after which Deno closes; it pings at half of it. */
const IDLE_TIMEOUT_S = 30;

/** `Deno.upgradeWebSocket` as a transport of consumers. */
export function denoUpgrade(request: Request): Upgrade {
  return (events, { protocol, headers }) => {
    // Before the upgrade: an upgraded request whose response is not returned ends the whole server.
    const further = new Headers(headers);
    const { socket, response } = Deno.upgradeWebSocket(request, {
      idleTimeout: IDLE_TIMEOUT_S,
      ...(protocol !== undefined && { protocol }),
    });
    for (const [name, value] of further) response.headers.append(name, value);
    return { socket: new DenoSocket(socket, events), response };
  };
}

/** Made apart from the request, so that its handlers do not keep that alive as long as the socket. */
class DenoSocket implements Socket {
  readonly #socket: WebSocket;
  /** What was sent before the socket was open. */
  #early: string[] | undefined;
  #isOpen = false;

  constructor(socket: WebSocket, events: SocketEvents) {
    this.#socket = socket;
    // Properties, not listeners: they cost less, and there are thousands of sockets. A throw in any of them would end
    // the process; none of `events` throws.
    socket.onopen = () => {
      socket.onopen = null;
      this.#open();
      events.opened();
    };
    socket.onmessage = ({ data }) => events.received(data);
    socket.onclose = ({ code, reason }) => events.closed(code === 0 ? 1006 : code, reason);
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  send(text: string): void {
    if (this.#isOpen) {
      if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
    } else (this.#early ??= []).push(text);
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  #open(): void {
    this.#isOpen = true;
    for (const text of this.#early ?? []) this.#socket.send(text);
    this.#early = undefined;
  }
}
