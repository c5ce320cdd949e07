import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { z } from "zod";
import { until } from "../layers/until.ts";
import { Client, Refused } from "./client.ts";
import { Person } from "./http.ts";
import { groupByIsolate } from "./same_isolate.ts";
import { newFolder, startServer } from "./server.ts";

const JOBS = 2;
/** So many that both isolates have some. */
const TABS = 10;
const ROUNDS = 5;
const MESSAGES = 7;
const MAX_MS = 1_000;
const ROOM = "read";

const counted = z.object({
  rooms: z.array(z.object({
    room: z.object({ name: z.string() }),
    head: z.string(),
    marker: z.string().optional(),
    unread: z.number(),
    mentions: z.number(),
  })),
});
const marked = z.object({ cursor: z.string() });
const personFrame = z.object({
  type: z.literal("person"),
  events: z.array(z.looseObject({ type: z.string(), room: z.string().optional(), cursor: z.string().optional() })),
});
const activity = z.looseObject({ type: z.literal("activity"), room: z.string() });

Deno.test(`what is unread, and how far was read, is the same in two tabs on two isolates within ${MAX_MS} ms`, async () => {
  await using folder = await newFolder();
  await using server = await startServer({ KV_URL: folder.database, SEND_RATE: "0", DENO_JOBS: String(JOBS) });
  const reader = await Person.signIn(server.http, "reader");
  const tabs = Array.from({ length: TABS }, () => new Tab(server.url));
  const writer = new Client(server.url);
  try {
    await writer.hello({ name: "writer" });
    await writer.join(ROOM);
    for (const tab of tabs) await tab.start(reader);
    const groups = await groupByIsolate(tabs, "search");
    assertEquals(groups.length, JOBS);
    const pair = groups.map(([tab]) => tab!);
    const times: number[] = [];
    /** How long it takes until it is so in both. */
    const inBoth = async (what: string, is: (counts: Counts) => boolean) => {
      const startedAt = performance.now();
      for (const tab of pair) await until(async () => is(await tab.counts()), what, 5_000);
      times.push(performance.now() - startedAt);
    };
    let old = "";
    for (let round = 0; round < ROUNDS; round++) {
      for (const tab of pair) tab.forget();
      let last = "";
      for (let i = 0; i < MESSAGES; i++) {
        const text = i === 0 ? "@reader 안녕" : "안녕";
        last = (await writer.send(ROOM, crypto.randomUUID(), text)).cursor;
      }
      await inBoth(`${MESSAGES} are unread`, ({ unread, mentions }) => unread === MESSAGES && mentions === 1);
      for (const tab of pair) await until(() => tab.activities > 0, "the tab hears that something happened", 3_000);

      const [from, to] = round % 2 === 0 ? pair : pair.toReversed();
      assert(from !== undefined && to !== undefined);
      assertEquals(marked.parse(await from.client.do("mark_read", { room: ROOM, cursor: last })), { cursor: last });
      const markedAt = performance.now();
      await until(() => to.markers.includes(last), "the other tab hears how far was read", 5_000);
      times.push(performance.now() - markedAt);
      await inBoth("nothing is unread", ({ unread, mentions, marker }) => unread + mentions === 0 && marker === last);
      // It only moves forward, whichever tab says what.
      if (old !== "") {
        assertEquals(marked.parse(await to.client.do("mark_read", { room: ROOM, cursor: old })), { cursor: last });
      }
      old = last;
    }
    for (const tab of pair) assertEquals(tab.client.faults, []);
    console.log(`${ROUNDS} rounds: the same in both tabs after ${times.map(Math.round).join(", ")} ms`);
    assertGreater(times.length, 3 * ROUNDS - 1);
    assertLess(Math.max(...times), MAX_MS);
  } finally {
    await Promise.all([writer, ...tabs.map(({ client }) => client)].map((client) => client.close()));
  }
});

interface Counts {
  readonly unread: number;
  readonly mentions: number;
  readonly marker: string | undefined;
}

/** A socket that watches all rooms of its person. */
class Tab {
  readonly client: Client;
  readonly markers: string[] = [];
  activities = 0;

  constructor(url: string) {
    this.client = new Client(url);
    this.client.heard = (frame) => {
      if (activity.safeParse(frame).data?.room === ROOM) this.activities++;
      for (const { type, room, cursor } of personFrame.safeParse(frame).data?.events ?? []) {
        if (type === "read" && room === ROOM && cursor !== undefined) this.markers.push(cursor);
      }
    };
  }

  async start({ token }: Person): Promise<void> {
    await this.client.hello({ token });
    await this.client.join(ROOM);
    await this.client.do("watch");
  }

  forget(): void {
    this.markers.length = 0;
    this.activities = 0;
  }

  async counts(): Promise<Counts> {
    for (;;) {
      try {
        const { rooms } = counted.parse(await this.client.do("my_rooms"));
        const found = rooms.find(({ room }) => room.name === ROOM);
        return { unread: found?.unread ?? -1, mentions: found?.mentions ?? -1, marker: found?.marker };
      } catch (error) {
        if (!(error instanceof Refused && error.code === "rate_limited")) throw error;
        await new Promise((resolve) => setTimeout(resolve, error.retryAfterMs));
      }
    }
  }
}
