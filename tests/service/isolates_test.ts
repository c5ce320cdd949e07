import { assert, assertEquals, assertLess } from "@std/assert";
import { checkTogether, Ledger } from "./ledger.ts";
import { everyone, Member } from "./member.ts";
import { groupByIsolate, tokenOf } from "./same_isolate.ts";
import { newFolder, startServer, within } from "./server.ts";

const JOBS = 3;
const CLIENTS = 50;
/** Messages of each client, as fast as they are acknowledged. */
const MESSAGES = 40;
const ROUNDS = 30;
const MAX_MEDIAN_MS = 150;

Deno.test(`${CLIENTS} clients on ${JOBS} isolates, all sending, see the same order, across isolates within milliseconds`, async () => {
  await using folder = await newFolder();
  await using server = await startServer({ KV_URL: folder.database, SEND_RATE: "0", DENO_JOBS: String(JOBS) });
  const where = { http: server.http, url: server.url, room: "everyone" };
  const ledger = new Ledger();
  const token = await tokenOf(server.url);
  let watch: Watch | undefined;
  const members: Member[] = Array.from({ length: CLIENTS }, (_, i) => {
    const member: Member = new Member({
      ...{ name: `client${i}`, room: where.room, ledger, url: () => server.url, token },
      onEvents: (events) => {
        if (events.some(({ message }) => watch !== undefined && message?.text.endsWith(watch.mark))) {
          watch?.heard(member);
        }
      },
    });
    return member;
  });
  try {
    await everyone(members, (member) => member.isIn, "has joined");
    const isolates = await groupByIsolate(members);
    assertEquals(isolates.length, JOBS, `the clients are on ${isolates.length} isolates`);

    const start = performance.now();
    const saying = members.map(async (member) => {
      for (let i = 0; i < MESSAGES; i++) await member.say("x".repeat(60));
    });
    assert(await within(Promise.all(saying), 60_000), "not everything was acknowledged");
    const loadMs = performance.now() - start;

    const latencies: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const turn = round % JOBS;
      const [from, ...others] = [...isolates.slice(turn), ...isolates.slice(0, turn)].flatMap(([first]) => first ?? []);
      const sentAt = performance.now();
      const waiting = new Set(others);
      const all = Promise.withResolvers<void>();
      watch = {
        mark: `round ${round}`,
        heard(by) {
          if (!waiting.delete(by)) return;
          latencies.push(performance.now() - sentAt);
          if (waiting.size === 0) all.resolve();
        },
      };
      await from?.say(watch.mark);
      assert(await within(all.promise.then(() => true), 10_000), `round ${round} did not come to every isolate`);
    }
    latencies.sort((a, b) => a - b);
    const median = latencies[Math.floor(latencies.length / 2)] ?? Infinity;

    const { acknowledged } = await checkTogether(where, ledger, members);
    console.log(
      `${CLIENTS} clients on isolates of ${
        isolates.map(({ length }) => length).join(", ")
      }: ${acknowledged} messages in the same ` +
        `order for all, ${Math.round(CLIENTS * MESSAGES / loadMs * 1_000)} a second; across isolates ${
          median.toFixed(1)
        } ms ` +
        `(median), ${latencies.at(-1)?.toFixed(1)} ms (longest of ${latencies.length})`,
    );
    assertLess(median, MAX_MEDIAN_MS);
  } finally {
    await Promise.all(members.map((member) => member.leave()));
  }
});

interface Watch {
  /** What the text ends with. */
  readonly mark: string;
  readonly heard: (by: Member) => void;
}
