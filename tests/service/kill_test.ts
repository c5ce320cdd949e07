import { assert } from "@std/assert";
import { seeded } from "../layers/random.ts";
import { everyone, Member } from "./member.ts";
import { checkTogether, Ledger } from "./ledger.ts";
import { connectRaw } from "./raw_socket.ts";
import { newFolder, pause, startServer } from "./server.ts";

const ROOM = "killed";
const KILLS = 10;
/** Milliseconds from a start to the next kill, at most: some hit sockets that are still opening and joining. */
const MAX_LIFE_MS = 1_000;
/** Every so many kills come in the middle of a drain. */
const DRAIN_EVERY = 5;
const MAX_DRAIN_MS = 30;

/** Messages on the way at a time, for each of those who write; the last of them never sends anything again. */
const WINDOWS = [1, 1, 4, 8, 32, 4];

for (const jobs of [1, 2]) {
  const isolates = jobs === 1 ? "one isolate" : `${jobs} isolates`;
  Deno.test(`kill -9 at ${KILLS} random moments under load, ${isolates}: what was acknowledged is there, once and in order`, async () => {
    const random = seeded(jobs);
    await using folder = await newFolder();
    const settings = { KV_URL: folder.database, SEND_RATE: "0", RATE_SCALE: "0", DENO_JOBS: String(jobs) };
    const ledger = new Ledger();
    let server = await startServer(settings);
    const common = { room: ROOM, ledger, url: () => server.url };
    const writers = WINDOWS.map((window, i) =>
      new Member({
        ...common,
        name: `writer${i}`,
        window,
        resends: i < WINDOWS.length - 1,
        padding: () => "x".repeat(Math.floor(200 * random())),
      })
    );
    const readers = [
      new Member({ ...common, name: "reader" }),
      new Member({ ...common, name: "raw", connect: connectRaw() }),
    ];
    const members = [...writers, ...readers];
    try {
      await everyone(members, (member) => member.isIn, "has joined");
      for (const writer of writers) writer.write();
      for (let kill = 0; kill < KILLS; kill++) {
        await pause(MAX_LIFE_MS * random());
        if (kill % DRAIN_EVERY === 0) {
          server.signal("SIGTERM");
          await pause(MAX_DRAIN_MS * random());
        }
        await server.kill();
        server = await startServer(settings);
      }
      const { acknowledged, unacknowledged, keptUnacknowledged, resent } = await checkTogether(
        { http: server.http, url: server.url, room: ROOM },
        ledger,
        members,
      );
      console.log(
        `${KILLS} kills, ${isolates}: ${acknowledged} acknowledged, ${resent} sent again, ` +
          `${unacknowledged} never acknowledged (${keptUnacknowledged} of them kept), ` +
          `${members.reduce((sum, { joins }) => sum + joins, 0)} joins; lost, doubled, reordered: 0`,
      );
      assert(acknowledged >= 500 && resent >= KILLS, "there was no load to speak of");
    } finally {
      await Promise.all(members.map((member) => member.leave()));
      await server.kill();
    }
  });
}
