import { assert, assertEquals, assertGreater } from "@std/assert";
import { z } from "zod";
import { seeded } from "../layers/random.ts";
import { Client, Lost, Refused, type RoomEvent } from "./client.ts";
import { Person, roomPath } from "./http.ts";
import { exportLog, type Line } from "./log.ts";
import { newFolder, pause, startServer, within } from "./server.ts";

const JOBS = 3;
const ROUNDS = 20;
const SOCKETS = 3;
/** Messages that each socket has on the way at a time. */
const WINDOW = 8;
const MAX_PAUSE_MS = 80;

const removed = z.object({ type: z.literal("removed"), room: z.string(), why: z.string() });

Deno.test(`${ROUNDS} bans of somebody who says and does as much as they can on ${SOCKETS} sockets: nothing of theirs lies behind the ban`, async () => {
  const random = seeded(19);
  await using folder = await newFolder();
  const settings = { KV_URL: folder.database, SEND_RATE: "0", RATE_SCALE: "0", DENO_JOBS: String(JOBS) };
  await using server = await startServer(settings);
  const owner = await Person.signIn(server.http, "whose room it is");
  const counts = { before: 0, refused: 0, reactions: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const room = `ban-${round}`;
    await owner.ask("POST", "/v1/rooms", { kind: "public", name: room });
    // What may mention somebody is decided in another way than what cannot, and slower.
    const text = round % 2 === 0 ? "더 빨리" : "@nobody 더 빨리";
    const culprit = await Person.signIn(server.http, "culprit");
    const sockets = await Promise.all(
      Array.from({ length: SOCKETS }, () => Sender.start(server.url, culprit, room, text)),
    );
    try {
      await pause(20 + MAX_PAUSE_MS * random());
      await owner.ask("PUT", roomPath(room, "bans", culprit.id), { reason: "a test" });
      for (const socket of sockets) {
        assertEquals(await within(socket.removed, 5_000), "banned", `round ${round}: a socket was not told`);
      }
      await Promise.all(sockets.map((socket) => socket.stop()));
      const log = await exportLog(owner, room);
      const at = log.findIndex((event) => event.type === "member" && event.change === "banned");
      assertGreater(at, 0, `round ${round}: there is no ban in the log`);
      const isTheirs = ({ user }: Line) => user.id === culprit.id;
      assertEquals(log.slice(at).filter(isTheirs), [], `round ${round}: something of theirs lies behind the ban`);
      const theirs = new Set(log.slice(0, at).filter(isTheirs).map(({ cursor }) => cursor));
      for (const { faults, acknowledged, heard } of sockets) {
        assertEquals(faults, [], `round ${round}`);
        for (const cursor of acknowledged) assert(theirs.has(cursor), `round ${round}: ${cursor} was lost`);
        // Nobody who is out hears what is said after it.
        assert(heard.every(({ cursor }) => cursor <= (log[at]?.cursor ?? "")), `round ${round}: heard beyond the ban`);
      }
      counts.before += theirs.size;
      counts.refused += sockets.reduce((sum, { refused }) => sum + refused, 0);
      counts.reactions += log.filter(({ type }) => type === "react").length;
    } finally {
      await Promise.all(sockets.map((socket) => socket.stop()));
    }
  }
  console.log(
    `${ROUNDS} bans amid ${counts.before} events of the banned (${counts.reactions} reactions), ${counts.refused} ` +
      `requests refused; behind a ban: 0`,
  );
  assertGreater(Math.min(counts.before, counts.refused, counts.reactions), ROUNDS, "there was no load to speak of");
});

/** One socket of somebody who sends, and gives emoji to what they sent, until they are told to stop. */
class Sender {
  readonly acknowledged: string[] = [];
  readonly heard: RoomEvent[] = [];
  refused = 0;
  /** Resolves with why they are out. */
  readonly removed: Promise<string>;
  readonly #client: Client;
  readonly #room: string;
  readonly #text: string;
  #loops: Promise<void>[] = [];
  #isOver = false;

  private constructor(url: string, room: string, text: string) {
    this.#text = text;
    const client = this.#client = new Client(url);
    this.#room = room;
    this.removed = new Promise((resolve) => {
      client.heard = (frame) => {
        const { data } = removed.safeParse(frame);
        if (data?.room === room) resolve(data.why);
      };
    });
  }

  static async start(url: string, person: Person, room: string, text: string): Promise<Sender> {
    const sender = new Sender(url, room, text);
    await sender.#client.hello({ token: person.token });
    await sender.#client.join(room, undefined, { events: (events) => sender.heard.push(...events) });
    sender.#loops = Array.from({ length: WINDOW }, () => sender.#run());
    return sender;
  }

  get faults(): readonly string[] {
    return this.#client.faults;
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#loops);
    await this.#client.close();
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      try {
        const { cursor } = await this.#client.send(this.#room, crypto.randomUUID(), this.#text);
        this.acknowledged.push(cursor);
        if (this.acknowledged.length % 4 === 0) {
          await this.#client.do("react", { room: this.#room, cursor, emoji: "🔥" });
        }
      } catch (error) {
        if (error instanceof Lost) return;
        if (!(error instanceof Refused && error.code === "forbidden")) throw error;
        // Some more, so that it is tried behind the ban, too.
        if (++this.refused % 5 === 0) return;
      }
    }
  }
}
