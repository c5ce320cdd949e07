import { assert, assertEquals, assertGreater } from "@std/assert";
import { stampOf } from "../../layers/cursor.ts";
import { seeded } from "../layers/random.ts";
import { Client, type Message, readHistory } from "./client.ts";
import { assertSameLog, checkTogether, Ledger, readOn, readWholeHistory } from "./ledger.ts";
import { Person } from "./http.ts";
import { everyone, Member } from "./member.ts";
import { connectRaw } from "./raw_socket.ts";
import { newFolder, pause, startServer } from "./server.ts";

const CUTS = 1_000;
const MAX_CUTTING_MS = 40_000;
/** Milliseconds that a connection lives at the most while it is being cut. */
const MAX_LIFE_MS = 250;
const TYPING_MS = 70;

Deno.test(`clients that are cut at ${CUTS} random points and resume see every message once, in the order of all`, async () => {
  const random = seeded(7);
  const below = (most: number) => Math.floor(most * random());
  await using folder = await newFolder();
  await using server = await startServer({ KV_URL: folder.database, SEND_RATE: "0", RATE_SCALE: "0", DENO_JOBS: "2" });
  const where = { http: server.http, url: server.url, room: "cut" };
  const ledger = new Ledger();
  const common = { room: where.room, ledger, url: () => server.url, backoffMs: () => below(3) };
  let isCutting = true;
  // Handshake, hello and join are the first thousand bytes; a long way behind, only the last kind gets through.
  const cutAfterBytes = () => 1 + below([1_000, 1_000, 8_000, 8_000, 100_000][below(5)] ?? 0);
  const connectCut = connectRaw(() => isCutting ? { cutAfterBytes: cutAfterBytes() } : {});
  const cutMembers = [
    // The TCP connection is destroyed after any byte: in the handshake, in the answer to the join, within a frame.
    ...[0, 1, 2].map((i) => new Member({ ...common, name: `bytes${i}`, connect: connectCut })),
    // The socket is closed at any time, as by a page that is left.
    ...[0, 1].map((i) => new Member({ ...common, name: `time${i}` })),
  ];
  const writers = [0, 1, 2].map((i) =>
    new Member({ ...common, name: `writer${i}`, window: 2, padding: () => "y".repeat(below(300)) })
  );
  const members = [...cutMembers, ...writers];
  const countCuts = () => cutMembers.reduce((sum, { connections }) => sum + connections - 1, 0);
  const cut = async (member: Member) => {
    while (isCutting) {
      await pause(below(MAX_LIFE_MS));
      member.cut();
    }
  };
  const type = async (member: Member) => {
    for (; isCutting; await pause(TYPING_MS)) await member.client?.typing(where.room).catch(() => {});
  };
  try {
    await everyone(writers, (member) => member.isIn, "has joined");
    await everyone(cutMembers, (member) => member.at !== undefined, "has joined once");
    for (const writer of [...writers, ...cutMembers.slice(2, 4)]) writer.write();
    const end = performance.now() + MAX_CUTTING_MS;
    const cutting = [...cutMembers.map(cut), type(writers[0]!)];
    while (countCuts() < CUTS && performance.now() < end) await pause(5);
    isCutting = false;
    await Promise.all(cutting);
    const cuts = countCuts();
    const unjoined = cutMembers.reduce((sum, { connections, joins }) => sum + connections - joins, 0);
    const { acknowledged, resent } = await checkTogether(where, ledger, members);
    console.log(
      `${cuts} cuts, ${unjoined} of them before the join was answered; ${acknowledged} messages, ${resent} sent again; ` +
        `gaps, doubles: 0`,
    );
    assertGreater(cuts + 1, CUTS, `only so many cuts in ${MAX_CUTTING_MS} ms`);
    assert(unjoined > CUTS / 20 && unjoined < 0.95 * CUTS, "the cut points are not spread");
  } finally {
    isCutting = false;
    await Promise.all(members.map((member) => member.leave()));
  }
});

/** Who says how much in the long log: its messages are sent at once, so that many share a commit. */
const AUTHORS = 6;
const MESSAGES = 250;
/** Every so many messages one of the longest. */
const LONG_EVERY = 20;
const RESUMES = 120;

Deno.test(`${RESUMES} joins from random places in a long log bring all that comes after, within a commit and over many pages`, async () => {
  const random = seeded(11);
  await using folder = await newFolder();
  await using server = await startServer({ KV_URL: folder.database, SEND_RATE: "0", RATE_SCALE: "0", DENO_JOBS: "2" });
  const room = "긴-방";
  const clients = Array.from({ length: AUTHORS }, () => new Client(server.url));
  try {
    const promised = await Promise.all(clients.map(async (client, author) => {
      await client.hello({ name: `author${author}` });
      await client.join(room);
      const sending = Array.from({ length: MESSAGES }, async (_, i) => {
        const text = `${author}-${i} `;
        const padding = i % LONG_EVERY === 0 ? "가".repeat(4_000 - text.length) : "";
        return (await client.send(room, crypto.randomUUID(), text + padding)).cursor;
      });
      return await Promise.all(sending);
    }));
    const reader = await Person.signIn(server.http, "reader");
    const log = await readWholeHistory(reader, room);
    assertEquals(log.map(({ cursor }) => cursor), promised.flat().sort());
    const last = log.at(-1)?.cursor ?? "";

    let [withinCommit, beyondPage] = [0, 0];
    for (let i = 0; i < RESUMES; i++) {
      const client = clients[i % clients.length]!;
      const from = i === 0 ? 0 : Math.floor(random() * log.length);
      const after = log[from]?.cursor ?? "";
      if (stampOf(after) === stampOf(log[from + 1]?.cursor ?? last)) withinCommit++;
      if (lengthOf(log.slice(from + 1)) > 64 * 1024) beyondPage++;
      // Now and then it thinks better of it while the first join's pages are still on their way.
      if (i % 3 === 0) client.join(room, log[Math.floor(random() * from)]?.cursor).catch(() => {});
      assertSameLog(await readOn(client, room, after, last), log.slice(from + 1), `a join from place ${from}`);
      assertEquals(client.faults, []);
    }
    for (let i = 0; i < RESUMES; i++) {
      const at = Math.floor(random() * log.length);
      const limit = 1 + Math.floor(random() * 200);
      await assertPage(reader, room, log, at, limit);
    }
    console.log(
      `${log.length} messages; ${RESUMES} joins, ${withinCommit} from within a commit, ${beyondPage} over more than a page; ` +
        `${RESUMES} pages each of before, after and around`,
    );
    assertGreater(Math.min(withinCommit, beyondPage), RESUMES / 4);
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
});

const REJOINS = 100;

Deno.test(`[V9] [V17] of ${REJOINS} joins and leaves amid live traffic each takes effect with its answer: nothing comes late`, async () => {
  const random = seeded(13);
  await using folder = await newFolder();
  await using server = await startServer({ KV_URL: folder.database, SEND_RATE: "0", RATE_SCALE: "0", DENO_JOBS: "1" });
  const room = "busy";
  const ledger = new Ledger();
  const writers = [0, 1, 2].map((i) => new Member({ name: `writer${i}`, room, ledger, url: () => server.url }));
  try {
    await everyone(writers, (member) => member.isIn, "has joined");
    for (const writer of writers) writer.write();
    for (let left = REJOINS; left > 0; left -= 10) {
      const client = new Client(server.url);
      try {
        await client.hello({ name: "restless" });
        for (let i = 0; i < 10; i++) {
          await client.join(room, writers[0]?.messages.at(-1)?.cursor);
          await pause(10 * random());
          // While one request is being answered the next ones wait, and so do the batches that come meanwhile.
          for (const other of ["here", "there"]) client.join(other).catch(() => {});
          await (i % 2 === 0 ? client.leave(room) : client.join(room, client.at(room)));
        }
        await client.ping();
        assertEquals(client.faults, []);
      } finally {
        await client.close();
      }
    }
    await checkTogether({ http: server.http, url: server.url, room }, ledger, writers);
  } finally {
    await Promise.all(writers.map((member) => member.leave()));
  }
});

/** [H2] A page is cut short by its length now and then: but then it says that there is more. */
async function assertPage(
  reader: Person,
  room: string,
  log: readonly Message[],
  at: number,
  limit: number,
): Promise<void> {
  const cursor = log[at]?.cursor ?? "";
  const query = { limit: String(limit) };
  const older = await readHistory(reader, room, { ...query, before: cursor });
  assertSameLog(older.items, log.slice(at - older.items.length, at), `${limit} before place ${at}`);
  assertEquals(older.hasBefore, older.items.length < at, `before place ${at}`);
  const newer = await readHistory(reader, room, { ...query, after: cursor });
  assertSameLog(newer.items, log.slice(at + 1, at + 1 + newer.items.length), `${limit} after place ${at}`);
  assertEquals(newer.hasAfter, at + 1 + newer.items.length < log.length, `after place ${at}`);
  const around = await readHistory(reader, room, { ...query, around: cursor });
  const start = log.findIndex((message) => message.cursor === around.items[0]?.cursor);
  assertSameLog(around.items, log.slice(start, start + around.items.length), `${limit} around place ${at}`);
  if (limit > 1) {
    assert(around.items.some((message) => message.cursor === cursor), `place ${at} is not among those around it`);
  }
}

function lengthOf(messages: readonly Message[]): number {
  return messages.reduce((sum, { text }) => sum + text.length, 0);
}
