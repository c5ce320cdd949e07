/**
 * What carries text frames between a test and the service: the platform's WebSocket, or a TCP connection of our own
 * (`raw_socket.ts`) that can be cut at any byte and can stop reading.
 *
 * @module
 */

/** The subprotocol of `docs/protocol.md`. */
export const SUBPROTOCOL = "maru.v1";

/** What a link calls: `opened` at most once, `closed` exactly once and last. */
export interface LinkEvents {
  opened(): void;
  received(text: string): void;
  closed(code: number, reason: string): void;
}

/** See the module. */
export interface Link {
  /** Sends a text frame; nothing when it is not open. */
  send(text: string): void;
  /** Starts the closing handshake. */
  close(): void;
  /** From now on nothing comes and nothing goes, and `closed` has been called: the network is gone. */
  cut(): void;
  /** Resolves when nothing of it is left in this process. */
  readonly gone: Promise<void>;
}

/** Begins to connect. */
export type Connect = (url: string, events: LinkEvents) => Link;

/** The platform's WebSocket. It cannot be broken off: {@linkcode Link.cut} closes it, and does not look at it any more. */
export const connectWebSocket: Connect = (url, events) => {
  const socket = new WebSocket(url, SUBPROTOCOL);
  const gone = Promise.withResolvers<void>();
  let isOver = false;
  const over = (code: number, reason: string) => {
    if (isOver) return;
    isOver = true;
    events.closed(code, reason);
  };
  socket.onopen = () => {
    if (isOver) return;
    if (socket.protocol === SUBPROTOCOL) return events.opened();
    over(1006, `the server speaks ${JSON.stringify(socket.protocol)}`);
    socket.close();
  };
  socket.onmessage = ({ data }) => {
    if (isOver) return;
    if (typeof data === "string") return events.received(data);
    over(1006, "a binary frame came");
    socket.close();
  };
  socket.onclose = ({ code, reason }) => {
    over(code === 0 ? 1006 : code, reason);
    gone.resolve();
  };
  // What follows is `onclose`.
  socket.onerror = (event) => event.preventDefault();
  return {
    send(text) {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => socket.close(1000),
    cut() {
      over(1006, "cut");
      socket.close();
    },
    gone: gone.promise,
  };
};
