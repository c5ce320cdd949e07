import { assertEquals, assertLess } from "@std/assert";
import { z } from "zod";
import { until } from "../layers/until.ts";
import { Client } from "./client.ts";
import { Person, roomPath } from "./http.ts";
import { newFolder, startServer } from "./server.ts";

const JOBS = 3;
/** So many that each isolate has some. */
const PEOPLE = 12;
const ROOM = "마루";

const peopleFrame = z.object({
  type: z.literal("people"),
  room: z.literal(ROOM),
  changes: z.array(z.object({ at: z.number(), user: z.object({ id: z.string() }), here: z.boolean() })),
});
const list = z.object({
  people: z.array(z.object({ user: z.object({ id: z.string() }) })),
  next: z.string().optional(),
});
const lastSeen = z.object({ here: z.boolean(), seen: z.number().optional() });

Deno.test(`${PEOPLE} people on ${JOBS} isolates: everyone hears once of each who comes and goes, and of nobody who only reloads`, async () => {
  await using folder = await newFolder();
  await using server = await startServer({ KV_URL: folder.database, RATE_SCALE: "0", DENO_JOBS: String(JOBS) });
  const residents: Resident[] = [];
  try {
    for (let i = 0; i < PEOPLE; i++) residents.push(await Resident.arrive(server.url, `resident ${i}`));
    const late = await Resident.arrive(server.url, "late");
    for (const { changes } of residents) {
      await until(() => changes.some(([id]) => id === late.id), "everyone hears who comes", 2_000);
    }
    // A second device, and a page that is loaded again: nobody is told.
    const [reloads] = residents;
    if (reloads === undefined) throw new Error("nobody is there");
    const second = await Resident.arrive(server.url, "", late.token);
    await late.client.close();
    await reloads.client.close();
    const reloaded = await Resident.arrive(server.url, "", reloads.token);
    const others = residents.slice(1);
    const here = (await peopleOf(reloaded)).toSorted();
    assertEquals(here, [reloaded.id, ...others.map(({ id }) => id), late.id].toSorted());
    // And who goes with their last device goes.
    const goneAt = performance.now();
    await second.client.close();
    for (const { changes } of others) {
      await until(() => changes.some(([id, isHere]) => id === late.id && !isHere), "everyone hears who goes", 6_000);
    }
    const tookMs = performance.now() - goneAt;
    for (const [i, { changes, client }] of others.entries()) {
      // Of those who had come just before it may have heard, too.
      const later = [...residents.slice(i + 2), late].map(({ id }) => id);
      const heard = changes.filter(([id]) => later.includes(id));
      const expected: Change[] = [...later.map((id): Change => [id, true]), [late.id, false]];
      assertEquals(heard.toSorted(byPerson), expected.toSorted(byPerson), `resident ${i + 1}`);
      // Two isolates tell of who comes to them at their own pace; but in one order to all.
      assertEquals(
        heard,
        others[0]?.changes.filter(([id]) => later.includes(id)),
        `order that resident ${i + 1} heard`,
      );
      assertEquals(changes.filter(([id, isHere]) => id === reloads.id && !isHere), [], "a reload was told");
      assertEquals(client.faults, []);
    }
    console.log(`${PEOPLE} people on ${JOBS} isolates: all told that one was gone after ${tookMs.toFixed()} ms`);
    assertLess(tookMs, 5_000);
    const asker = new Person(server.http, { token: reloaded.token });
    const { here: isHere, seen = 0 } = lastSeen.parse(await asker.ask("GET", roomPath(ROOM, "people", late.id)));
    assertEquals(isHere, false);
    assertLess(Math.abs(seen - Date.now()), 60_000);
    await reloaded.client.close();
  } finally {
    await Promise.all(residents.map(({ client }) => client.close()));
  }
});

type Change = readonly [id: string, here: boolean];

/** Who goes stands after who comes, as `sort` is stable. */
function byPerson([a]: Change, [b]: Change): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Somebody who has the room open, and hears who comes and goes. */
class Resident {
  readonly client: Client;
  readonly changes: Change[] = [];
  id = "";
  token = "";

  private constructor(url: string) {
    this.client = new Client(url);
    this.client.heard = (frame) => {
      for (const { user, here } of peopleFrame.safeParse(frame).data?.changes ?? []) this.changes.push([user.id, here]);
    };
  }

  static async arrive(url: string, name: string, token?: string): Promise<Resident> {
    const resident = new Resident(url);
    const hello = await resident.client.hello(token === undefined ? { name } : { token });
    resident.id = hello.user.id;
    resident.token = hello.token;
    await resident.client.join(ROOM, undefined, {}, { people: true });
    return resident;
  }
}

async function peopleOf({ client }: Resident): Promise<string[]> {
  return list.parse(await client.do("people", { room: ROOM })).people.map(({ user }) => user.id);
}
