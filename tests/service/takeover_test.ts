import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { z } from "zod";
import { until } from "../layers/until.ts";
import { Client } from "./client.ts";
import { Person, roomPath } from "./http.ts";
import { exportLog, type Line, parseLines } from "./log.ts";
import { Receiver, wrongIn } from "./receiver.ts";
import { newFolder, pause, startServer, within } from "./server.ts";

const API_KEY = "an-operator-s-key-of-a-test-long-enough";
const MAX_GONE_MS = 15_000;
/** Leases hold for 15 s, and are looked at every 5 s. */
const MAX_TAKEOVER_MS = 30_000;
/** People whom only the killed process has. */
const GUESTS = 5;
/** Messages of the person who is erased, in each of the rooms. */
const SECRETS = 120;
const ROOMS = ["erased-1", "erased-2", "erased-3"];
const MARK = "비밀-of-the-erased";

const created = z.object({ secret: z.string() });
const peopleFrame = z.object({
  type: z.literal("people"),
  changes: z.array(z.object({ user: z.object({ id: z.string() }), here: z.boolean() })),
});
const people = z.object({ people: z.array(z.object({ user: z.object({ id: z.string() }) })) });
const lastSeen = z.object({ here: z.boolean(), seen: z.number().optional() });
const pins = z.object({ items: z.array(z.unknown()) });

Deno.test("kill -9 of one of two processes amid presence, webhooks and an erasure: the other and its successor do what is left", async () => {
  await using folder = await newFolder();
  await using receiver = new Receiver();
  const settings = {
    ...{ KV_URL: folder.database, SEND_RATE: "0", RATE_SCALE: "0", API_KEY },
    ...{ ALLOW_PRIVATE_WEBHOOKS: "true", DENO_JOBS: "1" },
  };
  // The first one takes the leases.
  await using first = await startServer(settings);
  await using second = await startServer(settings);
  const owner = await Person.signIn(first.http, "whose rooms they are");
  const clients: Client[] = [];
  let isSpeaking = true;
  let speaking: Promise<void> | undefined;
  const enter = async (url: string, person: Person, room: string, fields: { people?: boolean } = {}) => {
    const client = new Client(url);
    clients.push(client);
    await client.hello({ token: person.token });
    await client.join(room, undefined, {}, fields);
    return client;
  };
  try {
    // Presence: a watcher on the second process; guests on the first; and somebody with a device on each.
    const watcher = await enter(second.url, owner, "presence", { people: true });
    const changes: { id: string; here: boolean }[] = [];
    watcher.heard = (frame) => {
      for (const { user, here } of peopleFrame.safeParse(frame).data?.changes ?? []) {
        changes.push({ id: user.id, here });
      }
    };
    const guests = await Promise.all(Array.from({ length: GUESTS }, (_, i) => Person.signIn(first.http, `guest ${i}`)));
    const both = await Person.signIn(first.http, "both");
    for (const guest of [...guests, both]) await enter(first.url, guest, "presence");
    await enter(second.url, both, "presence");
    const goneIds = guests.map(({ id }) => id).toSorted();
    await until(
      () => goneIds.every((id) => changes.some((change) => change.id === id && change.here)),
      "all have come",
    );

    // A webhook, whose receiver takes its time.
    await owner.ask("POST", "/v1/rooms", { kind: "public", name: "hooked" });
    const hook = await owner.ask("POST", roomPath("hooked", "webhooks"), { url: receiver.url, events: ["message"] });
    receiver.secret = created.parse(hook).secret;
    receiver.delayMs = 30;
    const speaker = await enter(second.url, owner, "hooked");
    speaking = (async () => {
      for (; isSpeaking; await pause(20)) await speaker.send("hooked", crypto.randomUUID(), "들어 봐");
    })();
    speaking.catch(() => {});

    // Somebody who has said a lot, in rooms of others.
    const leaver = await Person.signIn(first.http, "leaver");
    const words = clients.length;
    for (const room of ROOMS) {
      await owner.ask("POST", "/v1/rooms", { kind: "public", name: room });
      const client = await enter(first.url, leaver, room);
      const sending = Array.from({ length: SECRETS }, (_, i) => client.send(room, `${i}`, `${MARK} ${room} ${i}`));
      const [one] = await Promise.all(sending);
      await client.do("edit", { room, cursor: one?.cursor, text: `${MARK} edited` });
      await client.do("react", { room, cursor: one?.cursor, emoji: "👋" });
      await owner.ask("PUT", roomPath(room, "pins", one?.cursor ?? ""));
      await speaker.join(room);
      await speaker.send(room, "answer", "잘 가요");
    }
    await enter(second.url, leaver, "elsewhere");
    await until(() => receiver.posts > 3, "the webhook is under way");
    const secondOwner = owner.at(second.http);
    await leaver.ask("DELETE", "/v1/me");
    // The other process hears of it by its poll.
    const codes = await within(Promise.all(clients.slice(words).map(async ({ closed }) => (await closed).code)), 3_000);
    assertEquals(codes, Array(ROOMS.length + 1).fill(4500));
    await until(async () => (await textsOf(secondOwner)) < (ROOMS.length - 1) * SECRETS, "the erasure is under way");

    await first.kill();
    const killedAt = performance.now();
    const left = await textsOf(secondOwner);
    assertGreater(left, 0, "the erasure was over before the kill");
    const postsBefore = receiver.posts;
    await using third = await startServer(settings);

    const isGone = (id: string) => changes.some((change) => change.id === id && !change.here);
    await until(() => goneIds.every(isGone), "the second process is told who is gone", MAX_GONE_MS);
    const goneMs = performance.now() - killedAt;
    assertEquals(changes.filter(({ id, here }) => id === both.id && !here), [], "who is still here was told gone");
    assertEquals(changes.filter(({ here }) => !here).map(({ id }) => id).toSorted(), goneIds, "one was told twice");
    const here = people.parse(await watcher.do("people", { room: "presence" })).people.map(({ user }) => user.id);
    assertEquals(here.toSorted(), [owner.id, both.id].toSorted());
    for (const id of goneIds) {
      const { here, seen } = lastSeen.parse(await secondOwner.ask("GET", roomPath("presence", "people", id)));
      assertEquals(here, false);
      assertLess(Math.abs((seen ?? 0) - Date.now()), 60_000);
    }

    const [erasedMs, hookedMs] = await Promise.all([
      after(killedAt, async () => (await textsOf(secondOwner)) === 0, "the erasure is over"),
      after(killedAt, () => receiver.posts > postsBefore, "the webhook goes on"),
    ]);
    isSpeaking = false;
    await speaking;
    receiver.delayMs = 0;
    const said = (await exportLog(secondOwner, "hooked")).filter(isMessage).map(({ cursor }) => cursor);
    await until(() => receiver.cursors.at(-1) === said.at(-1), "everything was delivered", 10_000);
    assertEquals(wrongIn(receiver.cursors, said), []);
    assertEquals(receiver.faults, []);

    await assertErased(owner.at(third.http), leaver.id);
    console.log(
      `${GUESTS} gone after ${Math.round(goneMs)} ms; ${left} texts left at the kill, none after ${
        Math.round(erasedMs)
      } ms; ` +
        `the webhook went on after ${
          Math.round(hookedMs)
        } ms: ${said.length} events in ${receiver.posts} posts, in order`,
    );
    for (const server of [second, third]) assertEquals(server.stderr, "");
  } finally {
    isSpeaking = false;
    await speaking?.catch(() => {});
    for (const client of clients) client.cut();
    await Promise.all(clients.map(({ gone }) => gone));
  }
});

/** When it was so, in milliseconds. */
async function after(startedAt: number, is: () => boolean | Promise<boolean>, what: string): Promise<number> {
  await until(is, what, MAX_TAKEOVER_MS);
  return performance.now() - startedAt;
}

function isMessage(line: Line): boolean {
  return line.type === "message";
}

/** How many texts of the erased can still be read. */
async function textsOf(owner: Person): Promise<number> {
  const logs = await Promise.all(ROOMS.map((room) => owner.text("GET", roomPath(room, "export"))));
  return logs.join("").split(MARK).length - 1;
}

/** No export, history, search, pin or member's list has a word or the name of theirs. */
async function assertErased(owner: Person, id: string): Promise<void> {
  const operator = new Person(owner.http, { token: API_KEY });
  // The last steps come after the last text.
  const isKnown = async () =>
    (await operator.open("GET", `/v1/people/${id}`).then(async (response) => {
      await response.body?.cancel();
      return response.status;
    })) !== 404;
  await until(async () => !await isKnown(), "nobody knows them any more", 10_000);
  const found = await owner.text("GET", "/v1/me/export");
  assert(parseLines(found).length > 0);
  for (const word of [MARK, "leaver"]) assert(!found.includes(word), `the owner's own export has ${word}`);
  for (const room of ROOMS) {
    const texts = [
      await owner.text("GET", roomPath(room, "export")),
      await owner.text("GET", `${roomPath(room, "messages")}?limit=200`),
      await owner.text("GET", roomPath(room, "members")),
      await owner.text("GET", roomPath(room, "audit")),
      await owner.text("GET", `/v1/search?q=${encodeURIComponent("edited")}&room=${room}`),
    ];
    for (const text of texts) {
      for (const word of [MARK, "leaver"]) assert(!text.includes(word), `${room} has ${word}: ${text}`);
    }
    assert(texts[0]?.includes("잘 가요"), "others' words went, too");
    assertEquals(pins.parse(await owner.ask("GET", roomPath(room, "pins"))).items, [], "a tombstone is pinned");
  }
}
