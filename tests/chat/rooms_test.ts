import { assertEquals, assertMatch } from "@std/assert";
import { documentKey, roomGroup } from "../../chat/keys.ts";
import { roomDocument } from "../../chat/documents.ts";
import { ADMIN, assertRefused, caller, MINJI, MORITZ, newsOf, OLIVIA, openHouse, openLobby, SUA } from "./house.ts";

Deno.test("who makes a room owns it", async () => {
  await using house = openHouse();
  const room = await house.rooms.create(OLIVIA, { kind: "public", name: "한글방", title: " 우리  방 ", slowModeS: 5 });
  assertEquals(room, {
    name: "한글방",
    title: "우리 방",
    kind: "public",
    write: "members",
    slowModeS: 5,
    retentionDays: 0,
    archived: false,
  });
  assertEquals((await house.rooms.get(OLIVIA, "한글방")).level, "owner");
  assertEquals(await newsOf(house, "한글방"), ["room", "joined olivia (owner)"]);
});

Deno.test("a public name is made once: not a room's, not one that was used, not one of those that are given", async () => {
  await using house = openHouse();
  await house.members.become(MINJI, "used");
  // A log of a time before there were documents.
  await house.layer.publish(roomGroup("old"), { type: "message", at: 1, user: MINJI.user, text: "a" });
  for (const name of ["used", "old"]) {
    await assertRefused(() => house.rooms.create(OLIVIA, { kind: "public", name }), "conflict");
  }
  for (const name of ["p-0123456789abcdefghij", "d-0123456789abcdefghij", "", undefined, "a b"]) {
    await assertRefused(() => house.rooms.create(OLIVIA, { kind: "public", name }), "bad_room");
  }
  await house.rooms.create(OLIVIA, { kind: "public", name: "d-day" });
  const both = await Promise.allSettled(
    [OLIVIA, MORITZ].map((who) => house.rooms.create(who, { kind: "public", name: "x" })),
  );
  assertEquals(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
});

Deno.test("a private room's name is given, and no list has it", async () => {
  await using house = openHouse();
  const { name } = await house.rooms.create(OLIVIA, { kind: "private", title: "Board" });
  assertMatch(name, /^p-[0-9a-z]{20}$/);
  await assertRefused(() => house.rooms.create(OLIVIA, { kind: "private", name: "board" }), "bad_room");
  assertEquals((await house.rooms.list(OLIVIA, { limit: 10 })).items, []);
});

Deno.test("rooms are found by any part of their name or title, in any case and form, page by page", async () => {
  await using house = openHouse();
  for (
    const [name, title] of [["alpha", "Ｔｅａｍ One"], ["beta", "two"], ["gamma-team", ""], ["한글방", "팀"]] as const
  ) {
    await house.rooms.create(OLIVIA, { kind: "public", name, title });
  }
  const found = async (find: string) =>
    (await house.rooms.list(MINJI, { find, limit: 10 })).items.map(({ name }) => name);
  assertEquals(await found("TEAM"), ["alpha", "gamma-team"]);
  assertEquals(await found("글"), ["한글방"]);
  assertEquals(await found("nothing"), []);
  const first = await house.rooms.list(MINJI, { limit: 3 });
  assertEquals([first.items.length, first.next], [3, "gamma-team"]);
  assertEquals((await house.rooms.list(MINJI, { limit: 3, after: first.next })).items.map(({ name }) => name), [
    "한글방",
  ]);
  const bound = caller("host", { rooms: ["beta"] });
  assertEquals((await house.rooms.list(bound, { limit: 9 })).items.map(({ name }) => name), ["beta"]);
  await house.rooms.update(OLIVIA, "alpha", { archived: true });
  assertEquals(await found("team"), ["gamma-team"]);
  await house.rooms.update(OLIVIA, "alpha", { archived: false, title: "Back" });
  assertEquals(await found("back"), ["alpha"]);
});

Deno.test("a change of settings is said once, and is a change of the rules", async () => {
  await using house = openHouse();
  const room = await openLobby(house);
  const rules = async () => roomDocument.parse((await house.layer.get([documentKey("room", room)]))[0]?.value).rules;
  const before = await rules();
  await house.rooms.update(OLIVIA, room, { topic: "All of it", write: "moderators" });
  await house.rooms.update(OLIVIA, room, { topic: "All of it" });
  assertEquals(await rules(), before + 1);
  assertEquals((await newsOf(house, room)).filter((news) => news === "room").length, 2);
  assertEquals((await house.rooms.update(OLIVIA, room, { topic: "  " })).topic, undefined);
});

Deno.test("what is archived is only brought back, by its owner", async () => {
  await using house = openHouse();
  const room = await openLobby(house);
  await assertRefused(() => house.rooms.update(MORITZ, room, { archived: true }), "forbidden");
  await house.rooms.update(OLIVIA, room, { archived: true });
  await assertRefused(() => house.rooms.update(OLIVIA, room, { title: "x" }), "forbidden");
  await assertRefused(() => house.rooms.update(OLIVIA, room, { title: "x", archived: true }), "forbidden");
  await assertRefused(() => house.members.become(SUA, room), "forbidden");
  assertEquals((await house.members.enter(SUA, room)).level, "stranger");
  assertEquals((await house.rooms.update(OLIVIA, room, { title: "x", archived: false })).title, "x");
});

Deno.test("titles and topics are one line that can be shown, of so many characters as people count", async () => {
  await using house = openHouse();
  const room = await openLobby(house);
  const update = (settings: { title?: string; topic?: string }) => () => house.rooms.update(OLIVIA, room, settings);
  assertEquals((await update({ title: "👨‍👩‍👧‍👦".repeat(28) })()).title?.length, 28 * 11);
  await assertRefused(update({ title: "a".repeat(81) }), "too_long");
  await assertRefused(update({ topic: "a".repeat(501) }), "too_long");
  for (const title of ["a\u202eb", "a\u0007b", "\ud800", "\u2066a"]) {
    await assertRefused(update({ title }), "bad_request");
  }
  assertEquals((await update({ title: "a\n b" })()).title, "a b");
  assertEquals((await update({ title: "\u3164" })()).title, undefined);
});

Deno.test("nobody has to be told of a room that nobody uses, and an admin cannot change what is none", async () => {
  await using house = openHouse();
  assertEquals((await house.rooms.get(MINJI, "unused")).level, "stranger");
  await assertRefused(() => house.rooms.update(ADMIN, "unused", { title: "x" }), "not_found");
  await assertRefused(() => house.rooms.get(ADMIN, "p-0123456789abcdefghij"), "forbidden");
});
