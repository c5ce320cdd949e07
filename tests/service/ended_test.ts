import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { Client } from "./client.ts";
import { HttpRefused, Person, roomPath } from "./http.ts";
import { groupByIsolate } from "./same_isolate.ts";
import { newFolder, type Server, startServer, within } from "./server.ts";

const API_KEY = "an-operator-s-key-of-a-test-long-enough";
const JOBS = 3;
const ROOM = "shared";
/** So many that they are on several isolates. */
const SESSIONS = 12;
const PLAIN = 6;
const STREAMS = 6;
const MAX_MS = 1_000;

/** Ways to end what proves who somebody is. */
const WAYS: readonly {
  readonly name: string;
  readonly code: number;
  readonly status: number;
  readonly end: (person: Person, operator: Person, client: Client) => Promise<unknown>;
}[] = [
  { name: "sign_out", code: 4500, status: 401, end: (person) => person.ask("DELETE", "/v1/sessions/current") },
  {
    name: "end_session, on a socket",
    code: 4500,
    status: 401,
    // Its own socket may be closed before it is answered.
    end: ({ credential }, _, client) => client.do("end_session", { credential }).catch(() => {}),
  },
  {
    name: "revoke_person",
    code: 4500,
    status: 401,
    end: ({ id }, operator) => operator.ask("DELETE", `/v1/people/${id}/sessions`),
  },
  {
    name: "ban_person",
    code: 4501,
    status: 403,
    end: ({ id }, operator) => operator.ask("PUT", `/v1/people/${id}/ban`, { reason: "a test" }),
  },
];

for (const { name, code, status, end } of WAYS) {
  Deno.test(`${name} closes that person's sockets and streams on ${JOBS} isolates within ${MAX_MS} ms, and nobody else's`, async () => {
    await using folder = await newFolder();
    const settings = { KV_URL: folder.database, SEND_RATE: "0", DENO_JOBS: String(JOBS), API_KEY };
    await using server = await startServer(settings);
    const operator = new Person(server.http, { token: API_KEY });
    const person = await Person.signIn(server.http, "to be ended");
    const other = await Person.signIn(server.http, "bystander");
    const ears = await listen(server, person);
    const others = await listen(server, other);
    try {
      const isolates = await groupByIsolate(ears.sessions.map((client) => ({ client })), "search");
      assertGreater(isolates.length, 1, "all are on one isolate");
      const [first] = ears.sessions;
      assert(first !== undefined);
      const startedAt = performance.now();
      await end(person, operator, first);
      const codes = await within(Promise.all(ears.closed), 10_000);
      const tookMs = performance.now() - startedAt;
      assertEquals(codes, [...Array(SESSIONS + PLAIN).fill(code), ...Array(STREAMS).fill(0)]);
      assertLess(tookMs, MAX_MS);
      assertEquals(await statusOf(person), status);
      for (const client of others.sessions) await client.ping();
      assertEquals(others.isAnyOver(), false);
      console.log(
        `${name}: ${SESSIONS} sessions on ${
          isolates.map(({ length }) => length).join(", ")
        } a isolate, ${PLAIN} plain ` +
          `sockets and ${STREAMS} streams ended after ${tookMs.toFixed()} ms`,
      );
      assertEquals(server.stderr, "");
    } finally {
      await Promise.all([ears.leave(), others.leave()]);
    }
  });
}

interface Ears {
  readonly sessions: readonly Client[];
  /** Close codes; of a stream 0. In the order of sessions, plain sockets, streams. */
  readonly closed: readonly Promise<number>[];
  isAnyOver(): boolean;
  leave(): Promise<void>;
}

/** Opens a person's sockets and streams. */
async function listen({ url, http }: Server, person: Person): Promise<Ears> {
  let isAnyOver = false;
  const over = (code: number) => {
    isAnyOver = true;
    return code;
  };
  const sessions = Array.from({ length: SESSIONS }, () => new Client(url));
  await Promise.all(sessions.map(async (client) => {
    await client.hello({ token: person.token });
    await client.join(ROOM);
  }));
  const headers = { authorization: `Bearer ${person.token}` };
  const plain = Array.from(
    { length: PLAIN },
    () => new WebSocket(`${http.replace("http", "ws")}/ws/chat/${ROOM}/`, { headers }),
  );
  const plainCloses = plain.map((socket) =>
    new Promise<number>((resolve) => socket.onclose = (event) => resolve(event.code))
  );
  await Promise.all(plain.map((socket) => new Promise((resolve) => socket.onopen = resolve)));
  const abort = new AbortController();
  const streams = await Promise.all(Array.from({ length: STREAMS }, async () => {
    const response = await person.open("GET", roomPath(ROOM, "stream"), undefined, abort.signal);
    assertEquals(response.status, 200);
    return response;
  }));
  const reading = streams.map(async ({ body }) => {
    try {
      for await (const _ of body ?? []);
      return 0;
    } catch {
      // Broken off: by the test's end, or by a server that does not end it properly.
      return -1;
    }
  });
  return {
    sessions,
    closed: [...sessions.map(async ({ closed }) => (await closed).code), ...plainCloses, ...reading].map((each) => {
      return each.then(over);
    }),
    isAnyOver: () => isAnyOver,
    async leave() {
      abort.abort();
      for (const socket of plain) socket.close();
      for (const client of sessions) client.cut();
      await Promise.all([...sessions.map(({ gone }) => gone), ...plainCloses]);
      await Promise.all(reading);
    },
  };
}

async function statusOf(person: Person): Promise<number> {
  try {
    await person.ask("GET", "/v1/me");
    return 200;
  } catch (error) {
    if (error instanceof HttpRefused) return error.status;
    throw error;
  }
}
