/**
 * Many connections that say nothing: what does one cost in memory?
 *
 * @module
 */

import { adapterOf } from "./adapters/adapter_of.ts";
import { enterAll, type Entered } from "./enter_all.ts";
import { openLibc } from "./libc.ts";
import type { IdlePlan, LoadEvent } from "./plan.ts";
import { Poller } from "./poller.ts";

const BUFFER_BYTES = 1024;
/** Connections in one room. */
const ROOM_SIZE = 50;
/** Time that whoever takes the sample has before anything changes again. */
const SAMPLE_MS = 500;

/**
 * Opens one connection, so that code which only the first one loads is not charged to the others, and marks the base;
 * opens the rest and marks again. Pings are answered all the while.
 */
export function runIdle(plan: IdlePlan, run: string, mark: (event: LoadEvent) => void): void {
  const { port, settleMs, connections } = plan;
  const adapter = adapterOf(plan.adapter, run);
  const libc = openLibc();
  const poller = new Poller(libc);
  const all: Entered[] = [];
  // That somebody becomes a member is told to all who are in the room: thousands who enter one room would not be idle.
  const rooms = Math.ceil(connections / ROOM_SIZE);
  const pause = (ms: number) => poller.run(performance.now() + ms);
  const hold = (first: number, count: number) => {
    for (const one of enterAll({ libc, adapter, port, first, count, bufferBytes: BUFFER_BYTES, rooms })) {
      all.push(one);
      poller.add(one.socket, (reader) => {
        const received = adapter.read(new TextDecoder().decode(reader.payload));
        if (received.kind === "reply") one.socket.send(received.text);
      });
      poller.turn(0);
    }
    pause(settleMs);
  };

  hold(0, 1);
  mark({ event: "idle_base" });
  pause(SAMPLE_MS);
  hold(1, connections);
  const lost = all.filter(({ socket }) => socket.closed).length;
  if (lost > 0) throw new Error(`Cannot measure idle connections: the server has ended ${lost} of them`);
  mark({ event: "idle_full" });
  pause(SAMPLE_MS);
  for (const { socket } of all) socket.close();
}
