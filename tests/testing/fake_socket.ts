import type { Application } from "../../testing/websocket_communicator.ts";
import type { Socket, SocketEvents, Upgrade } from "../../consumers/socket.ts";

/** A socket whose other side reads when the test says so. */
export class FakeSocket implements Socket {
  bufferedAmount = 0;
  readonly sent: string[] = [];
  readonly closes: { readonly code: number; readonly reason: string }[] = [];
  /** What the connection listens with. */
  events: SocketEvents | undefined;

  send(text: string): void {
    this.sent.push(text);
  }

  close(code: number, reason: string): void {
    this.closes.push({ code, reason });
  }

  /** A frame of the client. */
  receive(data: unknown): void {
    this.events?.received(data);
  }

  /** Ends it. */
  end(code = 1000): void {
    this.events?.closed(code, "");
  }
}

/** Connects a {@linkcode FakeSocket} that opens at once. @returns It, and the response. */
export async function connectFake(
  app: Application,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ socket: FakeSocket; response: Response }> {
  const socket = new FakeSocket();
  const upgrade: Upgrade = (events) => {
    socket.events = events;
    queueMicrotask(() => events.opened());
    return { socket, response: new Response(null, { status: 204 }) };
  };
  const response = await app.request(path, {
    headers: {
      "connection": "Upgrade",
      "upgrade": "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      ...headers,
    },
  }, { upgrade });
  return { socket, response };
}
