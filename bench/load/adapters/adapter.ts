/**
 * What differs between the servers under test: how a client comes in, how it says a message, and how it reads a frame.
 *
 * @module
 */

import type { ParsedMessages } from "../frame_graph.ts";
import type { RawSocket } from "../raw_socket.ts";

/** What a text frame turned out to be. */
export type Received =
  | ({ readonly kind: "messages" } & ParsedMessages)
  | { readonly kind: "ack"; readonly message: number }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "reply"; readonly text: string }
  | { readonly kind: "foreign" };

/** One protocol, from the client's side. */
export interface Adapter {
  /** Path and query of the handshake for client `client`. */
  path(client: number): string;
  /** Subprotocol to ask for; undefined asks for none. */
  readonly protocol: string | undefined;
  /** Whether the server answers each message; where it does not, sent counts as acknowledged. */
  readonly acknowledges: boolean;
  /** The conversation before any traffic, into one of so many rooms, where there are rooms; returns the key of the client's first state. */
  enter(socket: RawSocket, client: number, rooms: number): string;
  /** The text frame that says message `message`. */
  say(message: number): string;
  /** Reads a text frame. Called once for each distinct frame of messages, and for every other frame. */
  read(text: string): Received;
}
