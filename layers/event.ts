import { ChatError } from "../protocol/errors.ts";
import type { LayerEvent } from "./layer.ts";

/** Bytes of an event as Deno KV stores it: one value (65,536) with room for what goes around it. */
export const MAX_EVENT_BYTES = 60_000;

/**
 * Encodes an event, once for its whole life: this string is stored, fed and sent.
 *
 * @returns The JSON, and its size as Deno KV stores it, in bytes.
 * @throws {ChatError} `too_long`.
 */
export function encodeEvent(event: LayerEvent): { json: string; bytes: number } {
  const json = JSON.stringify(event);
  const bytes = storedBytes(json);
  if (bytes > MAX_EVENT_BYTES) {
    throw new ChatError("too_long", `Cannot publish an event over ${MAX_EVENT_BYTES} bytes: it has ${bytes}`);
  }
  return { json, bytes };
}

/** Decodes what {@linkcode encodeEvent} encoded. */
export function decodeEvent(json: string): LayerEvent {
  // Only encodeEvent makes these strings, out of events.
  return JSON.parse(json) as LayerEvent;
}

/** Whether the first entry's event says the same as one that is published with its key. */
export function isSameEvent(first: LayerEvent, json: string, isSame?: (first: LayerEvent) => boolean): boolean {
  return isSame === undefined ? JSON.stringify(first) === json : isSame(first);
}

/** Bytes of a string as Deno KV stores it: V8 serializes it with one byte a character when all fit, else with two. */
export function storedBytes(json: string): number {
  // deno-lint-ignore no-control-regex
  return (/[^\x00-\xff]/.test(json) ? 2 * json.length : json.length) + 8;
}
