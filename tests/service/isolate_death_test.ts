import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { until } from "../layers/until.ts";
import { INSPECTED, Inspector } from "./inspector.ts";
import { checkTogether, Ledger } from "./ledger.ts";
import { everyone, Member } from "./member.ts";
import { groupByIsolate, tokenOf } from "./same_isolate.ts";
import { newFolder, pause, type Server, startServer } from "./server.ts";

/** So many that each isolate has some of them. */
const CLIENTS = 16;

Deno.test("an isolate that dies is replaced on the same port, each in its turn, and nothing acknowledged is lost", async () => {
  await using folder = await newFolder();
  await using server = await startServer({ KV_URL: folder.database, SEND_RATE: "0", DENO_JOBS: "2" }, INSPECTED);
  const inspector = await Inspector.attach(server);
  const where = { http: server.http, url: server.url, room: "mortal" };
  const ledger = new Ledger();
  const members = join(server, where.room, ledger);
  try {
    await everyone(members, (member) => member.isIn, "has joined");
    await until(() => inspector.workers.length === 2, "there are two workers");
    for (const member of members) member.write();
    for (const [i, worker] of [...inspector.workers].entries()) {
      await kill(inspector, worker);
      await until(() => inspector.workers.length === 3 + i, "there is a worker in its place");
      await until(async () => await countIsolates(server) === 2, "both isolates take clients", 15_000);
      const seen = new Map(members.map((member) => [member, member.messages.length]));
      await everyone(members, (member) => member.messages.length > (seen.get(member) ?? 0) + 50, "goes on");
    }
    const { acknowledged, resent } = await checkTogether(where, ledger, members);
    console.log(
      `2 of 2 isolates killed and replaced: ${acknowledged} acknowledged, ${resent} sent again, ` +
        `${members.reduce((sum, { closes }) => sum + closes.length, 0)} connections lost; lost, doubled, reordered: 0`,
    );
    assert(members.some(({ closes }) => closes.length > 0), "nobody was there when they died");
    for (const seat of [0, 1]) assertStringIncludes(server.stderr, `isolate ${seat} died and is replaced`);
  } finally {
    await Promise.all(members.map((member) => member.leave()));
    await inspector[Symbol.asyncDispose]();
  }
});

Deno.test("a drain does not wait for an isolate that has died, and starts none in its place", async () => {
  await using folder = await newFolder();
  await using server = await startServer({ KV_URL: folder.database, DENO_JOBS: "2" }, INSPECTED);
  const inspector = await Inspector.attach(server);
  try {
    await until(() => inspector.workers.length === 2, "there are two workers");
    await kill(inspector, inspector.workers[0] ?? "");
    await server.says(/died and is replaced/);
  } finally {
    // A process that is looked into waits for whoever looks.
    await inspector[Symbol.asyncDispose]();
  }
  const signalledAt = performance.now();
  server.signal("SIGTERM");
  assertEquals((await server.ended()).code, 0);
  assertLess(performance.now() - signalledAt, 3_000);
});

/** Throws in the middle of an isolate, where nobody catches. */
async function kill(inspector: Inspector, worker: string): Promise<void> {
  await inspector.evaluate("void setTimeout(() => { throw new Error('killed by a test') })", worker);
}

function join({ url }: Server, room: string, ledger: Ledger, token?: string): Member[] {
  return Array.from({ length: CLIENTS }, (_, i) => {
    const common = { name: `member${i}`, room, ledger, url: () => url, window: 2 };
    return new Member(token === undefined ? common : { ...common, token });
  });
}

/** How many isolates new clients come to. */
async function countIsolates(server: Server): Promise<number> {
  await pause(50);
  const members = join(server, "census", new Ledger(), await tokenOf(server.url));
  try {
    await everyone(members, (member) => member.isIn, "has joined");
    return (await groupByIsolate(members)).length;
  } finally {
    await Promise.all(members.map((member) => member.leave()));
  }
}
