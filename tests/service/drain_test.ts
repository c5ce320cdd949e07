import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { Client, type Closed } from "./client.ts";
import { documents } from "./documents.ts";
import { flood } from "./flood.ts";
import { Person, roomPath } from "./http.ts";
import { checkTogether, Ledger } from "./ledger.ts";
import { everyone, Member } from "./member.ts";
import { askForUpgrade, RawSocket } from "./raw_socket.ts";
import { newFolder, pause, type Server, startServer } from "./server.ts";

const MAX_DRAIN_MS = 10_000;
/** So many that each isolate has some of them. */
const WRITERS = 6;
const READERS = 10;
/** Of 12 kB: more than the kernel and the server keep for one connection. */
const FLOOD = 800;
const SOCKETS = 1_000;

for (const jobs of [1, 2]) {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const isolates = jobs === 1 ? "one isolate" : `${jobs} isolates`;
    Deno.test(`${signal} drains ${isolates} in time, though a peer has stopped reading, and nothing acknowledged is lost`, async () => {
      await using folder = await newFolder();
      const settings = { KV_URL: folder.database, SEND_RATE: "0", RATE_SCALE: "0", DENO_JOBS: String(jobs) };
      const ledger = new Ledger();
      let server = await startServer(settings);
      const { deaf, goOn } = await startDeaf(server);
      const common = { room: "drained", ledger, url: () => server.url, window: 4 };
      const writers = Array.from({ length: WRITERS }, (_, i) => new Member({ ...common, name: `writer${i}` }));
      const readers = Array.from({ length: READERS }, (_, i) => new Member({ ...common, name: `reader${i}` }));
      const members = [...writers, ...readers];
      try {
        await everyone(members, (member) => member.isIn, "has joined");
        await flood(server.url, "loud", FLOOD);
        for (const writer of writers) writer.write();
        await everyone(members, ({ messages }) => messages.length > 100, "has seen some messages");

        const signalledAt = performance.now();
        server.signal(signal);
        await everyone(members, ({ closes }) => closes.length > 0, "was closed");
        assertEquals(readers.map(({ closes }) => closes[0]?.code), readers.map(() => 1012));
        // A frame that is on its way to Deno while its close goes out makes it drop the connection, before or after the
        // close was read (Deno 2.9.6; denoland/fastwebsockets): whoever writes may see either.
        for (const { closes } of writers) assert([1012, 1006].includes(closes[0]?.code ?? 0), Deno.inspect(closes));
        const { refusals, readiness } = await askWhileItDrains(server);
        const { code, stdout, stderr } = await server.ended(MAX_DRAIN_MS);
        const drainMs = performance.now() - signalledAt;

        assertEquals({ code, stderr }, { code: 0, stderr: "" });
        assertLess(drainMs, MAX_DRAIN_MS);
        assertStringIncludes(stdout, `${signal}: draining`);
        assertStringIncludes(stdout, "1 sockets did not answer the close", "the peer that should be deaf is not");
        assert(refusals.length > 0, "nobody was refused while it drained");
        for (const head of refusals) {
          assertMatch(head, /^HTTP\/1\.1 503 /);
          assertMatch(head, /^retry-after: \d+\r$/im);
        }
        assertEquals([...readiness], [503]);

        server = await startServer(settings);
        const where = { http: server.http, url: server.url, room: common.room };
        const { acknowledged, resent } = await checkTogether(where, ledger, members);
        console.log(
          `${signal}, ${isolates}: ended after ${
            Math.round(drainMs)
          } ms, ${refusals.length} upgrades refused meanwhile; ` +
            `${acknowledged} acknowledged, ${resent} sent again, lost: 0`,
        );
      } finally {
        deaf.cut();
        goOn();
        await Promise.all([...members.map((member) => member.leave()), deaf.gone]);
        await server.kill();
      }
    });
  }
}

Deno.test(`SIGTERM with ${SOCKETS.toLocaleString("en")} sockets in a busy room, one of them deaf: all the others are told 1012, in time`, async () => {
  await using folder = await newFolder();
  await using server = await startServer({ KV_URL: folder.database, SEND_RATE: "0", RATE_SCALE: "0", DENO_JOBS: "2" });
  const { deaf, goOn } = await startDeaf(server);
  const writer = await Person.signIn(server.http, "writer");
  await writer.ask("PUT", roomPath("busy", "members", "me"));
  const clients: Client[] = [];
  const closes: Promise<Closed>[] = [];
  try {
    // In groups: what waits to be accepted has a limit.
    for (let left = SOCKETS - 1; left > 0; left -= 100) {
      const some = Array.from({ length: Math.min(left, 100) }, () => new Client(server.url));
      clients.push(...some);
      await Promise.all(some.map(async (client) => {
        await client.hello({ name: "one of many" });
        await client.join("busy");
      }));
      closes.push(...some.map(({ closed }) => closed));
    }
    await flood(server.url, "loud", FLOOD);
    const signalledAt = performance.now();
    // A message is on its way to all of them.
    await writer.ask("PUT", roomPath("busy", "messages", "last"), { text: "안녕히 가세요" });
    server.signal("SIGTERM");
    const codes = (await Promise.all(closes)).map(({ code }) => code);
    assertEquals(codes.filter((code) => code !== 1012), []);
    assertEquals((await server.ended(MAX_DRAIN_MS)).code, 0);
    const drainMs = performance.now() - signalledAt;
    assertStringIncludes(server.stdout, "1 sockets did not answer the close");
    for (const kind of ["lease", "here", "here_of"]) assertEquals(await documents(folder.database, kind), [], kind);
    console.log(`${SOCKETS} sockets: ended after ${Math.round(drainMs)} ms`);
  } finally {
    deaf.cut();
    goOn();
    for (const client of clients) client.cut();
    await Promise.all([...clients, deaf].map(({ gone }) => gone));
  }
});

Deno.test("without a deaf peer a drain is over at once, and a second signal does not wait for one", async () => {
  await using folder = await newFolder();
  for (const DENO_JOBS of ["1", "2"]) {
    const settings = { KV_URL: folder.database, DENO_JOBS };
    await using quick = await startServer(settings);
    const client = new Client(quick.url);
    await client.hello({ name: "quick" });
    const signalledAt = performance.now();
    quick.signal("SIGTERM");
    assertEquals((await client.closed).code, 1012);
    assertEquals((await quick.ended()).code, 0);
    assertLess(performance.now() - signalledAt, 2_000);
    await client.gone;
  }
  await using server = await startServer({ KV_URL: folder.database, DENO_JOBS: "1", SEND_RATE: "0", RATE_SCALE: "0" });
  const { deaf, goOn } = await startDeaf(server);
  try {
    await flood(server.url, "loud", 50);
    server.signal("SIGTERM");
    await server.says(/draining/);
    // One that follows at once may be the first one's echo, from `deno task` or a terminal.
    for (let left = 15; left > 0 && server.isAlive; left--) {
      await pause(100);
      server.signal("SIGINT");
    }
    assertEquals((await server.ended()).code, 1);
  } finally {
    deaf.cut();
    goOn();
    await deaf.gone;
  }
});

/** A peer that joins the room `loud` and then stops to read, even what its kernel has. */
async function startDeaf({ url }: Server): Promise<{ deaf: Client; goOn: () => void }> {
  let socket: RawSocket | undefined;
  const deaf = new Client(url, (url, events) => socket = new RawSocket(url, events));
  await deaf.hello({ name: "deaf" });
  await deaf.join("loud");
  socket?.hold();
  return { deaf, goOn: () => socket?.resume() };
}

/** Asks for sockets, and whether it is ready, until nobody listens any more. */
async function askWhileItDrains(server: Server): Promise<{ refusals: string[]; readiness: Set<number> }> {
  const refusals: string[] = [];
  const readiness = new Set<number>();
  const end = performance.now() + MAX_DRAIN_MS;
  while (server.isAlive && performance.now() < end) {
    const head = await askForUpgrade(server.port);
    if (head !== undefined) refusals.push(head);
    try {
      const response = await fetch(`${server.http}/readyz`);
      readiness.add(response.status);
      await response.body?.cancel();
    } catch {
      // This isolate has just ended.
    }
    await pause(20);
  }
  return { refusals, readiness };
}
