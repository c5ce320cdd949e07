/**
 * Cuts a server's byte stream into WebSocket frames (RFC 6455 §5.2) without copying payloads: one buffer a socket,
 * read into and parsed in place.
 *
 * @module
 */

/** Opcodes that a server sends here. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** One socket's receive buffer. The frame found by {@linkcode FrameReader.next} is valid until the next `space`. */
export class FrameReader {
  /** The found frame's opcode. */
  opcode = 0;
  /** Where the found frame's payload begins in `bytes`. */
  start = 0;
  /** The found frame's payload length in bytes. */
  length = 0;

  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;
  #from = 0;
  #to = 0;
  #wantedBytes = 0;

  /** @param bufferBytes First size of the buffer; it grows to the longest frame met. */
  constructor(bufferBytes: number) {
    this.#bytes = new Uint8Array(bufferBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** The buffer: a `DataView` reads whole words at any offset. */
  get view(): DataView<ArrayBuffer> {
    return this.#view;
  }

  /** The found frame's payload, in place. */
  get payload(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(this.start, this.start + this.length);
  }

  /** Received bytes that no frame has taken yet, in place. */
  get pending(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(this.#from, this.#to);
  }

  /** Drops bytes that are not frames: the answer to the handshake. */
  skip(bytes: number): void {
    this.#from += bytes;
  }

  /** Where to read to next: at least what the frame under way still lacks, or a good part of the buffer. */
  space(): Uint8Array<ArrayBuffer> {
    if (this.#from === this.#to) this.#from = this.#to = 0;
    const size = this.#bytes.length;
    const wanted = Math.max(this.#wantedBytes, this.#to - this.#from + 1);
    if (this.#from + wanted > size || size - this.#to < size / 4) this.#moveToFront(wanted);
    return this.#bytes.subarray(this.#to);
  }

  /** Says that `bytes` were read into {@linkcode FrameReader.space}. */
  filled(bytes: number): void {
    this.#to += bytes;
  }

  /** Finds the next whole frame; false when more bytes are needed. */
  next(): boolean {
    const available = this.#to - this.#from;
    this.#wantedBytes = 0;
    if (available < 2) return false;
    const first = this.#view.getUint8(this.#from);
    const second = this.#view.getUint8(this.#from + 1);
    const short = second & 0x7f;
    const headBytes = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (available < headBytes) return false;
    const length = short < 126
      ? short
      : short === 126
      ? this.#view.getUint16(this.#from + 2)
      : Number(this.#view.getBigUint64(this.#from + 2));
    // A server never masks (§5.1). None of those measured fragments, and joining fragments would cost a copy.
    if (second & 0x80) throw new Error("Cannot read the stream: the server masks its frames");
    if (!(first & 0x80) || first & 0x70 || (first & 0x0f) === OPCODE.continuation) {
      throw new Error(`Cannot read a fragmented or extended frame: its first byte is ${first}`);
    }
    if (length > MAX_FRAME_BYTES) {
      throw new Error(`Cannot take a frame over ${MAX_FRAME_BYTES} bytes: it has ${length}`);
    }
    if (available < headBytes + length) {
      this.#wantedBytes = headBytes + length;
      return false;
    }
    this.opcode = first & 0x0f;
    this.start = this.#from + headBytes;
    this.length = length;
    this.#from = this.start + length;
    return true;
  }

  #moveToFront(wanted: number): void {
    const source = this.#bytes;
    if (wanted > source.length) {
      this.#bytes = new Uint8Array(2 ** Math.ceil(Math.log2(wanted)));
      this.#view = new DataView(this.#bytes.buffer);
      this.#bytes.set(source.subarray(this.#from, this.#to));
    } else {
      source.copyWithin(0, this.#from, this.#to);
    }
    this.#to -= this.#from;
    this.#from = 0;
  }
}
