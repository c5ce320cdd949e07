import { type Client, connect, type ConnectOptions } from "../../static/client.js";
import type { RoomEvent } from "../../static/client/events.js";

/** A client with real sockets, and what it was handed. */
export interface RealClient extends AsyncDisposable {
  readonly client: Client;
  /** What a page would show of each room, after `replace`s, oldest first: texts of messages. */
  texts(room: string): string[];
  /** The cursors of those messages. */
  ids(room: string): string[];
  /** The cursors of everything that happened, also of what is no message. */
  cursors(room: string): string[];
  /** Everything that happened, after `replace`s, oldest first. */
  events(room: string): readonly RoomEvent[];
  /** How often a room's page was replaced. */
  replaced(room: string): number;
  /** Every frame, `in …` or `out …`. */
  readonly frames: readonly string[];
  /** Waits until something holds; asked after every event of the client. */
  until(condition: () => boolean): Promise<void>;
}

/** What a test does to a socket. */
export interface SocketFaults {
  /** Whether a frame of the server comes through. Default: all do. */
  hears?: (text: string) => boolean;
  /** What a browser would say in the handshake. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Connects. Disposing of it closes the client and waits until its sockets are gone: the sanitizers would take one that
 * is still closing for a leak.
 *
 * @param url Of the server.
 * @param options The client's; without randomness, so that it comes back at once.
 * @param faults Read at every frame: a test may change it on the way.
 */
export function connectReal(url: string, options: ConnectOptions = {}, faults: SocketFaults = {}): RealClient {
  const gone: Promise<unknown>[] = [];
  class Watched extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, { protocols: [protocol], ...(faults.headers && { headers: faults.headers }) });
      gone.push(new Promise((done) => this.addEventListener("close", done)));
      // Before any handler of the client's.
      this.addEventListener("message", (event) => {
        if (faults.hears?.(String(event.data)) === false) event.stopImmediatePropagation();
      });
    }
  }
  const client = connect(url, { WebSocket: Watched, random: () => 0, ...options });
  const rooms = new Map<string, { events: RoomEvent[]; replaced: number }>();
  const frames: string[] = [];
  let wakes: (() => void)[] = [];
  const wake = () => {
    const waiting = wakes;
    wakes = [];
    for (const each of waiting) each();
  };
  const roomOf = (name: string) => {
    const room = rooms.get(name) ?? { events: [], replaced: 0 };
    rooms.set(name, room);
    return room;
  };
  client.on("events", ({ room: name, events, replace }) => {
    const room = roomOf(name);
    if (replace) {
      room.events = [];
      room.replaced++;
    }
    room.events.push(...events);
    wake();
  });
  client.on("frame", ({ direction, text }) => {
    frames.push(`${direction} ${text}`);
    wake();
  });
  const others = ["state", "hello", "message", "refused", "removed", "people", "activity", "person"] as const;
  for (const name of others) client.on(name, wake);

  return {
    client,
    frames,
    texts: (room) => roomOf(room).events.flatMap((event) => event.type === "message" ? [event.text] : []),
    ids: (room) => roomOf(room).events.flatMap((event) => event.type === "message" ? [event.cursor] : []),
    events: (room) => roomOf(room).events,
    cursors: (room) => roomOf(room).events.map(({ cursor }) => cursor),
    replaced: (room) => roomOf(room).replaced,
    async until(condition) {
      while (!condition()) await new Promise<void>((done) => wakes.push(done));
    },
    async [Symbol.asyncDispose]() {
      client.close();
      await Promise.all(gone);
    },
  };
}
