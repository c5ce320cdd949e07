/**
 * Brings clients in, one after the other.
 *
 * @module
 */

import type { Adapter } from "./adapters/adapter.ts";
import type { Libc } from "./libc.ts";
import { RawSocket } from "./raw_socket.ts";

/** A connection that has entered. */
export interface Entered {
  readonly socket: RawSocket;
  /** The key of its first state. */
  readonly key: string;
}

/** What {@linkcode enterAll} needs. */
export interface EnterOptions {
  readonly libc: Libc;
  readonly adapter: Adapter;
  /** Port on 127.0.0.1. */
  readonly port: number;
  /** Number of the first client: it gives a client its name. */
  readonly first: number;
  /** How many clients. */
  readonly count: number;
  /** First size of each receive buffer. */
  readonly bufferBytes: number;
  /** Rooms that they are spread over. Default 1. */
  readonly rooms?: number;
}

/** Yields each client as it has entered, in the order of their numbers; throws as soon as one is refused. */
export function* enterAll(
  { libc, adapter, port, first, count, bufferBytes, rooms = 1 }: EnterOptions,
): Generator<Entered> {
  for (let client = first; client < first + count; client++) {
    const socket = new RawSocket(libc, { port, path: adapter.path(client), protocol: adapter.protocol, bufferBytes });
    yield { socket, key: adapter.enter(socket, client, rooms) };
  }
}
