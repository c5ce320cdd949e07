/**
 * One client's ear: takes every text frame of its socket to the books.
 *
 * @module
 */

import type { Adapter } from "./adapters/adapter.ts";
import type { Entered } from "./enter_all.ts";
import type { FrameGraph } from "./frame_graph.ts";
import type { OnText } from "./raw_socket.ts";
import type { Tally } from "./tally.ts";

/** What all receivers of a run share, and count together. */
export interface Shared {
  readonly adapter: Adapter;
  readonly graph: FrameGraph;
  readonly tally: Tally;
  framesParsed: number;
  framesRecognized: number;
  gaps: number;
  foreign: number;
  refused: number;
  refusal?: string;
}

const decoder = new TextDecoder();

/** What takes the text frames of one client. `client` is the row in the books. */
export function createReceiver(shared: Shared, { socket, key }: Entered, client: number): OnText {
  const { adapter, graph, tally } = shared;
  let state = graph.state(key);

  return (reader) => {
    let edge = graph.find(state, reader.view, reader.start, reader.length);
    if (edge !== undefined) {
      shared.framesRecognized++;
    } else {
      shared.framesParsed++;
      const received = adapter.read(decoder.decode(reader.payload));
      switch (received.kind) {
        case "messages":
          edge = graph.add(state, reader.payload, received);
          break;
        case "ack":
          return tally.acknowledged(received.message);
        case "reply":
          return socket.send(received.text);
        case "refused":
          shared.refused++;
          shared.refusal ??= received.reason;
          return;
        case "foreign":
          shared.foreign++;
          return;
        default:
          return received satisfies never;
      }
    }
    if (edge.gap) shared.gaps++;
    tally.delivered(client, edge.numbers, performance.now());
    state = edge.to;
  };
}
