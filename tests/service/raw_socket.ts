/**
 * A WebSocket client over a TCP connection of our own: it can be destroyed after any byte, it can stop reading, and it can
 * send what no proper client sends. RFC 6455.
 *
 * @module
 */

import { type Connect, type Link, type LinkEvents, SUBPROTOCOL } from "./link.ts";

/** Options of {@linkcode RawSocket}. */
export interface RawOptions {
  /** Bytes that come before the connection is destroyed, the handshake's included. Default: it is not. */
  readonly cutAfterBytes?: number;
}

const OPCODE = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;

/** A `Connect` that makes a {@linkcode RawSocket} a call. */
export function connectRaw(options: () => RawOptions = () => ({})): Connect {
  return (url, events) => new RawSocket(url, events, options());
}

/** See the module. */
export class RawSocket implements Link {
  readonly gone: Promise<void>;
  readonly #events: LinkEvents;
  #leftBytes: number;
  #conn: Deno.TcpConn | undefined;
  #isOver = false;
  #writing: Promise<unknown> = Promise.resolve();
  /** Set while reading is held. */
  #held: { readonly resumed: Promise<void>; readonly resume: () => void } | undefined;

  constructor(url: string, events: LinkEvents, options: RawOptions = {}) {
    this.#events = events;
    this.#leftBytes = options.cutAfterBytes ?? Infinity;
    this.gone = this.#run(new URL(url)).catch((error) => this.#over(1006, String(error)));
  }

  send(text: string): void {
    this.write(frame(OPCODE.text, new TextEncoder().encode(text)));
  }

  close(): void {
    this.write(frame(OPCODE.close, new Uint8Array([0x03, 0xe8])));
  }

  cut(): void {
    this.#over(1006, "cut");
  }

  /** Sends bytes as they are, after those that were sent before. */
  write(bytes: Uint8Array): void {
    if (this.#isOver) return;
    this.#writing = this.#writing.then(async () => {
      for (let sent = 0; sent < bytes.length && !this.#isOver;) {
        sent += await this.#conn?.write(bytes.subarray(sent)) ?? 0;
      }
    }).catch((error) => this.#over(1006, String(error)));
  }

  /** Stops to read. */
  hold(): void {
    if (this.#held !== undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = { resumed: promise, resume: resolve };
  }

  /** Reads on. */
  resume(): void {
    this.#held?.resume();
    this.#held = undefined;
  }

  async #run(url: URL): Promise<void> {
    const conn = await Deno.connect({ hostname: url.hostname, port: Number(url.port) });
    if (this.#isOver) return conn.close();
    this.#conn = conn;
    this.write(new TextEncoder().encode(handshake(url)));
    const chunks = this.#chunks(conn);
    let bytes: Uint8Array = new Uint8Array();
    let fragments: Uint8Array[] = [];
    let isOpen = false;
    for await (const chunk of chunks) {
      bytes = bytes.length === 0 ? chunk : concat([bytes, chunk]);
      if (!isOpen) {
        const rest = afterHead(bytes);
        if (rest === undefined) continue;
        bytes = rest;
        isOpen = true;
        if (!this.#isOver) this.#events.opened();
      }
      while (!this.#isOver) {
        const read = readFrame(bytes);
        if (read === undefined) break;
        bytes = bytes.subarray(read.length);
        fragments = this.#take(read, fragments);
      }
      bytes = bytes.slice();
      if (this.#isOver) return;
    }
    this.#over(1006, "the server ended the connection");
  }

  #take({ opcode, isFinal, payload }: Frame, fragments: Uint8Array[]): Uint8Array[] {
    switch (opcode) {
      case OPCODE.text:
      case OPCODE.continuation: {
        const all = [...fragments, payload];
        if (!isFinal) return all;
        this.#events.received(new TextDecoder("utf-8", { fatal: true }).decode(concat(all)));
        return [];
      }
      case OPCODE.ping:
        this.write(frame(OPCODE.pong, payload));
        return fragments;
      case OPCODE.pong:
        return fragments;
      case OPCODE.close: {
        const code = payload.length < 2 ? 1005 : (payload[0] ?? 0) << 8 | (payload[1] ?? 0);
        this.write(frame(OPCODE.close, payload.subarray(0, 2)));
        this.#writing.then(() => this.#over(code, new TextDecoder().decode(payload.subarray(2))));
        return fragments;
      }
      default:
        throw new Error(`A frame with the opcode ${opcode} came`);
    }
  }

  async *#chunks(conn: Deno.TcpConn): AsyncGenerator<Uint8Array> {
    while (!this.#isOver) {
      await this.#held?.resumed;
      if (this.#isOver) return;
      const chunk = new Uint8Array(Math.min(64 * 1024, this.#leftBytes));
      const length = await conn.read(chunk).catch(() => null);
      if (length === null) return;
      this.#leftBytes -= length;
      yield chunk.subarray(0, length);
      if (this.#leftBytes <= 0) return this.cut();
    }
  }

  #over(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.resume();
    // With bytes unread the kernel answers with a reset: the peer sees no orderly end.
    this.#conn?.close();
    this.#events.closed(code, reason);
  }
}

/** The request that opens a WebSocket. */
export function handshake(url: URL): string {
  const key = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
  return [
    `GET ${url.pathname} HTTP/1.1`,
    `Host: ${url.host}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${key}`,
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Protocol: ${SUBPROTOCOL}`,
    "\r\n",
  ].join("\r\n");
}

/** Asks for a WebSocket, and goes. @returns The head of the answer; undefined when the connection ended without one. */
export async function askForUpgrade(port: number): Promise<string | undefined> {
  try {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port });
    await conn.write(new TextEncoder().encode(handshake(new URL(`ws://127.0.0.1:${port}/ws`))));
    const bytes = new Uint8Array(4_096);
    const length = await conn.read(bytes);
    return length === null ? undefined : new TextDecoder().decode(bytes.subarray(0, length));
  } catch {
    // Nobody listens any more, or stopped to while it was asked.
    return undefined;
  }
}

/** What follows the head of the answer; undefined while there is no whole head. @throws When it is not 101. */
function afterHead(bytes: Uint8Array): Uint8Array | undefined {
  const end = bytes.findIndex((_, i) =>
    bytes[i] === 13 && bytes[i + 1] === 10 && bytes[i + 2] === 13 && bytes[i + 3] === 10
  );
  if (end < 0) return undefined;
  const head = new TextDecoder().decode(bytes.subarray(0, end));
  const status = head.slice(0, head.indexOf("\r\n"));
  if (!/^HTTP\/1\.1 101 /.test(status)) throw new Error(`The handshake was answered ${status}`);
  if (!head.toLowerCase().includes(`\r\nsec-websocket-protocol: ${SUBPROTOCOL}`)) {
    throw new Error(`The handshake was answered without ${SUBPROTOCOL}`);
  }
  return bytes.subarray(end + 4);
}

interface Frame {
  readonly opcode: number;
  readonly isFinal: boolean;
  readonly payload: Uint8Array;
  /** Bytes of all of it. */
  readonly length: number;
}

/** The first frame; undefined while it is not whole. */
function readFrame(bytes: Uint8Array): Frame | undefined {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return undefined;
  if ((first & 0x70) !== 0 || (second & 0x80) !== 0) throw new Error("A frame with reserved bits or a mask came");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const short = second & 0x7f;
  const start = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (bytes.length < start) return undefined;
  const size = short === 127 ? Number(view.getBigUint64(2)) : short === 126 ? view.getUint16(2) : short;
  if (bytes.length < start + size) return undefined;
  return {
    opcode: first & 0x0f,
    isFinal: (first & 0x80) !== 0,
    payload: bytes.subarray(start, start + size),
    length: start + size,
  };
}

/** A client's frame, masked as it must be. */
function frame(opcode: number, payload: Uint8Array): Uint8Array {
  const size = payload.length;
  const lengthBytes = size < 126 ? 0 : size < 65_536 ? 2 : 8;
  const bytes = new Uint8Array(2 + lengthBytes + 4 + size);
  const view = new DataView(bytes.buffer);
  bytes[0] = 0x80 | opcode;
  bytes[1] = 0x80 | (lengthBytes === 0 ? size : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) view.setUint16(2, size);
  if (lengthBytes === 8) view.setBigUint64(2, BigInt(size));
  const mask = crypto.getRandomValues(new Uint8Array(4));
  bytes.set(mask, 2 + lengthBytes);
  for (let i = 0; i < size; i++) bytes[6 + lengthBytes + i] = (payload[i] ?? 0) ^ (mask[i % 4] ?? 0);
  return bytes;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1 && parts[0] !== undefined) return parts[0];
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
