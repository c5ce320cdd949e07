import { assert, assertLess } from "@std/assert";
import { checkTogether, Ledger } from "./ledger.ts";
import { everyone, Member } from "./member.ts";
import { newFolder, startServer, within } from "./server.ts";

/** Members of each process, and what each of them says as fast as it is acknowledged. */
const MEMBERS = 4;
const MESSAGES = 60;
/** Messages that are said one after the other, so that nothing but the poll brings them over. */
const ROUNDS = 6;
const MAX_CROSSING_MS = 2_000;

Deno.test("two processes on one database file hear each other within the poll, without a gap or a double", async () => {
  await using folder = await newFolder();
  const settings = { KV_URL: folder.database, SEND_RATE: "0", RATE_SCALE: "0", DENO_JOBS: "1" };
  await using one = await startServer(settings);
  await using other = await startServer(settings);
  const ledger = new Ledger();
  const room = "둘";
  const heard = new Map<string, (name: string) => void>();
  const members = [one, other].flatMap((server, process) =>
    Array.from({ length: MEMBERS }, (_, i) => {
      const name = `process${process}-${i}`;
      return new Member({
        ...{ name, room, ledger, url: () => server.url },
        onEvents: (events) => {
          for (const { message } of events) heard.get(message?.text.split(" ")[2] ?? "")?.(name);
        },
      });
    })
  );
  try {
    await everyone(members, (member) => member.isIn, "has joined");
    const saying = members.map(async (member) => {
      for (let i = 0; i < MESSAGES; i++) await member.say("x".repeat(100));
    });
    assert(await within(Promise.all(saying), 60_000), "not everything was acknowledged");

    const crossings: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const [from, to] = round % 2 === 0 ? [members[0]!, members[MEMBERS]!] : [members[MEMBERS]!, members[0]!];
      const arrival = Promise.withResolvers<number>();
      heard.set(`round${round}`, (name) => name === to.name && arrival.resolve(performance.now()));
      await from.say(`round${round}`);
      const acknowledgedAt = performance.now();
      const arrivedAt = await within(arrival.promise, 10_000);
      assert(arrivedAt !== undefined, `round ${round} did not come over within 10 s`);
      crossings.push(arrivedAt - acknowledgedAt);
    }

    for (const server of [one, other]) {
      const { acknowledged } = await checkTogether({ http: server.http, url: server.url, room }, ledger, members);
      console.log(
        `${acknowledged} acknowledged; from one process to the other ${crossings.map(Math.round).join(", ")} ms`,
      );
    }
    assertLess(Math.max(...crossings), MAX_CROSSING_MS);
  } finally {
    await Promise.all(members.map((member) => member.leave()));
  }
});
