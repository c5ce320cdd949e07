import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { z } from "zod";
import { until } from "../layers/until.ts";
import { Client } from "./client.ts";
import { documents } from "./documents.ts";
import { Person, roomPath } from "./http.ts";
import { Receiver } from "./receiver.ts";
import { newFolder, pause, startServer } from "./server.ts";

const MAX_DRAIN_MS = 10_000;
const PEOPLE = 100;
const STREAMS = 10;
const ROOMS = ["drained-1", "drained-2"];

const created = z.object({ secret: z.string() });
const list = z.object({ people: z.array(z.unknown()) });

Deno.test(`SIGTERM amid ${STREAMS} streams, ${PEOPLE} people who watch, and a webhook: ends with 0 in time, gives its leases back, leaves nobody here`, async () => {
  await using folder = await newFolder();
  await using receiver = new Receiver();
  const settings = {
    ...{ KV_URL: folder.database, SEND_RATE: "0", RATE_SCALE: "0" },
    ...{ ALLOW_PRIVATE_WEBHOOKS: "true", DENO_JOBS: "2" },
  };
  await using server = await startServer(settings);
  const owner = await Person.signIn(server.http, "whose rooms they are");
  const clients: Client[] = [];
  const streams: Promise<string>[] = [];
  let isSpeaking = true;
  let said = 0;
  let speaking: Promise<void> | undefined;
  try {
    for (const room of ROOMS) await owner.ask("POST", "/v1/rooms", { kind: "public", name: room });
    const hook = await owner.ask("POST", roomPath("drained-1", "webhooks"), { url: receiver.url });
    receiver.secret = created.parse(hook).secret;
    // It does not answer in time.
    receiver.delayMs = 60_000;
    await Promise.all(Array.from({ length: PEOPLE }, async (_, i) => {
      const client = new Client(server.url);
      clients.push(client);
      await client.hello({ name: `person ${i}` });
      for (const room of ROOMS) await client.join(room, undefined, {}, { people: true });
      await client.do("watch");
    }));
    for (let i = 0; i < STREAMS; i++) {
      const response = await owner.open("GET", roomPath(ROOMS[i % 2] ?? "", "stream"));
      assertEquals(response.status, 200);
      streams.push(response.text());
    }
    const asker = clients[0]!;
    const count = async () => list.parse(await asker.do("people", { room: ROOMS[0] })).people.length;
    await until(async () => await count() === PEOPLE, "all are here");
    speaking = (async () => {
      for (let i = 0; isSpeaking; i++) {
        const client = clients[i % clients.length];
        await client?.send(ROOMS[i % 2] ?? "", crypto.randomUUID(), "곧 닫습니다").then(() => said++, () => {});
        await pause(2);
      }
    })();
    await until(() => receiver.posts > 0 && said > 100, "messages and the webhook are under way");
    assertGreater((await documents(folder.database, "lease")).length, 3);

    const signalledAt = performance.now();
    server.signal("SIGTERM");
    const { code, stderr } = await server.ended(MAX_DRAIN_MS);
    const drainMs = performance.now() - signalledAt;
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    isSpeaking = false;
    await speaking;
    // Each came to its end, and was not broken off.
    const texts = await Promise.all(streams);
    for (const text of texts) assertGreater(text.split("event: message").length, 1);
    // Who sends while the close goes out may see the connection dropped; see drain_test.ts.
    const codes = await Promise.all(clients.map(async ({ closed }) => (await closed).code));
    assertEquals(codes.filter((code) => code !== 1012 && code !== 1006), []);
    for (const kind of ["lease", "here", "here_of"]) assertEquals(await documents(folder.database, kind), [], kind);
    console.log(
      `${PEOPLE} people in ${ROOMS.length} rooms, ${STREAMS} streams, a webhook: ended after ${drainMs.toFixed()} ms`,
    );
    assertLess(drainMs, MAX_DRAIN_MS);
  } finally {
    isSpeaking = false;
    await speaking;
    for (const client of clients) client.cut();
    await Promise.all(clients.map(({ gone }) => gone));
    await server.kill();
    await Promise.allSettled(streams);
  }
});
