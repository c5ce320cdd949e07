import { Client } from "./client.ts";
import { Ledger } from "./ledger.ts";

/** With an author and a number in front it is one of the longest texts there are, of 12 kB. */
const PADDING = "마".repeat(3_980);
const AT_A_TIME = 50;

/** Says so many of the longest messages in a room; whoever is in it and does not read has all of them on the way. */
export async function flood(url: string, room: string, messages: number, ledger = new Ledger()): Promise<void> {
  const client = new Client(url);
  const send = async () => {
    const { key, text } = ledger.note("flood", PADDING);
    ledger.promised(key, await client.send(room, key, text));
  };
  try {
    await client.hello({ name: "flood" });
    await client.join(room);
    for (let left = messages; left > 0; left -= AT_A_TIME) {
      await Promise.all(Array.from({ length: Math.min(left, AT_A_TIME) }, send));
    }
  } finally {
    await client.close();
  }
}
