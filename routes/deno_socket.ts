import type { Socket, SocketEvents, Upgrade } from "../consumers/socket.ts";
import { tokens } from "./scope.ts";

/** Seconds without a sign of life after which Deno closes; it pings at half of it. */
const IDLE_TIMEOUT_S = 30;

/** Milliseconds until a socket is open after its handshake was answered. */
const OPEN_TIMEOUT_MS = 10_000;

/** Milliseconds that a close waits, at the most, for the client to pause. */
const PAUSE_TIMEOUT_MS = 250;

/**
 * `Deno.upgradeWebSocket` as a transport of consumers.
 *
 * @param request The handshake.
 * @param openTimeoutMs How long a client may take to be there when its handshake is answered. Default 10 s.
 */
export function denoUpgrade(request: Request, openTimeoutMs: number = OPEN_TIMEOUT_MS): Upgrade {
  return (events, { protocol, headers }) => {
    // Before the upgrade: an upgraded request whose response is not returned ends the whole server.
    const further = new Headers(headers);
    if (protocol !== undefined) {
      // Not by Deno's own option, which reads a list of protocols only with a space after each comma.
      if (!tokens(request.headers.get("sec-websocket-protocol")).includes(protocol)) {
        throw new TypeError(`Cannot accept with the subprotocol ${JSON.stringify(protocol)}: it was not offered`);
      }
      further.set("sec-websocket-protocol", protocol);
    }
    const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: IDLE_TIMEOUT_S });
    for (const [name, value] of further) response.headers.append(name, value);
    return { socket: new DenoSocket(socket, events, openTimeoutMs), response };
  };
}

/** Made apart from the request, so that its handlers do not keep that alive as long as the socket. */
class DenoSocket implements Socket {
  readonly #socket: WebSocket;
  /** What was sent before the socket was open. */
  #early: string[] | undefined;
  /** The close that came before the socket was open: Deno would forget it, and leave the client connected. */
  #earlyClose: { readonly code: number; readonly reason: string } | undefined;
  #isOpen = false;
  /** Frames that came. */
  #heard = 0;
  /** Waits for the socket to open, later for a pause to close it in. Nothing between the two: it would be kept as long as the socket. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: WebSocket, events: SocketEvents, openTimeoutMs: number) {
    this.#socket = socket;
    // A client may leave during the handshake. Deno then never opens the socket, and calls nothing.
    this.#timer = setTimeout(() => {
      socket.onopen = () => socket.close();
      events.closed(1006, "");
    }, openTimeoutMs);
    // Properties, not listeners: they cost less, and there are thousands of sockets. A throw in any of them would end
    // the process; none of `events` throws.
    socket.onopen = () => {
      socket.onopen = null;
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#open();
      events.opened();
    };
    socket.onmessage = ({ data }) => {
      this.#heard++;
      events.received(data);
    };
    socket.onclose = ({ code, reason }) => {
      clearTimeout(this.#timer);
      events.closed(code === 0 ? 1006 : code, reason);
    };
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
    if (this.#isOpen) this.#closeInPause(code, reason, performance.now() + PAUSE_TIMEOUT_MS);
    else this.#earlyClose = { code, reason };
  }

  /** Deno drops a connection that is closing with the next frame that it hears, which is often before its close frame has left. */
  #closeInPause(code: number, reason: string, untilMs: number): void {
    const heard = this.#heard;
    this.#timer = setTimeout(() => {
      if (this.#heard === heard || performance.now() > untilMs) this.#socket.close(code, reason);
      else this.#closeInPause(code, reason, untilMs);
    }, 0);
  }

  #open(): void {
    this.#isOpen = true;
    for (const text of this.#early ?? []) this.#socket.send(text);
    this.#early = undefined;
    if (this.#earlyClose !== undefined) this.close(this.#earlyClose.code, this.#earlyClose.reason);
  }
}
