/**
 * A room and its model, side by side: commands of several people on several isolates, one after the other and at the same time. See
 * `model/` for what is compared.
 */

import fc from "fast-check";
import { type Intent, oneByOne, together } from "./model/commands.ts";
import { type RoomKind, runRoom } from "./model/run_room.ts";
import { ModelStage } from "./model/stage.ts";

/** Set it for a longer run: so many times as many sequences. */
const LONGER = 1;
const RUNS = 50 * LONGER;
/** Milliseconds after which a test that found nothing begins no other run, and one that found something looks for nothing smaller. */
const MOST_MS = 20_000 * LONGER;
const MAX_COMMANDS = 60;
const MAX_GROUPS = 14;
const SEED = Number(Deno.env.get("CI") === undefined ? Date.now() % 2 ** 31 : 1);

const kind = fc.oneof(
  { weight: 3, arbitrary: fc.constant<RoomKind>("public") },
  { weight: 4, arbitrary: fc.constantFrom<RoomKind>("private", "direct", "slow") },
  { weight: 2, arbitrary: fc.constant<RoomKind>("old") },
);
const places = fc.array(fc.nat(2_000), { minLength: 1, maxLength: 3 });

/** A run that has begun is ended: fast-check's own limit would leave it behind, with its timers and a closed database. */
async function tryRooms(commands: fc.Arbitrary<Intent[][]>): Promise<void> {
  console.log(`seed ${SEED}`);
  await using stage = await ModelStage.open();
  const end = performance.now() + MOST_MS;
  const property = fc.asyncProperty(kind, commands, places, async (...given) => {
    if (performance.now() < end) await runRoom(stage, ...given);
  });
  await fc.assert(property, { numRuns: RUNS, seed: SEED });
}

Deno.test("a room is what its model is after any commands, on every isolate: log, documents, counts and answers", async () => {
  await tryRooms(oneByOne(MAX_COMMANDS));
});

Deno.test("commands that meet each other are answered as some order explains, and the log says in which", async () => {
  await tryRooms(together(MAX_GROUPS));
});
