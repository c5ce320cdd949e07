import { assert, assertEquals, assertMatch } from "@std/assert";
import { MAX_INVITES } from "../../chat/invites.ts";
import {
  assertRefused,
  caller,
  type Isolate,
  MINJI,
  MORITZ,
  newsOf,
  OLIVIA,
  openHouse,
  openLobby,
  refusalOf,
  SUA,
} from "./house.ts";

const DAY_S = 86_400;

Deno.test("who has a code comes in once, and the next one does not", async () => {
  await using house = openHouse();
  const room = await openLobby(house, { kind: "private" });
  const { code, id, expiresAt, uses } = await house.invites.create(MORITZ, room);
  assertMatch(code, /^[0-9a-z]{20}$/);
  assert(id !== code && uses === 1);
  assert(Math.abs(expiresAt - house.clock.ms - 7 * DAY_S * 1_000) < 100);
  assertEquals(await house.invites.peek(code), { title: "Lobby", kind: "private", by: MORITZ.user });
  assertEquals((await house.invites.accept(SUA, code)).isNew, true);
  assertEquals((await house.invites.accept(SUA, code)).isNew, false);
  await assertRefused(() => house.invites.accept(caller("late"), code), "forbidden");
  await assertRefused(() => house.invites.peek(code), "forbidden");
  assertEquals((await newsOf(house, room)).at(-1), "joined sua (member)");
});

Deno.test("of many who come at once exactly as many come in as an invitation is for", async () => {
  await using house = openHouse();
  const room = await openLobby(house, { kind: "private" });
  const { code, id } = await house.invites.create(MORITZ, room, { uses: 7 });
  const people = Array.from({ length: 20 }, (_, n) => caller(`p${n}`));
  const came = await Promise.allSettled(
    people.flatMap((one) => [house.invites.accept(one, code), house.invites.accept(one, code)]),
  );
  const isIn = await Promise.all(
    people.map(async (one) => (await house.standings.find(one, room, true)).level === "member"),
  );
  assertEquals(isIn.filter((is) => is).length, 7);
  assertEquals(came.filter((one) => one.status === "fulfilled" && one.value.isNew).length, 7);
  assertEquals((await house.invites.list(MORITZ, room)).some((invite) => invite.id === id), false);
});

Deno.test("an invitation for any number is not counted, and lets them all in at once", async () => {
  await using house = openHouse();
  const room = await openLobby(house, { kind: "private" });
  const { code, id } = await house.invites.create(MORITZ, room, { uses: 0 });
  await Promise.all(Array.from({ length: 50 }, (_, n) => house.invites.accept(caller(`p${n}`), code)));
  assertEquals((await house.invites.list(MORITZ, room)).find((invite) => invite.id === id)?.used, 0);
});

Deno.test("a code that is wrong, expired, used up, revoked, of an archived room, or a banned one's is refused in the same words", async () => {
  await using house = openHouse();
  const room = await openLobby(house, { kind: "private" });
  const archived = await openLobby(house, { kind: "private" });
  const old = await house.invites.create(MORITZ, room, { expiresInS: 60 });
  house.clock.ms += 61_000;
  const used = await house.invites.create(MORITZ, room);
  await house.invites.accept(caller("first"), used.code);
  const revoked = await house.invites.create(MORITZ, room);
  await house.invites.revoke(OLIVIA, room, revoked.id);
  await house.invites.revoke(OLIVIA, room, revoked.id);
  const toArchived = await house.invites.create(MORITZ, archived);
  await house.rooms.update(OLIVIA, archived, { archived: true });
  const good = await house.invites.create(MORITZ, room, { uses: 0 });
  await house.moderation.ban(MORITZ, room, "g_minji");
  const bound = caller("host", { rooms: ["lobby"] });
  const answers = await Promise.all([
    ...["", "wrong", old.code, used.code, revoked.code, toArchived.code].map((code) =>
      refusalOf(() => house.invites.accept(SUA, code))
    ),
    ...["", "wrong", old.code, used.code, revoked.code, toArchived.code].map((code) =>
      refusalOf(() => house.invites.peek(code))
    ),
    refusalOf(() => house.invites.accept(MINJI, good.code)),
    refusalOf(() => house.invites.accept(bound, good.code)),
  ]);
  for (const answer of answers) assertEquals(answer, answers[0]);
  assertEquals(answers[0]?.code, "forbidden");
});

Deno.test("a code is not in the database, only its hash", async () => {
  await using house = openHouse();
  const room = await openLobby(house);
  const { code } = await house.invites.create(OLIVIA, room);
  const kept = await Promise.all(
    ["invite", "invite_of"].map((kind) => house.layer.list({ prefix: [kind], limit: 1_000 })),
  );
  assert(kept.flat().length > 0);
  assertEquals(JSON.stringify(kept).includes(code), false);
});

Deno.test("a room has 100 invitations; those that hold no more make room for new ones", async () => {
  await using house = openHouse();
  const { name: room } = await house.rooms.create(OLIVIA, { kind: "private" });
  for (let n = 0; n < MAX_INVITES; n++) await house.invites.create(OLIVIA, room, { expiresInS: n === 0 ? 60 : 3_600 });
  await assertRefused(() => house.invites.create(OLIVIA, room), "conflict");
  house.clock.ms += 61_000;
  const { id } = await house.invites.create(OLIVIA, room);
  const listed = await house.invites.list(OLIVIA, room);
  assertEquals([listed.length, listed.some((invite) => invite.id === id)], [MAX_INVITES, true]);
});

Deno.test("to revoke an invitation while somebody comes in by it is one before the other", async () => {
  for (let round = 0; round < 10; round++) {
    await using house = openHouse();
    const room = await openLobby(house, { kind: "private" });
    const { code, id } = await house.invites.create(OLIVIA, room, { uses: 5 });
    const [came] = await Promise.allSettled([house.invites.accept(SUA, code), house.invites.revoke(OLIVIA, room, id)]);
    assertEquals((await levelOf(house, room)) === "member", came.status === "fulfilled");
    await assertRefused(() => house.invites.accept(caller("late"), code), "forbidden");
  }
});

async function levelOf(house: Isolate, room: string): Promise<string> {
  return (await house.standings.find(SUA, room, true)).level;
}
