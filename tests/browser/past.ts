/**
 * Rooms with a past: messages put into a database before a server is started on it, at times of one's choice.
 *
 * @module
 */

import { Rooms } from "../../chat/rooms.ts";
import { openKvLayer } from "../../layers/kv.ts";

/** One message of the past. */
export interface Past {
  readonly room: string;
  readonly name: string;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * Writes messages as if they had been sent then.
 *
 * @param kvPath The database; made if there is none.
 * @param messages In the order of the log.
 */
export async function writePast(kvPath: string, messages: readonly Past[]): Promise<void> {
  const kv = await Deno.openKv(kvPath);
  const layer = await openKvLayer(kv);
  let at = 0;
  const rooms = new Rooms(layer, () => at);
  // Each takes its time when it is called, and the layer keeps the order of the calls: no need to wait in between.
  await Promise.all(messages.map((message) => {
    at = message.at;
    return rooms.send(message.room, { id: `g_${message.name}`, name: message.name }, { text: message.text });
  }));
  await layer.close();
  kv.close();
}
