/**
 * What every isolate says of a room, beside what the model says.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { memberDocument, roomDocument } from "../../../chat/documents.ts";
import { exportRoom } from "../../../chat/exports.ts";
import { documentKey } from "../../../chat/keys.ts";
import type { Cursor } from "../../../layers/layer.ts";
import type { Caller } from "../../../protocol/caller.ts";
import { messageEvent } from "../../../protocol/events.ts";
import { countsOf, levelOf, type ModelRoom } from "../room_model.ts";
import { NAMES, type Real, WORDS } from "./commands.ts";
import { Fold, peopleOf, type Placed, viewOfFold, viewOfMessage, viewOfModel } from "./fold.ts";
import { logAfter, type ModelIsolate } from "./stage.ts";

/** A room, and what it should be. */
export interface Checked {
  readonly real: Real;
  readonly model: ModelRoom;
  readonly now: number;
  /** The place before its first event. */
  readonly beginning: Cursor;
  /** What begins every text of this run. */
  readonly mark: string;
  /** Whether so much else followed the last message that it may not be shown in lists. */
  readonly isOld: boolean;
}

/** Folds of the log, as it came and as it is read now, from wherever one goes on; and what is exported. */
export async function checkLog(
  { layer }: ModelIsolate,
  { real, model, now, beginning }: Checked,
  live: readonly Placed[],
  places: readonly number[],
): Promise<Placed[]> {
  const log = await logAfter(layer, real.room, beginning);
  assertEquals(log.map(({ cursor }) => cursor), live.map(({ cursor }) => cursor), "the log is what came live");
  assertEquals(log.at(-1)?.cursor, model.head);
  const [exact, expected] = [viewOfModel(model, now, true), viewOfModel(model, now)];
  assertEquals(viewOfFold(new Fold(live), now, true), exact, "what came live");
  assertEquals(viewOfFold(new Fold(live.flatMap((event) => [event, event])), now, true), exact, "each event twice");
  assertEquals(viewOfFold(new Fold([...live, ...live]), now), expected, "all of it twice");
  assertEquals(viewOfFold(new Fold(log), now), expected, "what is read now");
  for (const place of places.map((each) => each % (live.length + 1))) {
    const fold = new Fold(live.slice(0, place));
    for (const event of await logAfter(layer, real.room, live[place - 1]?.cursor ?? beginning)) fold.add(event);
    assertEquals(viewOfFold(fold, now), expected, `live up to ${place} of ${live.length}, then read`);
  }
  const lines: string[] = [];
  for await (const line of exportRoom(layer, real.room)) lines.push(line);
  assertEquals(lines.map((line) => JSON.parse(line)), log.map((event) => ({ ...event })), "the export");
  return log;
}

/** Documents, history, members, pins, counts, search, threads. */
export async function checkIsolate(isolate: ModelIsolate, checked: Checked): Promise<void> {
  const { real, model, now } = checked;
  await checkDocuments(isolate, checked);
  await checkCounts(isolate, checked);
  const reader = readerOf(checked);
  if (reader === undefined) return;
  const { service } = isolate;
  const expected = viewOfModel(model, now, true).messages;
  const items = await allMessages(isolate, checked, reader);
  assertEquals(items.map((item) => viewOfMessage(item, true)), expected, "history");
  const members = await service.members.list(reader, real.room, { limit: 100 });
  const named = [...model.people].filter(([, { role }]) => role !== undefined).map(([id, { name, role }]) => ({
    id,
    name,
    role,
  }));
  assertEquals(
    members.items.map(({ user, role }) => ({ ...user, role })),
    named.sort((a, b) => a.id < b.id ? -1 : 1),
    "members, and how they are called",
  );
  assertEquals((await service.pins.list(reader, real.room)).map(({ cursor }) => cursor), model.pins, "pins");
  await checkReactions(isolate, checked, reader);
  await checkSearch(isolate, checked, reader);
}

/** Unread messages and mentions of everybody who is in. */
export async function checkCounts({ service }: ModelIsolate, { real, model, isOld }: Checked): Promise<void> {
  for (const [id, caller] of real.callers) {
    const person = model.people.get(id);
    const mine = (await service.myRooms.list(caller)).find(({ room }) => room.name === real.room);
    assertEquals(mine?.role, person?.role, `whether it is one of ${id}'s`);
    if (mine === undefined) continue;
    const { unread, mentions, more, marker } = mine;
    assertEquals(
      { unread, mentions, more, marker },
      { ...countsOf(model, id), more: false, marker: person?.marker },
      id,
    );
    const last = model.messages.at(-1);
    if (isOld && mine.lastMessage === undefined) continue;
    assertEquals([mine.lastMessage?.cursor, mine.lastMessage?.text], [last?.cursor, last?.text], "the last message");
  }
}

async function checkDocuments({ layer, service }: ModelIsolate, { real, model, now }: Checked): Promise<void> {
  const [found] = await layer.get([documentKey("room", real.room)]);
  const { info, owners, pins } = roomDocument.parse(found?.value);
  const { title, write, slowModeS, archived } = info;
  assertEquals({ title, write, slowModeS, archived }, viewOfModel(model, now).settings);
  assertEquals(pins, model.pins);
  const people = new Map((await layer.list({ prefix: documentKey("member", real.room), limit: 1_000 })).map((each) => {
    const { user, ...rest } = memberDocument.parse(each.value);
    return [user.id, rest];
  }));
  assertEquals(peopleOf(people, now), peopleOf(model.people, now), "member documents");
  assertEquals(owners.toSorted(), [...people].filter(([, { role }]) => role === "owner").map(([id]) => id).sort());
  for (const [id, caller] of real.callers) {
    assertEquals((await service.standings.find(caller, real.room, true)).level, levelOf(model, id, now), id);
  }
  if (info.people !== undefined) {
    const names = info.people.map(({ id, name }) => ({ id, name }));
    assertEquals(names, names.map(({ id }) => ({ id, name: model.people.get(id)?.name ?? "" })), "a direct room's two");
  }
}

async function checkReactions(
  { service, layer }: ModelIsolate,
  { real, model }: Checked,
  reader: Caller,
): Promise<void> {
  for (const { cursor, text, reactions } of model.messages) {
    const documents = await layer.list({ prefix: documentKey("reaction", real.room, cursor), limit: 100 });
    const given = documents.map(({ key }) => `${key[3]} ${key[4]}`);
    const expected = [...reactions].flatMap(([emoji, ids]) => ids.map((id) => `${emoji} ${id}`));
    assertEquals(given.toSorted(), expected.sort(), "reaction documents");
    const [first] = reactions;
    if (text === undefined || first === undefined) continue;
    const { items } = await service.reactions.list(reader, real.room, cursor, first[0], { limit: 100 });
    assertEquals(items.map(({ user }) => user.id), first[1].toSorted(), "who gave an emoji");
  }
}

async function checkSearch({ service }: ModelIsolate, { real, model, mark }: Checked, reader: Caller): Promise<void> {
  const { room } = real;
  const alive = model.messages.filter(({ text }) => text !== undefined).toReversed();
  const find = async (wanted: { text?: string; from?: string; mentions?: string }) => {
    const found: string[] = [];
    for (let next: string | undefined, isMore = true; isMore; isMore = next !== undefined) {
      const page = await service.finder.messages(reader, { room, ...wanted }, { next, limit: 7 });
      found.push(...page.items.map(({ cursor }) => cursor));
      next = page.next;
    }
    return found;
  };
  const cursors = (holds: (message: typeof alive[number]) => boolean) =>
    alive.filter(holds).map(({ cursor }) => cursor);
  for (const text of [mark, ...WORDS, ...NAMES.slice(3)]) {
    const part = text === "바다물" ? "다물" : text;
    const expected = cursors((message) => message.text?.toLowerCase().includes(text.toLowerCase()) ?? false);
    assertEquals(await find({ text: part }), expected, `search for ${part}`);
  }
  for (const { cursor, text } of alive) {
    const [word = ""] = text?.split(" ") ?? [];
    assertEquals(await find({ text: word }), [cursor], `search for ${word}`);
  }
  for (const id of [...real.callers.keys(), "@room"]) {
    assertEquals(await find({ mentions: id }), cursors(({ mentions }) => mentions.includes(id)), `who mentions ${id}`);
    if (id !== "@room") assertEquals(await find({ from: id }), cursors(({ author }) => author === id), `from ${id}`);
  }
  for (const root of new Set(model.messages.flatMap(({ thread }) => thread ?? []))) {
    const found: string[] = [];
    // On a busy machine a page is answered late, and with nothing but where to go on.
    for (let after: string | undefined, isMore = true; isMore; isMore = after !== undefined) {
      const page = await service.finder.thread(reader, room, root, { after, limit: 7 });
      found.push(...page.items.map(({ cursor }) => cursor));
      after = page.next;
    }
    const expected = model.messages.filter(({ thread }) => thread === root).map(({ cursor }) => cursor);
    assertEquals(found, expected, "a thread, with its tombstones");
  }
}

/** History in pages, from its end to its beginning. */
async function allMessages({ service }: ModelIsolate, { real }: Checked, reader: Caller) {
  const items = [];
  for (let before: string | undefined, isMore = true; isMore;) {
    const page = await service.history.read(reader, real.room, { limit: 7, ...(before !== undefined && { before }) });
    assertEquals(page.mine, {});
    items.unshift(...page.items);
    before = page.next ?? page.items[0]?.cursor;
    isMore = page.hasBefore;
  }
  return items.map(({ cursor, json }) => {
    const { user, replies, pinned = false, mentions = [], reactions = [], deleted, ...event } = messageEvent.parse(
      JSON.parse(json),
    );
    assertEquals(deleted === true, event.text === undefined);
    for (const { count, users } of reactions) assertEquals(count, users.length);
    const given = new Map(reactions.map(({ emoji, users }) => [emoji, users]));
    return { ...event, cursor, author: user.id, replies: replies?.count ?? 0, pinned, mentions, reactions: given };
  });
}

/** Somebody who may read it. */
function readerOf({ real, model, now }: Checked): Caller | undefined {
  const least = model.kind === "public" ? ["banned"] : ["banned", "stranger"];
  return [...real.callers.values()].find(({ user }) => !least.includes(levelOf(model, user.id, now)));
}

/** No text that was deleted is anywhere in the database: log, feed, amendments, documents, of the message or of its edits. */
export async function checkErased(kv: Deno.Kv, { mark }: Checked, gone: ReadonlySet<string>): Promise<void> {
  const pattern = new RegExp(`${mark}\\d+q`, "g");
  for await (const { key, value } of kv.list({ prefix: [] }, { batchSize: 500 })) {
    for (const text of [...textsIn(key), ...textsIn(value)]) {
      for (const [word] of text.matchAll(pattern)) {
        if (gone.has(word)) throw new Error(`${word} was deleted, and is in ${Deno.inspect(key)}: ${text}`);
      }
    }
  }
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (value instanceof Uint8Array) yield new TextDecoder("latin1").decode(value);
  else if (value instanceof Map || value instanceof Set) yield* textsIn([...value]);
  else if (Array.isArray(value)) { for (const each of value) yield* textsIn(each); }
  else if (typeof value === "object" && value !== null) yield* textsIn(Object.entries(value));
}
