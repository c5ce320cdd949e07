/**
 * Client frames (RFC 6455 §5.3) with the masking key 0: masked as the standard demands, and the payload stays as it is.
 *
 * @module
 */

const encoder = new TextEncoder();

/** A whole frame, ready to be written. `opcode` as in {@linkcode OPCODE}; the payload may have up to 65,535 bytes. */
export function encodeClientFrame(opcode: number, payload: Uint8Array | string): Uint8Array<ArrayBuffer> {
  const body = typeof payload === "string" ? encoder.encode(payload) : payload;
  if (body.length > 0xffff) throw new RangeError(`Cannot encode more than 65535 bytes: there are ${body.length}`);
  const lengthBytes = body.length < 126 ? 0 : 2;
  const frame = new Uint8Array(2 + lengthBytes + 4 + body.length);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (lengthBytes === 0 ? body.length : 126);
  if (lengthBytes === 2) new DataView(frame.buffer).setUint16(2, body.length);
  frame.set(body, 2 + lengthBytes + 4);
  return frame;
}
