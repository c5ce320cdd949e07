import { assert, assertEquals, assertLess } from "@std/assert";
import { until } from "../layers/until.ts";
import { Client, type Message } from "./client.ts";
import { flood } from "./flood.ts";
import { INSPECTED, Inspector } from "./inspector.ts";
import { assertSameLog, checkTogether, Ledger, messagesOf, readWholeHistory } from "./ledger.ts";
import { Person } from "./http.ts";
import { everyone, Member } from "./member.ts";
import { RawSocket } from "./raw_socket.ts";
import { newFolder, pause, startServer, within } from "./server.ts";

const STALLED = 100;
/** Those of them that read again in the end: the others are gone for good. */
const WOKEN = 5;
const HEALTHY = 5;

const MESSAGES_PER_SECOND = 200;
const TEXT_LENGTH = 1_500;
const FLOW_MS = 5_000;
/** Of 12 kB: what the kernel takes for a peer that does not read is full after that. */
const FLOOD = 800;

/**
 * For each stalled reader the server may keep 256 KiB and a batch. Then there is what it keeps of the latest events for
 * everyone, 8 Mi characters, and what V8 has not collected yet: 85 MiB together. Without the bound it was 780.
 */
const MAX_GROWTH_MIB = 150;
/** What nobody may wait longer than, unless the machine is so busy that they waited a third of it before. */
const MAX_P99_MS = 2_000;

Deno.test(`${STALLED} readers that stop reading cost bounded memory and delay nobody; one that reads again gets it all`, async () => {
  await using folder = await newFolder();
  await using server = await startServer(
    { KV_URL: folder.database, SEND_RATE: "0", RATE_SCALE: "0", DENO_JOBS: "1" },
    INSPECTED,
  );
  await using inspector = await Inspector.attach(server);
  const where = { http: server.http, url: server.url, room: "flow" };
  const ledger = new Ledger();
  const latencies: number[] = [];
  const healthy = Array.from({ length: HEALTHY }, (_, i) =>
    new Member({
      ...{ name: `healthy${i}`, room: where.room, ledger, url: () => server.url },
      onEvents: (events) => {
        const now = performance.now();
        for (const { message } of events) {
          const sentAt = / t=(\S+) /.exec(message?.text ?? "")?.[1];
          if (sentAt !== undefined) latencies.push(now - Number(sentAt));
        }
      },
    }));
  const stalled: Sleeper[] = [];
  try {
    await everyone(healthy, (member) => member.isIn, "has joined");
    const calm = await flow(healthy, latencies, FLOW_MS / 2);
    for (let i = 0; i < STALLED; i++) stalled.push(await Sleeper.start(server.url, where.room));
    const before = await inspector.rssMiB();

    await flood(server.url, where.room, FLOOD, ledger);
    const memory = watch(inspector);
    const busy = await flow(healthy, latencies, FLOW_MS);
    const most = await memory.stop();

    const woken = stalled.slice(0, WOKEN);
    for (const sleeper of woken) sleeper.wake();
    const { acknowledged } = await checkTogether(where, ledger, healthy);
    const log = await readWholeHistory(await Person.signIn(server.http, "reader"), where.room);
    const last = log.at(-1)?.cursor ?? "";
    for (const sleeper of woken) await sleeper.reaches(where.room, last);
    for (const { seen, client } of woken) {
      assertEquals(client.faults, []);
      const from = log.findIndex(({ cursor }) => cursor === seen[0]?.cursor);
      assertSameLog(seen, log.slice(from), "one that read again");
      assert(log.length - from >= FLOOD + FLOW_MS / 1_000 * MESSAGES_PER_SECOND, "it did not sleep");
    }
    console.log(
      `${STALLED} stalled readers: ${before.toFixed()} MiB before, ${most.toFixed()} at the most; ${acknowledged} messages; ` +
        `p99 ${calm.toFixed()} ms before, ${busy.toFixed()} ms beside them; ${woken.length} read on without a gap`,
    );
    assertLess(most - before, MAX_GROWTH_MIB);
    assertLess(busy, Math.max(MAX_P99_MS, 3 * calm));
  } finally {
    await Promise.all([...healthy.map((member) => member.leave()), ...stalled.map((sleeper) => sleeper.leave())]);
  }
});

/** Says so many messages a second, in turns. @returns The 99th percentile of how long they took to each, in milliseconds. */
async function flow(members: readonly Member[], latencies: number[], durationMs: number): Promise<number> {
  latencies.length = 0;
  const saying: Promise<void>[] = [];
  const start = performance.now();
  for (let i = 0; i < durationMs / 1_000 * MESSAGES_PER_SECOND; i++) {
    const dueAt = start + i * 1_000 / MESSAGES_PER_SECOND;
    if (dueAt > performance.now()) await pause(dueAt - performance.now());
    saying.push(members[i % members.length]!.say(`t=${performance.now()} ${"x".repeat(TEXT_LENGTH)}`));
  }
  assert(await within(Promise.all(saying), 20_000), "not everything was acknowledged");
  latencies.sort((a, b) => a - b);
  return latencies[Math.floor(0.99 * latencies.length)] ?? Infinity;
}

/** The most memory there was, asked every so often. */
function watch(inspector: Inspector): { stop: () => Promise<number> } {
  let isOver = false;
  const watching = (async () => {
    let most = 0;
    for (; !isOver; await pause(200)) most = Math.max(most, await inspector.rssMiB());
    return most;
  })();
  return {
    stop() {
      isOver = true;
      return watching;
    },
  };
}

/** Joins a room, and stops to read. */
class Sleeper {
  readonly seen: Message[] = [];
  readonly client: Client;
  #socket: RawSocket | undefined;

  private constructor(url: string) {
    this.client = new Client(url, (url, events) => this.#socket = new RawSocket(url, events));
  }

  static async start(url: string, room: string): Promise<Sleeper> {
    const sleeper = new Sleeper(url);
    const { client } = sleeper;
    await client.hello({ name: "sleeper" });
    await client.join(room, undefined, { events: (events) => sleeper.seen.push(...messagesOf(events)) });
    sleeper.#socket?.hold();
    return sleeper;
  }

  /** Reads on. */
  wake(): void {
    this.#socket?.resume();
  }

  /** Resolves when it has seen everything up to a cursor. */
  async reaches(room: string, cursor: string): Promise<void> {
    await until(() => (this.client.at(room) ?? "") >= cursor, `a sleeper has come to ${cursor}`, 20_000);
  }

  async leave(): Promise<void> {
    this.client.cut();
    this.wake();
    await this.client.gone;
  }
}
