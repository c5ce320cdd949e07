import { assertEquals } from "@std/assert";
import { documentKey } from "../../chat/keys.ts";
import type { Caller } from "../../protocol/caller.ts";
import type { User } from "../../protocol/events.ts";
import { bothTransports, openHarness } from "../operations/harness.ts";
import { ModelStage } from "./model/stage.ts";

const called = (one: Caller, name: string): Caller => ({ ...one, user: { ...one.user, name } });

/** A room of two people on two isolates, who know of each other. */
async function openPair() {
  const stage = await ModelStage.open();
  const [minji, jihun] = await stage.people(["minji", "jihun"]);
  if (minji === undefined || jihun === undefined) throw new TypeError("There are two");
  const [{ service, layer }, other] = [stage.at(0), stage.at(1).service];
  const { name: room } = await service.rooms.create(minji, { kind: "public", name: "lobby" });
  await service.members.become(jihun, room);
  const mentioned = async (text: string): Promise<string[]> => {
    const { cursor } = await other.messages.send(minji, room, { text });
    return JSON.parse((await other.history.message(minji, room, cursor)).json).mentions ?? [];
  };
  const names = async () => (await other.members.list(minji, room, { limit: 10 })).items.map(({ user }) => user.name);
  const dispose = () => stage[Symbol.asyncDispose]();
  return { layer, service, room, minji, jihun, mentioned, names, [Symbol.asyncDispose]: dispose };
}

Deno.test("who is called otherwise is known by that name in all rooms of theirs, and by the old one in none", async () => {
  await using at = await openPair();
  const { service, room, minji, jihun } = at;
  const { room: { name: direct } } = await service.direct.open(minji, jihun.user.id);
  // A room that only the other one has opened is not in one's list yet.
  await service.direct.open(jihun, minji.user.id);
  const user = await service.people.rename(jihun, "Jay");
  await service.members.rename(user);
  assertEquals((await at.names()).toSorted(), ["Jay", "minji"]);
  assertEquals(await at.mentioned("@jay @jihun"), [user.id]);
  assertEquals(await at.mentioned("@jihun"), []);
  const [found] = await at.layer.get([documentKey("room", direct)]);
  const { info } = found?.value as { info: { people: User[] } }; // A direct room has them.
  assertEquals(info.people.map(({ name }) => name), ["minji", "Jay"]);
  const before = await at.layer.get([documentKey("member", room, user.id), documentKey("room", direct)]);
  await service.members.rename(user);
  assertEquals(await at.layer.get(before.map((each) => each?.key ?? [""])), before, "nothing is written twice");
});

Deno.test("of two names that somebody takes at once the last one stays, whichever comes to their rooms first", async () => {
  await using at = await openPair();
  const { service, jihun } = at;
  const first = await service.people.rename(jihun, "first");
  const second = await service.people.rename(jihun, "second");
  await service.members.rename(second);
  await service.members.rename(first);
  assertEquals((await at.names()).toSorted(), ["minji", "second"]);
  assertEquals(await at.mentioned("@first @second"), [jihun.user.id]);
});

Deno.test("who comes in under another name than they are known by is known by it from then on", async () => {
  await using at = await openPair();
  const { service, room, jihun } = at;
  for (const [name, comeIn] of [["Jay", "enter"], ["Jo", "become"]] as const) {
    await service.people.rename(jihun, name);
    assertEquals(await at.mentioned(`@${name}`), []);
    await service.members[comeIn](called(jihun, name), room);
    assertEquals(await at.mentioned(`@${name}`), [jihun.user.id]);
  }
});

Deno.test("somebody whose host site calls them otherwise, and of whom no more is known, is known by that name when they come in", async () => {
  await using at = await openPair();
  const { service, room } = at;
  const signed: Caller = { user: { id: "s_1", name: "old" }, kind: "signed", isAdmin: false, credential: "t" };
  await service.members.become(signed, room);
  await service.members.enter(called(signed, "new"), room);
  assertEquals(await at.mentioned("@old @new"), ["s_1"]);
});

bothTransports("a new name is found by mentions at once", async ({ person, ok }, transport) => {
  const [minji, jihun] = [await person("minji"), await person("jihun")];
  for (const { token } of [minji, jihun]) await ok("http", token, "become_member", { room: "lobby" });
  await ok(transport, jihun.token, "rename", { name: "Jay" });
  const { cursor } = await ok("http", minji.token, "send", { room: "lobby", key: "1", text: "@Jay" });
  const { mentions } = await ok("http", minji.token, "get_message", { room: "lobby", cursor });
  assertEquals(mentions, [jihun.id]);
});

Deno.test("the name that somebody says hello with is found by mentions at once", async () => {
  await using harness = await openHarness();
  const { person, ok, service } = harness;
  const [minji, jihun] = [await person("minji"), await person("jihun")];
  for (const { token } of [minji, jihun]) await ok("http", token, "become_member", { room: "lobby" });
  await (await service.session()).ok({ type: "hello", token: jihun.token, name: "Jay" });
  const { cursor } = await ok("http", minji.token, "send", { room: "lobby", key: "1", text: "@Jay" });
  const { mentions } = await ok("http", minji.token, "get_message", { room: "lobby", cursor });
  assertEquals(mentions, [jihun.id]);
});
