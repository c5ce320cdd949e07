/**
 * Rooms with a past: messages put into a database before a server is started on it, at times of one's choice.
 *
 * @module
 */

import { Messages } from "../../chat/messages.ts";
import { Standings } from "../../chat/standings.ts";
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
  const said = new Messages({ layer, standings: new Standings(layer), now: () => at });
  // One after the other: many people who send at once have no order among them.
  for (const message of messages) {
    at = message.at;
    await said.sendOpen({ id: `g_${message.name}`, name: message.name }, message.room, message.text);
  }
  await layer.close();
  kv.close();
}
