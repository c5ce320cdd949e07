import { assertEquals } from "@std/assert";
import { documentKey } from "../../chat/keys.ts";
import { ADMIN, assertRefused, caller, MORITZ, OLIVIA, openHouse, openLobby, SUA } from "../chat/house.ts";
import { onService } from "../testing/stage.ts";

type House = ReturnType<typeof openHouse>;

/** All the ways in which somebody may no longer invite. */
const FALLS: Readonly<Record<string, (house: House, room: string) => Promise<void>>> = {
  "was kicked": (house, room) => house.moderation.kick(OLIVIA, room, MORITZ.user.id),
  "was banned": (house, room) => house.moderation.ban(OLIVIA, room, MORITZ.user.id),
  "is no moderator any more": (house, room) => house.members.setRole(OLIVIA, room, MORITZ.user.id, "member"),
  "has left": (house, room) => house.members.leave(MORITZ, room),
  "was banned from the service": async ({ layer }) => {
    await layer.commit({ sets: [{ key: documentKey("ban", MORITZ.user.id), value: { by: OLIVIA.user, at: 1 } }] });
  },
};

for (const [how, fall] of Object.entries(FALLS)) {
  Deno.test(`the invitation of somebody who ${how} lets nobody in, and not themselves as another`, async () => {
    await using house = openHouse();
    const room = await openLobby(house, { kind: "private" });
    const { code } = await house.invites.create(MORITZ, room, { uses: 0, expiresInS: 2_592_000 });
    const kept = await house.invites.create(OLIVIA, room);
    await house.invites.accept(SUA, code);
    await fall(house, room);
    await assertRefused(() => house.invites.accept(caller("moritz-again"), code), "forbidden");
    await assertRefused(() => house.invites.peek(code), "forbidden");
    assertEquals((await house.invites.accept(caller("late"), kept.code)).isNew, true);
  });
}

Deno.test("a crash right after somebody was put out leaves no invitation that holds", async () => {
  await using house = openHouse();
  const room = await openLobby(house, { kind: "private" });
  const { code } = await house.invites.create(MORITZ, room, { uses: 0 });
  const kept = await house.layer.list({ prefix: ["invite"], limit: 100 });
  await house.moderation.kick(OLIVIA, room, MORITZ.user.id);
  await house.layer.commit({ sets: kept.map(({ key, value }) => ({ key, value })) });
  await assertRefused(() => house.invites.accept(SUA, code), "forbidden");
  await assertRefused(() => house.invites.peek(code), "forbidden");
});

Deno.test("to put somebody out while others come in by their invitation is one before the other", async () => {
  for (let round = 0; round < 10; round++) {
    await using house = openHouse();
    const room = await openLobby(house, { kind: "private" });
    const { code } = await house.invites.create(MORITZ, room, { uses: 0 });
    const [came] = await Promise.allSettled([
      house.invites.accept(SUA, code),
      house.moderation.ban(OLIVIA, room, MORITZ.user.id),
    ]);
    const { level } = await house.standings.find(SUA, room, true);
    assertEquals(level === "member", came.status === "fulfilled");
    await assertRefused(() => house.invites.accept(caller("late"), code), "forbidden");
  }
});

Deno.test("who is still a moderator, and who keeps order everywhere, go on inviting; a demoted one's are gone from the list", async () => {
  await using house = openHouse();
  const room = await openLobby(house, { kind: "private" });
  const mine = await house.invites.create(ADMIN, room, { uses: 0 });
  const theirs = await house.invites.create(MORITZ, room, { uses: 0 });
  await house.members.setRole(OLIVIA, room, MORITZ.user.id, "owner");
  await house.members.setRole(MORITZ, room, MORITZ.user.id, "moderator");
  for (const [i, { code }] of [mine, theirs].entries()) await house.invites.accept(caller(`p${i}`), code);
  await house.members.setRole(OLIVIA, room, MORITZ.user.id, "member");
  const ids = (await house.invites.list(OLIVIA, room)).map(({ id }) => id);
  assertEquals([ids.includes(mine.id), ids.includes(theirs.id)], [true, false]);
  await house.members.setRole(OLIVIA, room, MORITZ.user.id, "moderator");
  await assertRefused(() => house.invites.accept(SUA, theirs.code), "forbidden");
});

Deno.test(
  "nobody puts the operator out or keeps them silent",
  onService(async (service) => {
    const owner = await service.signIn("Olivia");
    await owner.ok("POST", "/v1/rooms", { kind: "public", name: "hall" });
    for (const path of ["bans", "mutes"]) {
      const response = await owner.request("PUT", `/v1/rooms/hall/${path}/operator`, {});
      assertEquals([response.status, (await response.json()).code], [403, "forbidden"], path);
    }
    assertEquals((await owner.ok("GET", "/v1/rooms/hall/bans")).items, []);
  }, { apiKey: "operator-key-operator-key-operator" }),
);
