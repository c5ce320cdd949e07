/**
 * Parses each distinct frame once. In a room everyone gets the same bytes, so a frame that comes to 200 clients is
 * decoded for the first of them and recognized for the others by comparing bytes, word by word.
 *
 * The frames form a graph. A state is "what this client got last" (in `maru.v1` its cursor); an edge is a frame that
 * was seen to follow. A client at a state compares its next frame with the edges that leave it, most often one. Clients
 * of two isolates, or a client that the server reads on from the log, get other batches: they take other edges, and
 * meet the rest again at the next state that they share. Nothing is forgotten while a run lasts: runs are short.
 *
 * @module
 */

/** A frame that leads from one state to another. */
export interface FrameEdge {
  readonly bytes: DataView;
  /** The messages in the frame, as the numbers that their texts carry, in the frame's order. */
  readonly numbers: Int32Array;
  /** True when the frame does not say that it follows the state that it leaves. */
  readonly gap: boolean;
  readonly to: FrameState;
}

/** A place between two frames. */
export interface FrameState {
  /** What came last; the same key is the same state. */
  readonly key: string;
  readonly edges: FrameEdge[];
}

/** What an adapter read in a frame of messages. */
export interface ParsedMessages {
  /** The messages' numbers, in order. */
  readonly numbers: readonly number[];
  /** The key of the state after this frame. */
  readonly key: string;
  /** The key that the frame says it follows, where the protocol says so. */
  readonly prev?: string;
}

/** All frames and states of one run. */
export class FrameGraph {
  readonly #states = new Map<string, FrameState>();

  /** The state with this key, made if it is new. */
  state(key: string): FrameState {
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const state: FrameState = { key, edges: [] };
    this.#states.set(key, state);
    return state;
  }

  /** The edge that this frame is, if it was seen to leave `state` before. */
  find(state: FrameState, view: DataView, start: number, length: number): FrameEdge | undefined {
    for (const edge of state.edges) {
      if (edge.bytes.byteLength === length && sameBytes(edge.bytes, view, start)) return edge;
    }
    return undefined;
  }

  /** Adds a frame that was parsed just now. Its bytes are copied: the receive buffer will be used again. */
  add(state: FrameState, payload: Uint8Array, parsed: ParsedMessages): FrameEdge {
    const edge: FrameEdge = {
      bytes: new DataView(payload.slice().buffer),
      numbers: Int32Array.from(parsed.numbers),
      gap: parsed.prev !== undefined && parsed.prev !== state.key,
      to: this.state(parsed.key),
    };
    state.edges.push(edge);
    return edge;
  }
}

/** Whether all of `known` stands in `view` at `start`; the caller has compared the lengths. */
function sameBytes(known: DataView, view: DataView, start: number): boolean {
  const length = known.byteLength;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    if (known.getInt32(at, true) !== view.getInt32(start + at, true)) return false;
  }
  for (; at < length; at++) {
    if (known.getUint8(at) !== view.getUint8(start + at)) return false;
  }
  return true;
}
