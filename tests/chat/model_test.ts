/**
 * A room and its model, side by side: commands of several people on several isolates, one after the other and at the same time. See
 * `model/` for what is compared.
 */

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { beginningOf } from "../../chat/beginning.ts";
import { roomGroup } from "../../chat/keys.ts";
import { indexRoom } from "../../chat/search/index_room.ts";
import type { Cursor } from "../../layers/layer.ts";
import type { Command } from "./model/command.ts";
import { checkCounts, type Checked, checkErased, checkIsolate, checkLog } from "./model/checks.ts";
import { type Intent, NAMES, oneByOne, perform, type Real, resolve, tickOf, together } from "./model/commands.ts";
import { explain } from "./model/explain.ts";
import { eventually, Heard, logAfter, ModelStage } from "./model/stage.ts";
import { decide, type ModelPerson, type ModelRoom } from "./room_model.ts";

/** Set it for a longer run: so many times as many sequences. */
const LONGER = 1;
const RUNS = 50 * LONGER;
/** Milliseconds after which a test that found nothing begins no other run, and one that found something looks for nothing smaller. */
const MOST_MS = 20_000 * LONGER;
const MAX_COMMANDS = 60;
const MAX_GROUPS = 14;
const SEED = Number(Deno.env.get("CI") === undefined ? Date.now() % 2 ** 31 : 1);
/** Entries that fill a segment of the search's index, and some more. */
const OLD = 520;

type Kind = "public" | "private" | "direct" | "slow" | "old";
const kind = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Kind>("public") },
  { weight: 4, arbitrary: fc.constantFrom<Kind>("private", "direct", "slow") },
  { weight: 2, arbitrary: fc.constant<Kind>("old") },
);

let runs = 0;

/** One room, and what is done in it. */
async function run(
  stage: ModelStage,
  kind: Kind,
  groups: readonly Intent[][],
  places: readonly number[],
): Promise<void> {
  const { clock } = stage;
  const mark = `u${runs++}x`;
  const opened = await openRoom(stage, kind, mark);
  const { real, model, beginning } = opened;
  using first = await Heard.from(stage.at(0).layer, real.room, beginning);
  using second = await Heard.from(stage.at(1).layer, real.room, beginning);
  const context = { ids: [...model.people.keys()], room: model, mark, said: 0, now: clock.ms };
  const gone = new Set<string>();
  const checked = (): Checked => ({ real, model, now: clock.ms, beginning, mark, isOld: kind === "old" });
  const texts = new Map<string, string[]>();
  if (kind === "old") await makeOld(stage, checked(), context);
  for (const group of groups) {
    // Slow mode asks for something only until its time is over.
    clock.ms += kind === "slow" ? 30_500 : 1;
    const [only] = group;
    if (group.length === 1 && only !== undefined) {
      clock.ms += tickOf(only);
      if (only.type === "index") await indexRoom(stage.at(only.isolate).layer, real.room);
      if (only.type === "look") await eventually(() => checkCounts(stage.at(only.isolate), checked()));
    }
    context.now = clock.ms;
    await give(stage, checked(), resolveAll(group, context));
    for (const { cursor, text } of model.messages) {
      const words = texts.get(cursor) ?? [];
      texts.set(cursor, words);
      const word = text?.split(" ")[0];
      if (word !== undefined && !words.includes(word)) words.push(word);
      if (word === undefined) { for (const each of words) gone.add(each); }
    }
  }
  await Promise.all([first.upTo(model.head), second.upTo(model.head)]);
  await using third = await stage.openIsolate();
  await checkLog(third, checked(), first.events, places);
  await checkLog(stage.at(1), checked(), second.events, places.slice(0, 1));
  const place = (places[0] ?? 0) % first.events.length;
  using resumed = await Heard.from(stage.at(0).layer, real.room, first.events[place]?.cursor ?? beginning);
  const missed = first.events.slice(place + 1).map(({ cursor }) => cursor);
  if (missed.length > 0) await resumed.upTo(model.head);
  assertEquals(resumed.events.map(({ cursor }) => cursor), missed, "what a subscriber missed who comes back");
  await checkIsolate(third, checked());
  for (const index of [0, 1]) await eventually(() => checkIsolate(stage.at(index), checked()));
  if (gone.size > 0) await checkErased(stage.kv, checked(), gone);
}

function resolveAll(group: readonly Intent[], context: Parameters<typeof resolve>[0]) {
  // An edit that another one overtook says no longer whom it mentioned.
  const plain = group.length === 1 ? group : group.map((one) => one.type === "edit" ? { ...one, names: [] } : one);
  return plain.flatMap((one) => {
    const command = resolve(context, one);
    return command === undefined ? [] : [{ command, isolate: one.isolate }];
  });
}

/** Gives commands to the room and to its model. */
async function give(
  stage: ModelStage,
  { real, model, now }: Checked,
  given: readonly { readonly command: Command; readonly isolate: number }[],
): Promise<void> {
  if (given.length === 0) return;
  // Whoever comes in by an invitation to a public room might as well have come without it: the log does not say.
  const isTold = (command: Command) => given.length === 1 || model.kind === "private" || command.type !== "accept";
  // To leave a direct room hides it in one's own list, which no log says: tests/security/direct_test.ts.
  const isLeft = (command: Command) => model.kind !== "direct" || command.type !== "leave";
  const commands = given.filter(({ command }) => isTold(command) && isLeft(command));
  const answered = await Promise.all(commands.map(async ({ command, isolate }) => {
    return { command, code: await perform(stage.at(isolate).service, real, command) };
  }));
  const events = await logAfter(stage.at(0).layer, real.room, model.head);
  const [only] = answered;
  if (only !== undefined && ["mark", "rename", "invite", "revoke"].includes(only.command.type)) {
    const { code, apply } = decide(model, only.command, now);
    assertEquals(only.code, code, JSON.stringify(only.command));
    apply?.({ cursor: "" });
    // A direct room is called by its people.
    const isSaid = apply !== undefined && only.command.type === "rename" && model.kind === "direct" &&
      model.people.get(only.command.who)?.role !== undefined;
    assertEquals(events.map(({ type }) => type), isSaid ? ["room"] : []);
    model.head = events.at(-1)?.cursor ?? model.head;
    return;
  }
  explain(model, answered, events, now);
}

/** A room of some of five new people. */
async function openRoom(
  stage: ModelStage,
  kind: Kind,
  name: string,
): Promise<{ real: Real; model: ModelRoom; beginning: Cursor }> {
  const now = stage.clock.ms += 1_000;
  const callers = await stage.people(NAMES);
  const [owner, second, third] = callers;
  if (owner === undefined || second === undefined || third === undefined) throw new TypeError("There are five");
  const [{ service, layer }, other] = [stage.at(0), stage.at(1).service];
  const model: ModelRoom = {
    kind: kind === "private" || kind === "direct" ? kind : "public",
    title: undefined,
    write: "members",
    slowModeS: kind === "slow" ? 60 : 0,
    archived: false,
    people: new Map(callers.map(({ user }): [string, ModelPerson] => [user.id, { name: user.name, joinedAt: 0 }])),
    messages: [],
    pins: [],
    invites: [],
    notices: [],
    head: "",
  };
  const invites: { id: string; code: string }[] = [];
  const become = (id: string, role: "owner" | "member") =>
    Object.assign(model.people.get(id) ?? {}, { role, joinedAt: now });
  let room: string;
  if (kind === "direct") {
    room = (await service.direct.open(owner, second.user.id)).room.name;
    // So that it is in the lists of both.
    await other.direct.open(second, owner.user.id);
    for (const { user } of [owner, second]) become(user.id, "member");
  } else {
    const settings = { slowModeS: model.slowModeS };
    const asked = kind === "private" ? { kind, ...settings } : { kind: "public" as const, name, ...settings };
    room = (await service.rooms.create(owner, asked)).name;
    // One that is used up, and one for one more.
    const invite = await other.invites.create(owner, room, { uses: 2, expiresInS: 600 });
    for (const one of [second, third]) await other.invites.accept(one, invite.code);
    invites.push(invite, await other.invites.create(owner, room, { uses: 1, expiresInS: 600 }));
    const made = { by: owner.user.id, expiresAt: now + 600_000, ended: false };
    model.invites.push({ ...made, uses: 2, used: 2 }, { ...made, uses: 1, used: 0 });
    become(owner.user.id, "owner");
    for (const { user } of [second, third]) become(user.id, "member");
  }
  const beginning = await beginningOf(layer, roomGroup(room));
  model.head = (await layer.read(roomGroup(room), { limit: 1 })).head;
  const real = { room, callers: new Map(callers.map((one) => [one.user.id, one])), invites };
  return { real, model, beginning };
}

/** Some messages, and so much after them that they are in the index. */
async function makeOld(stage: ModelStage, checked: Checked, context: Parameters<typeof resolve>[0]): Promise<void> {
  const { real: { room, callers }, model } = checked;
  const { layer } = stage.at(0);
  const say: Intent = { type: "send", isolate: 0, who: 2, whom: 0, n: 1, m: 1, on: true, words: ["apple"], names: [] };
  for (let i = 0; i < 3; i++) await give(stage, checked, resolveAll([say], context));
  const [user] = [...callers.values()].map((one) => one.user);
  const target = model.messages[0]?.cursor;
  // To say that what is not pinned is not pinned changes nothing.
  const event = { type: "pin", at: checked.now, user, target, on: false };
  const receipts = await Promise.all(Array.from({ length: OLD }, () => layer.publish(roomGroup(room), event)));
  model.head = receipts.at(-1)?.cursor ?? "";
  assertEquals(await indexRoom(layer, room), 1);
}

const DEED: Intent = { type: "look", isolate: 0, who: 0, whom: 0, n: 0, m: 0, on: true, words: [], names: [] };
/** The owner's invitation that nobody has used, taken by the fourth. */
const ACCEPT: Partial<Intent> = { type: "accept", isolate: 1, who: 3, n: 1 };
const PROMOTE: Partial<Intent> = { type: "role", who: 0, whom: 1, n: 0 };
/** What becomes of an owner who has made an invitation, and then of that [V30]. */
const FATES: Readonly<Record<string, readonly Partial<Intent>[]>> = {
  // What seed 396516197 found, at 30:6:7:7:7:7:9.
  "left last": [
    { type: "ban", whom: 2 },
    { type: "leave", who: 1 },
    { type: "leave" },
    { ...ACCEPT, who: 0 },
    { type: "become" },
    ACCEPT,
  ],
  "stepped down for a while": [
    PROMOTE,
    { type: "role", n: 2 },
    ACCEPT,
    { type: "role", who: 1, n: 1 },
    ACCEPT,
  ],
  "was kicked": [
    PROMOTE,
    { type: "role", n: 1 },
    { type: "kick", who: 1 },
    ACCEPT,
    { type: "become" },
    { type: "role", who: 1, n: 1 },
    ACCEPT,
  ],
  "was in an archived room": [
    { type: "archive", n: 0 },
    ACCEPT,
    { type: "archive", n: 1 },
    ACCEPT,
  ],
};

for (const [how, deeds] of Object.entries(FATES)) {
  Deno.test(`an invitation of an owner who ${how} is in the room what it is in its model`, async () => {
    await using stage = await ModelStage.open();
    await run(stage, "public", deeds.map((deed) => [{ ...DEED, ...deed }]), [0]);
  });
}

const places = fc.array(fc.nat(2_000), { minLength: 1, maxLength: 3 });

/** A run that has begun is ended: fast-check's own limit would leave it behind, with its timers and a closed database. */
async function tryRooms(commands: fc.Arbitrary<Intent[][]>): Promise<void> {
  console.log(`seed ${SEED}`);
  await using stage = await ModelStage.open();
  const end = performance.now() + MOST_MS;
  const property = fc.asyncProperty(kind, commands, places, async (...given) => {
    if (performance.now() < end) await run(stage, ...given);
  });
  await fc.assert(property, { numRuns: RUNS, seed: SEED });
}

Deno.test("a room is what its model is after any commands, on every isolate: log, documents, counts and answers", async () => {
  await tryRooms(oneByOne(MAX_COMMANDS));
});

Deno.test("commands that meet each other are answered as some order explains, and the log says in which", async () => {
  await tryRooms(together(MAX_GROUPS));
});
