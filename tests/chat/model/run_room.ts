/**
 * A room and its model, side by side: opened, given commands, compared.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { beginningOf } from "../../../chat/beginning.ts";
import { roomGroup } from "../../../chat/keys.ts";
import { indexRoom } from "../../../chat/search/index_room.ts";
import type { Cursor } from "../../../layers/layer.ts";
import { decide, type ModelPerson, type ModelRoom } from "../room_model.ts";
import { checkCounts, type Checked, checkErased, checkIsolate, checkLog } from "./checks.ts";
import type { Command } from "./command.ts";
import { type Intent, NAMES, perform, type Real, resolve, tickOf } from "./commands.ts";
import { explain } from "./explain.ts";
import { eventually, Heard, logAfter, type ModelStage } from "./stage.ts";

/** Entries that fill a segment of the search's index, and some more. */
const OLD = 520;

/** `slow`: public, in slow mode; `old`: public, and its beginning is in the search's index. */
export type RoomKind = "public" | "private" | "direct" | "slow" | "old";

let runs = 0;

/**
 * Does in a room what is given, and compares the room with its model.
 *
 * @param groups What is in one is given at the same time.
 * @param places Where in the log somebody reads on, of as many entries as there are.
 */
export async function runRoom(
  stage: ModelStage,
  kind: RoomKind,
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
  kind: RoomKind,
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
