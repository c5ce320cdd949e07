import { assert, assertEquals } from "@std/assert";
import { z } from "zod";
import { seeded } from "../layers/random.ts";
import { until } from "../layers/until.ts";
import { Actor, type Stage } from "./actor.ts";
import { Person, roomPath } from "./http.ts";
import { asFolded, comparable, exportLog, type Fold, fold, type Line, messageLine } from "./log.ts";
import { newFolder, pause, startServer } from "./server.ts";

const KILLS = 5;
const MAX_LIFE_MS = 500;
/** Changes that are acknowledged before each kill, at least. */
const CHANGES = 60;
const ROOTS = 3;
/** With the owner. */
const RANKS = ["owner", "moderator", "moderator", "member", "member", "member"] as const;
const PROMOTED = 4;

const cursorOf = z.object({ cursor: z.string() });
const messages = z.object({ items: z.array(messageLine), hasBefore: z.boolean() });
const reacted = z.object({ items: z.array(z.object({ user: z.object({ id: z.string() }) })) });
const members = z.object({ items: z.array(z.object({ user: z.object({ id: z.string() }), role: z.string() })) });

Deno.test(`kill -9 at ${KILLS} moments amid edits, deletes, reactions, pins and roles: the documents are what the log folds to, with all that was acknowledged`, async () => {
  const random = seeded(17);
  await using folder = await newFolder();
  const settings = { KV_URL: folder.database, SEND_RATE: "0", RATE_SCALE: "0", DENO_JOBS: "2" };
  let server = await startServer(settings);
  const room = "folded";
  let actors: Actor[] = [];
  try {
    const people = await Promise.all(RANKS.map((rank, i) => Person.signIn(server.http, `${rank} ${i}`)));
    const [owner] = people;
    assert(owner !== undefined);
    await owner.ask("POST", "/v1/rooms", { kind: "public", name: room });
    for (const [i, person] of people.entries()) {
      if (i > 0) await person.ask("PUT", roomPath(room, "members", "me"));
      if (RANKS[i] === "moderator") {
        await owner.ask("PUT", roomPath(room, "members", person.id, "role"), { role: "moderator" });
      }
    }
    const roots: string[] = [];
    for (let i = 0; i < ROOTS; i++) {
      const path = roomPath(room, "messages", `root${i}`);
      roots.push(cursorOf.parse(await owner.ask("PUT", path, { text: "뿌리" })).cursor);
    }
    const stage: Stage = {
      ...{ room, url: () => server.url, random, roots },
      known: roots.map((cursor) => ({ cursor, author: owner.id })),
      promoted: people.slice(PROMOTED).map(({ id }) => id),
    };
    actors = people.map((person, i) => new Actor(stage, person, RANKS[i] ?? "member"));
    const count = (of: (actor: Actor) => number) => actors.reduce((sum, actor) => sum + of(actor), 0);
    const acknowledged = () => count((actor) => actor.acknowledged);
    for (let kill = 0; kill < KILLS; kill++) {
      const before = acknowledged();
      await until(() => acknowledged() >= before + CHANGES, "the actors are at work", 30_000);
      await pause(MAX_LIFE_MS * random());
      await server.kill();
      server = await startServer(settings);
    }
    await Promise.all(actors.map((actor) => actor.leave()));
    assertEquals(actors.flatMap(({ faults }) => faults), []);

    const asker = owner.at(server.http);
    const log = await exportLog(asker, room);
    const folded = fold(log);
    await assertDocuments(asker, room, log, folded);
    for (const actor of actors) assertKept(actor, log, folded);
    console.log(
      `${KILLS} kills: ${acknowledged()} changes acknowledged, ` +
        `${count(({ unknown }) => unknown)} cut off; ${log.length} events, ${folded.messages.size} messages, ` +
        `${folded.pins.size} pins: the documents are what the log says`,
    );
    assert(count(({ unknown }) => unknown) >= KILLS, "nothing was cut off");
  } finally {
    await Promise.all(actors.map((actor) => actor.leave()));
    await server.kill();
  }
});

/** History, pins, reactions and members are what the events say, and nothing else. */
async function assertDocuments(asker: Person, room: string, log: readonly Line[], folded: Fold): Promise<void> {
  const { pins } = folded;
  const lines = log.flatMap((event) => event.type === "message" ? [event] : []);
  for (const line of lines) {
    const expected = folded.messages.get(line.cursor);
    assert(expected !== undefined);
    assertEquals(asFolded(line, pins), comparable(expected), `the message ${line.cursor} is not what became of it`);
  }
  const history = [];
  for (let before = "", more = true; more;) {
    const query = new URLSearchParams({ limit: "200", ...(before !== "" && { before }) });
    const page = messages.parse(await asker.ask("GET", `${roomPath(room, "messages")}?${query}`));
    history.unshift(...page.items);
    [before, more] = [page.items[0]?.cursor ?? "", page.hasBefore && page.items.length > 0];
  }
  assertEquals(history, lines, "history is not what the export says");
  const pinned = messages.pick({ items: true }).parse(await asker.ask("GET", roomPath(room, "pins")));
  assertEquals(pinned.items.map(({ cursor }) => cursor), [...pins]);
  for (const [cursor, { deleted, reactions }] of folded.messages) {
    for (const [emoji, users] of deleted ? [] : reactions) {
      const { items } = reacted.parse(await asker.ask("GET", roomPath(room, "messages", cursor, "reactions", emoji)));
      assertEquals(items.map(({ user }) => user.id), [...users].sort(), `who gave ${emoji} to ${cursor}`);
    }
  }
  const { items } = members.parse(await asker.ask("GET", `${roomPath(room, "members")}?limit=200`));
  assertEquals(items.map(({ user, role }) => [user.id, role]), [...folded.members].sort());
}

/** What an actor was told was done is in the log; and so are the last of its wishes, where nothing else can have happened since. */
function assertKept(actor: Actor, log: readonly Line[], { messages, members }: Fold): void {
  const has = (is: (event: Line) => boolean, what: string) => assert(log.some(is), `${what} is not in the log`);
  const isDeleted = (cursor: string) => messages.get(cursor)?.deleted === true;
  for (const [cursor, text] of actor.sent) {
    const found = messages.get(cursor);
    assert(found !== undefined, `the message ${cursor} is lost`);
    if (!found.deleted && !actor.edits.has(cursor)) assertEquals(found.text, text);
  }
  const ours = log.filter((event) => event.type === "message" && event.user.id === actor.person.id && !event.deleted);
  assertEquals(new Set(ours.map((event) => event.type === "message" && event.key)).size, ours.length, "one came twice");
  for (const { target, at } of actor.edited) {
    has((event) => event.type === "edit" && event.target === target && event.at === at, `an edit of ${target}`);
  }
  for (const [cursor, { value, isSure }] of actor.edits) {
    if (isSure && !isDeleted(cursor)) assertEquals(messages.get(cursor)?.text, value, `the last edit of ${cursor}`);
  }
  for (const cursor of actor.deleted) assert(isDeleted(cursor), `${cursor} is not deleted`);
  for (const [name, { value, isSure }] of actor.reactions) {
    const [cursor = "", emoji = ""] = name.split(" ");
    if (!isSure || isDeleted(cursor)) continue;
    assertEquals(
      messages.get(cursor)?.reactions.get(emoji)?.has(actor.person.id) ?? false,
      value,
      `${emoji} of ${cursor}`,
    );
  }
  for (const { target } of actor.pinned) {
    has((event) => event.type === "pin" && event.on && event.target === target, `the pin of ${target}`);
  }
  for (const [person, { value, isSure }] of actor.roles) if (isSure) assertEquals(members.get(person), value);
}
