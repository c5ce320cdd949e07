import type { Hono } from "hono";
import { denoUpgrade } from "../../routes/deno_socket.ts";
import type { Env } from "../../routes/websocket.ts";

/** An application on a port of its own, as `isolate.ts` serves it. */
export interface Listening extends AsyncDisposable {
  readonly port: number;
}

/** Serves an application on 127.0.0.1; the end of its scope ends it, whatever its clients do. */
export function listen(app: Hono<Env>, openTimeoutMs?: number): Listening {
  const abort = new AbortController();
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", signal: abort.signal, onListen() {} },
    (request, info) =>
      app.fetch(request, {
        remoteAddr: info.remoteAddr,
        ...(openTimeoutMs !== undefined && { upgrade: denoUpgrade(request, openTimeoutMs) }),
      }),
  );
  return {
    port: server.addr.port,
    async [Symbol.asyncDispose]() {
      abort.abort();
      await server.finished;
    },
  };
}

/** What came back over a bare TCP connection. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Headers;
  readonly body: string;
}

/**
 * Sends a request byte for byte, as no HTTP client would: nothing of it is normalized or refused on the way.
 *
 * @param head Request line and headers, a line each; `Host` and the end are added unless they are there.
 */
export async function exchange(port: number, head: string, body: string | Uint8Array = ""): Promise<RawAnswer> {
  const lines = head.trim().split("\n").map((line) => line.trim());
  if (!/^host:/im.test(head)) lines.push("Host: chat.test");
  if (!/^upgrade:/im.test(head)) lines.push("Connection: close");
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  if (bytes.length > 0 && !/^transfer-encoding:/im.test(head)) lines.push(`Content-Length: ${bytes.length}`);
  using connection = await Deno.connect({ port, hostname: "127.0.0.1" });
  const request = new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`);
  for (const part of [request, bytes]) {
    for (let sent = 0; sent < part.length;) sent += await connection.write(part.subarray(sent));
  }
  return await readAnswer(connection);
}

/** Reads until the answer is whole: its length is said, or the connection ends, or it is upgraded and does not. */
async function readAnswer(connection: Deno.Conn): Promise<RawAnswer> {
  const buffer = new Uint8Array(65_536);
  let bytes = new Uint8Array(0);
  for (;;) {
    const answer = parseAnswer(bytes);
    if (answer?.isWhole) return answer;
    const count = await connection.read(buffer).catch(() => null);
    if (count === null) return answer ?? { status: 0, headers: new Headers(), body: "" };
    bytes = new Uint8Array([...bytes, ...buffer.subarray(0, count)]);
  }
}

function parseAnswer(bytes: Uint8Array): RawAnswer & { isWhole: boolean } | undefined {
  // One character a byte, so that lengths are lengths.
  const text = [...bytes].map((byte) => String.fromCharCode(byte)).join("");
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [first = "", ...fields] = text.slice(0, end).split("\r\n");
  const status = Number(first.split(" ")[1]);
  const headers = new Headers(
    fields.map((
      field,
    ): [string, string] => [field.slice(0, field.indexOf(":")), field.slice(field.indexOf(":") + 1).trim()]),
  );
  const length = status === 101 || status === 304 ? "0" : headers.get("content-length");
  const body = new TextDecoder().decode(bytes.subarray(end + 4));
  return { status, headers, body, isWhole: length !== null && bytes.length >= end + 4 + Number(length) };
}

/** A WebSocket client over TCP: what it received, and how it was closed. */
export class Visitor {
  readonly socket: WebSocket;
  readonly received: unknown[] = [];
  readonly opened: Promise<void>;
  readonly closed: Promise<{ code: number; reason: string }>;

  constructor(port: number, path: string, protocols: string | string[] = []) {
    const socket = this.socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols);
    socket.onmessage = ({ data }) => void this.received.push(data);
    socket.onerror = () => {};
    const closed = Promise.withResolvers<{ code: number; reason: string }>();
    this.closed = closed.promise;
    this.opened = new Promise((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onclose = ({ code, reason }) => {
        closed.resolve({ code, reason });
        reject(new Error(`${path} was closed with ${code}`));
      };
    });
    this.opened.catch(() => {});
  }

  /** Closes it, and waits until it is. */
  async leave(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}
