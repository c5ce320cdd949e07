/**
 * A WebSocket client on a bare file descriptor: large chunks in, frames out in place.
 *
 * @module
 */

import { encodeClientFrame } from "./client_frame.ts";
import { FrameReader, OPCODE } from "./frame_reader.ts";
import { connectLoopback, type Libc, MSG } from "./libc.ts";

/** Where and how to connect. */
export interface RawSocketOptions {
  /** Port on 127.0.0.1. */
  readonly port: number;
  /** Path and query. */
  readonly path: string;
  /** Subprotocol to ask for; undefined asks for none. */
  readonly protocol: string | undefined;
  /** First size of the receive buffer. */
  readonly bufferBytes: number;
}

/** Takes a text frame: the reader stands at it. */
export type OnText = (reader: FrameReader) => void;

const ANSWER_TIMEOUT_MS = 10_000;

/** One open connection. Frames that are not text (ping, close) never reach the caller. */
export class RawSocket {
  /** True once either side has ended the connection. */
  closed = false;
  /** The file descriptor; not to be used once `closed`. */
  readonly fd: number;

  readonly #libc: Libc;
  readonly #reader: FrameReader;
  /** What the kernel would not take yet; the first may be a part of a frame. */
  #outbox: Uint8Array<ArrayBuffer>[] = [];

  /** Connects and shakes hands; throws with the server's status line when it is not 101. */
  constructor(libc: Libc, { port, path, protocol, bufferBytes }: RawSocketOptions) {
    this.#libc = libc;
    this.fd = connectLoopback(libc, port, ANSWER_TIMEOUT_MS);
    this.#reader = new FrameReader(bufferBytes);
    const lines = [
      `GET ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: bWFydSBiZW5jaCBsb2FkIQ==",
    ];
    if (protocol !== undefined) lines.push(`Sec-WebSocket-Protocol: ${protocol}`);
    this.#write(new TextEncoder().encode(lines.join("\r\n") + "\r\n\r\n"));
    this.#readHandshake();
  }

  /** Whether the kernel has not taken everything yet: call `flush` again. */
  get isBlocked(): boolean {
    return this.#outbox.length > 0;
  }

  /** Sends a text frame; never waits, and keeps the order. */
  send(text: string): void {
    this.#write(encodeClientFrame(OPCODE.text, text));
  }

  /** Waits for the next text frame: for the conversation before the traffic. */
  readText(): string {
    const reader = this.#reader;
    for (;;) {
      while (reader.next()) {
        if (reader.opcode === OPCODE.text) return new TextDecoder().decode(reader.payload);
        this.#control();
      }
      this.#waitForBytes();
    }
  }

  /** Takes what one read brings, without waiting; `onText` is called for each text frame in it. */
  receive(onText: OnText): void {
    const reader = this.#reader;
    const space = reader.space();
    const bytes = this.#libc.recv(this.fd, space, space.length, MSG.dontWait);
    // The poller said that there is something: nothing at all, or an error, is the end of the connection.
    if (bytes <= 0) return this.close();
    reader.filled(bytes);
    while (reader.next()) {
      if (reader.opcode === OPCODE.text) onText(reader);
      else this.#control();
    }
  }

  /** Offers the kernel what it did not take before. */
  flush(): void {
    for (let frame = this.#outbox[0]; frame !== undefined && !this.closed; frame = this.#outbox[0]) {
      const sent = this.#libc.send(this.fd, frame, frame.length, MSG.dontWait | MSG.noSignal);
      if (sent >= frame.length) this.#outbox.shift();
      else if (sent > 0) this.#outbox[0] = frame.subarray(sent);
      else return;
    }
  }

  /** Drops the TCP connection without a closing handshake. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#outbox = [];
    this.#libc.close(this.fd);
  }

  #readHandshake(): void {
    for (;;) {
      this.#waitForBytes();
      const text = new TextDecoder("latin1").decode(this.#reader.pending);
      const end = text.indexOf("\r\n\r\n");
      if (end < 0) continue;
      if (!text.startsWith("HTTP/1.1 101 ")) throw new Error(`Cannot shake hands: ${text.split("\r\n", 1)[0]}`);
      this.#reader.skip(end + 4);
      return;
    }
  }

  #waitForBytes(): void {
    const space = this.#reader.space();
    const bytes = this.#libc.recv(this.fd, space, space.length, MSG.none);
    if (bytes <= 0) {
      this.close();
      throw new Error(`Cannot read: the server ended the connection, or said nothing for ${ANSWER_TIMEOUT_MS} ms`);
    }
    this.#reader.filled(bytes);
  }

  #control(): void {
    if (this.#reader.opcode === OPCODE.ping) this.#write(encodeClientFrame(OPCODE.pong, this.#reader.payload));
    if (this.#reader.opcode === OPCODE.close) this.close();
  }

  #write(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.closed) return;
    this.#outbox.push(bytes);
    if (this.#outbox.length === 1) this.flush();
  }
}
