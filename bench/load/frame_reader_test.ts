import { assertEquals, assertThrows } from "@std/assert";
import { FrameReader } from "./frame_reader.ts";

/** A server frame: unmasked. */
function serverFrame(length: number, fill: number): Uint8Array {
  const head = length < 126
    ? [0x81, length]
    : length < 65_536
    ? [0x81, 126, length >> 8, length & 0xff]
    : [0x81, 127, 0, 0, 0, 0, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff];
  const frame = new Uint8Array(head.length + length).fill(fill);
  frame.set(head);
  return frame;
}

/** Feeds bytes in chunks and collects the payloads' lengths and first bytes. */
function readAll(bytes: Uint8Array, chunkBytes: number, bufferBytes: number): [number, number | undefined][] {
  const reader = new FrameReader(bufferBytes);
  const found: [number, number | undefined][] = [];
  for (let at = 0; at < bytes.length;) {
    const space = reader.space();
    const chunk = bytes.subarray(at, at + Math.min(chunkBytes, space.length));
    space.set(chunk);
    reader.filled(chunk.length);
    at += chunk.length;
    while (reader.next()) {
      const isOneFill = reader.payload.every((byte) => byte === reader.payload[0]);
      found.push([isOneFill ? reader.length : -1, reader.payload[0]]);
    }
  }
  return found;
}

Deno.test("FrameReader finds frames of all three length forms, however the stream is cut", () => {
  const lengths = [1, 125, 126, 300, 65_535, 65_536, 70_000, 2];
  const frames = lengths.map((length, i) => serverFrame(length, i + 1));
  const stream = new Uint8Array(frames.flatMap((frame) => [...frame]));
  const expected = lengths.map((length, i): [number, number] => [length, i + 1]);
  for (const chunkBytes of [1, 7, 1_000, 1_000_000]) {
    for (const bufferBytes of [16, 4_096, 1_000_000]) {
      assertEquals(readAll(stream, chunkBytes, bufferBytes), expected);
    }
  }
});

Deno.test("FrameReader refuses what would make it count wrongly: masked frames and fragments", () => {
  assertThrows(() => readAll(new Uint8Array([0x81, 0x81, 0, 0, 0, 0, 65]), 100, 64), Error, "masks");
  assertThrows(() => readAll(new Uint8Array([0x01, 0x01, 65]), 100, 64), Error, "fragmented");
});
