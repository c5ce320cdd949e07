import { assert, assertEquals } from "@std/assert";
import { documentKey, personGroup, roomGroup } from "../../chat/keys.ts";
import { until } from "../layers/until.ts";
import {
  ADMIN,
  assertRefused,
  caller,
  JIHUN,
  MINJI,
  MORITZ,
  newsOf,
  OLIVIA,
  openHouse,
  openLobby,
  SUA,
} from "./house.ts";

Deno.test("whoever enters a name that nobody has used is in an empty public room that nobody owns", async () => {
  await using house = openHouse();
  const standing = await house.members.enter(MINJI, "new");
  assertEquals([standing.level, standing.room.kind, standing.document?.owners], ["member", "public", []]);
  assertEquals(await newsOf(house, "new"), ["joined minji (member)"]);
  assertEquals((await house.rooms.list(MINJI, { limit: 10 })).items.map(({ name }) => name), ["new"]);
});

Deno.test("to become a member twice, also at once, is to become one once", async () => {
  await using house = openHouse();
  const both = await Promise.all([1, 2, 3].map(() => house.members.become(MINJI, "r")));
  assertEquals(both.filter(({ isNew }) => isNew).length, 1);
  assertEquals((await house.members.become(MINJI, "r")).isNew, false);
  assertEquals(await newsOf(house, "r"), ["joined minji (member)"]);
});

Deno.test("many who come and go at once all do, and those who come do not change the room's version", async () => {
  await using house = openHouse();
  const people = Array.from({ length: 60 }, (_, n) => caller(`p${n}`));
  await house.members.become(OLIVIA, "r");
  const [before] = await house.layer.get([documentKey("room", "r")]);
  await Promise.all(people.map((one) => house.members.become(one, "r")));
  const [after] = await house.layer.get([documentKey("room", "r")]);
  assertEquals(after?.version, before?.version);
  await Promise.all(people.map((one) => house.members.leave(one, "r")));
  assertEquals((await house.members.list(OLIVIA, "r", { limit: 200 })).items.map(({ user }) => user.name), ["olivia"]);
});

Deno.test("who left may come back, and leaving twice is leaving once", async () => {
  await using house = openHouse();
  const room = await openLobby(house);
  await house.members.leave(MINJI, room);
  await house.members.leave(MINJI, room);
  assertEquals(await house.members.roomsOf(MINJI.user.id), []);
  assertEquals(await house.layer.get([documentKey("member", room, MINJI.user.id)]), [undefined]);
  await house.members.become(MINJI, room);
  assertEquals(await house.members.roomsOf(MINJI.user.id), [room]);
  assertEquals((await newsOf(house, room)).slice(-2), ["left minji", "joined minji (member)"]);
});

Deno.test("the only owner does not leave while others are in, and does when there is another or nobody", async () => {
  await using house = openHouse();
  const room = await openLobby(house);
  await assertRefused(() => house.members.leave(OLIVIA, room), "conflict");
  await assertRefused(() => house.members.setRole(OLIVIA, room, OLIVIA.user.id, "member"), "conflict");
  await house.members.setRole(OLIVIA, room, MORITZ.user.id, "owner");
  await house.members.leave(OLIVIA, room);
  for (const person of [MINJI, JIHUN]) await house.members.leave(person, room);
  await house.members.leave(MORITZ, room);
  assertEquals((await house.members.list(ADMIN, room, { limit: 10 })).items, []);
});

Deno.test("of two owners who leave at once while others are in, one stays", async () => {
  await using house = openHouse();
  const room = await openLobby(house);
  await house.members.setRole(OLIVIA, room, MORITZ.user.id, "owner");
  const left = await Promise.allSettled([OLIVIA, MORITZ].map((owner) => house.members.leave(owner, room)));
  assertEquals(left.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
});

Deno.test("an owner steps down but does not put another one down", async () => {
  await using house = openHouse();
  const room = await openLobby(house);
  await house.members.setRole(OLIVIA, room, MORITZ.user.id, "owner");
  await assertRefused(() => house.members.setRole(MORITZ, room, OLIVIA.user.id, "member"), "forbidden");
  await house.members.setRole(OLIVIA, room, OLIVIA.user.id, "member");
  await assertRefused(() => house.members.setRole(OLIVIA, room, MINJI.user.id, "moderator"), "forbidden");
  await assertRefused(() => house.members.setRole(MORITZ, room, SUA.user.id, "moderator"), "not_found");
  await house.members.setRole(MORITZ, room, MINJI.user.id, "member");
  assertEquals((await newsOf(house, room)).slice(-2), ["role moritz (owner)", "role olivia (member)"]);
});

Deno.test("a private room is entered where the host site's token names it, and only there", async () => {
  await using house = openHouse();
  const room = await openLobby(house, { kind: "private" });
  assertEquals((await house.members.enter(SUA, room)).level, "stranger");
  await assertRefused(() => house.members.become(SUA, room), "forbidden");
  const signed = caller("sua", { kind: "signed", rooms: [room] });
  assertEquals((await house.members.enter(signed, room)).level, "member");
  await assertRefused(() => house.members.become(signed, "lobby"), "forbidden");
  await assertRefused(
    () => house.members.become(caller("jin", { rooms: ["p-00000000000000000000"] }), "p-00000000000000000000"),
    "forbidden",
  );
});

Deno.test("a banned person does not come in by a token that names the room", async () => {
  await using house = openHouse();
  const room = await openLobby(house, { kind: "private" });
  await house.moderation.ban(OLIVIA, room, SUA.user.id);
  await assertRefused(() => house.members.become(caller("sua", { rooms: [room] }), room), "forbidden");
});

Deno.test("nobody is in more than 1,000 rooms", async () => {
  await using house = openHouse();
  const sets = Array.from(
    { length: 1_000 },
    (_, n) => ({ key: documentKey("membership", MINJI.user.id, `r${n}`), value: {} }),
  );
  for (let from = 0; from < 1_000; from += 250) await house.layer.commit({ sets: sets.slice(from, from + 250) });
  await assertRefused(() => house.members.become(MINJI, "one-more"), "forbidden");
  assertEquals((await house.members.roomsOf(MINJI.user.id)).length, 1_000);
});

Deno.test("members are listed page by page, without those who are only known", async () => {
  await using house = openHouse();
  const room = await openLobby(house);
  await house.moderation.ban(OLIVIA, room, SUA.user.id);
  await house.moderation.mute(OLIVIA, room, MINJI.user.id, { until: house.clock.ms + 60_000 });
  const names: string[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await house.members.list(JIHUN, room, { after, limit: 2 });
    names.push(...page.items.map(({ user, role, muted }) => `${user.name} ${role}${muted ? " muted" : ""}`));
    after = page.next;
    if (after === undefined) break;
  }
  assertEquals(names, ["jihun member", "minji member muted", "moritz moderator", "olivia owner"]);
});

Deno.test("what somebody chooses for a room is kept, said to them alone, and only once", async () => {
  await using house = openHouse();
  const room = await openLobby(house);
  const heard: string[] = [];
  const subscription = await house.layer.subscribe(personGroup(MINJI.user.id), {
    deliver: ({ entries }) => void heard.push(...entries.map(({ json }) => JSON.parse(json).change)),
  });
  const { head } = await house.layer.read(roomGroup(room), { limit: 1 });
  const chosen = await house.members.choose(MINJI, room, { notify: "none", favourite: true });
  assertEquals([chosen.notify, chosen.favourite], ["none", true]);
  assertEquals(await house.members.choose(MINJI, room, { notify: "none" }), chosen);
  await house.members.leave(MINJI, room);
  await until(() => heard.includes("left"), "she hears that she left");
  assertEquals(heard, ["chosen", "left"]);
  assertEquals((await house.layer.read(roomGroup(room), { after: head, limit: 10 })).entries.length, 1);
  await assertRefused(() => house.members.choose(SUA, room, { favourite: true }), "forbidden");
  await assertRefused(() => house.members.choose(ADMIN, room, { favourite: true }), "forbidden");
  subscription.close();
});

Deno.test("who was put out on another isolate does not enter once more by what this one remembers", async () => {
  await using house = openHouse();
  const room = await openLobby(house, { kind: "private" });
  assert((await house.members.enter(MINJI, room)).level === "member");
  const { openIsolate } = await import("./house.ts");
  await openIsolate(house.layer, house.clock).moderation.kick(MORITZ, room, MINJI.user.id);
  assertEquals((await house.standings.find(MINJI, room)).level, "member");
  assertEquals((await house.members.enter(MINJI, room)).level, "stranger");
});
