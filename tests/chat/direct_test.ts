import { assertEquals, assertMatch } from "@std/assert";
import { ADMIN, assertRefused, caller, MINJI, newsOf, OLIVIA, openHouse, refusalOf, SUA } from "./house.ts";

Deno.test("two people have one room, whoever opens it and however often, and both are in it", async () => {
  await using house = openHouse();
  const opened = await Promise.all([
    house.direct.open(MINJI, SUA.user.id),
    house.direct.open(SUA, MINJI.user.id),
    house.direct.open(MINJI, SUA.user.id),
  ]);
  const [{ room }] = opened;
  assertMatch(room.name, /^d-[0-9a-z]{20}$/);
  assertEquals(new Set(opened.map((one) => one.room.name)).size, 1);
  assertEquals(opened.filter(({ isNew }) => isNew).length, 1);
  assertEquals(room.people?.map(({ id }) => id).sort(), [MINJI.user.id, SUA.user.id]);
  assertEquals((await newsOf(house, room.name)).toSorted(), ["joined minji (member)", "joined sua (member)", "room"]);
  for (const one of [MINJI, SUA]) {
    await house.direct.open(one, (one === MINJI ? SUA : MINJI).user.id);
    assertEquals(await house.members.roomsOf(one.user.id), [room.name]);
    assertEquals((await house.standings.find(one, room.name, true)).level, "member");
  }
  await assertRefused(() => house.rooms.get(OLIVIA, room.name), "forbidden");
});

Deno.test("oneself, nobody, and whom one's token does not let one write to are refused in the same words", async () => {
  await using house = openHouse();
  const answers = await Promise.all([
    refusalOf(() => house.direct.open(MINJI, MINJI.user.id)),
    refusalOf(() => house.direct.open(MINJI, "g_nobody")),
    refusalOf(() => house.direct.open(caller("minji", { rooms: ["lobby"] }), SUA.user.id)),
  ]);
  assertEquals(
    answers.map(({ code, message }) => `${code} ${message.replace(/"[^"]*"/, "…")}`),
    Array(3).fill(
      "forbidden Cannot write to …: there is nobody of that id to write to",
    ),
  );
});

Deno.test("a room of two is hidden and not left, not invited to, not configured; an admin keeps order in it too", async () => {
  await using house = openHouse();
  const { room: { name } } = await house.direct.open(MINJI, SUA.user.id);
  await house.members.leave(MINJI, name);
  assertEquals(await house.members.roomsOf(MINJI.user.id), []);
  assertEquals((await house.standings.find(MINJI, name, true)).level, "member");
  await assertRefused(() => house.invites.create(MINJI, name), "forbidden");
  await assertRefused(() => house.rooms.update(MINJI, name, { title: "us" }), "forbidden");
  await assertRefused(() => house.moderation.kick(MINJI, name, SUA.user.id), "forbidden");
  await house.moderation.mute(ADMIN, name, SUA.user.id);
  assertEquals((await house.standings.find(SUA, name, true)).level, "muted");
});
