import { assertEquals } from "@std/assert";
import { documentKey } from "../../chat/keys.ts";
import {
  ADMIN,
  assertRefused,
  type Isolate,
  JIHUN,
  logOf,
  MINJI,
  MORITZ,
  newsOf,
  OLIVIA,
  openHouse,
  openIsolate,
  openLobby,
  SUA,
} from "./house.ts";

const idOf = ({ user: { id } }: { user: { id: string } }) => id;

async function levelOf(house: Isolate, who: typeof MINJI, room: string): Promise<string> {
  return (await house.standings.find(who, room, true)).level;
}

Deno.test("who was kicked is out, and may come back", async () => {
  await using house = openHouse();
  const room = await openLobby(house);
  await house.moderation.kick(MORITZ, room, idOf(MINJI), { reason: "noise" });
  await house.moderation.kick(MORITZ, room, idOf(MINJI));
  assertEquals(await levelOf(house, MINJI, room), "stranger");
  assertEquals(await house.members.roomsOf(idOf(MINJI)), []);
  await house.members.become(MINJI, room);
  assertEquals((await newsOf(house, room)).slice(-2), ["kicked minji", "joined minji (member)"]);
});

Deno.test("who is banned is out and stays out, by whichever way they come", async () => {
  await using house = openHouse();
  const room = await openLobby(house);
  const { code } = await house.invites.create(OLIVIA, room, { uses: 0 });
  await house.moderation.ban(MORITZ, room, idOf(MINJI));
  await house.moderation.ban(MORITZ, room, idOf(MINJI));
  await assertRefused(() => house.members.become(MINJI, room), "forbidden");
  await assertRefused(() => house.invites.accept(MINJI, code), "forbidden");
  assertEquals((await house.members.enter(MINJI, room)).level, "banned");
  await house.moderation.unban(MORITZ, room, idOf(MINJI));
  await house.moderation.unban(MORITZ, room, idOf(MINJI));
  assertEquals(await house.layer.get([documentKey("member", room, idOf(MINJI))]), [undefined]);
  await house.members.become(MINJI, room);
  assertEquals((await newsOf(house, room)).slice(-3), ["banned minji", "unbanned minji", "joined minji (member)"]);
});

Deno.test("a ban and a mute end by themselves at their time, without any event", async () => {
  await using house = openHouse();
  const room = await openLobby(house);
  const until = house.clock.ms + 60_000;
  await house.moderation.ban(MORITZ, room, idOf(MINJI), { until });
  await house.moderation.mute(MORITZ, room, idOf(JIHUN), { until });
  const before = (await logOf(house, room)).length;
  assertEquals([await levelOf(house, MINJI, room), await levelOf(house, JIHUN, room)], ["banned", "muted"]);
  assertEquals((await house.moderation.listBans(MORITZ, room, { limit: 10 })).items.map(({ user }) => user.name), [
    "minji",
  ]);
  house.clock.ms = until;
  assertEquals([await levelOf(house, MINJI, room), await levelOf(house, JIHUN, room)], ["stranger", "member"]);
  assertEquals((await house.moderation.listBans(MORITZ, room, { limit: 10 })).items, []);
  assertEquals((await logOf(house, room)).length, before);
  // What is over needs no lifting, and what is over can be said anew.
  await house.moderation.unban(MORITZ, room, idOf(MINJI));
  await house.members.become(MINJI, room);
  await house.moderation.mute(MORITZ, room, idOf(JIHUN));
  assertEquals((await newsOf(house, room)).slice(-2), ["joined minji (member)", "muted jihun (member)"]);
});

Deno.test("who is muted and leaves is muted when they come back; a moderator is heard all the same", async () => {
  await using house = openHouse();
  const room = await openLobby(house);
  await house.moderation.mute(MORITZ, room, idOf(MINJI));
  await house.members.leave(MINJI, room);
  await house.members.become(MINJI, room);
  assertEquals(await levelOf(house, MINJI, room), "muted");
  await house.members.setRole(OLIVIA, room, idOf(MINJI), "moderator");
  assertEquals(await levelOf(house, MINJI, room), "moderator");
  await house.moderation.unmute(OLIVIA, room, idOf(MINJI));
  await house.members.setRole(OLIVIA, room, idOf(MINJI), "member");
  assertEquals(await levelOf(house, MINJI, room), "member");
});

Deno.test("nobody judges somebody of their own level or above, but an admin, who leaves no trace of an owner", async () => {
  await using house = openHouse();
  const room = await openLobby(house);
  await house.members.setRole(OLIVIA, room, idOf(JIHUN), "moderator");
  for (
    const [who, whom] of [[MORITZ, OLIVIA], [MORITZ, JIHUN], [MORITZ, MORITZ], [OLIVIA, OLIVIA], [MINJI, SUA]] as const
  ) {
    for (const act of ["kick", "ban", "unban", "mute", "unmute"] as const) {
      await assertRefused(() => house.moderation[act](who, room, idOf(whom)), "forbidden");
    }
  }
  await house.moderation.ban(ADMIN, room, idOf(OLIVIA));
  assertEquals((await house.standings.find(ADMIN, room, true)).document?.owners, []);
  await house.members.setRole(ADMIN, room, idOf(MORITZ), "owner");
  assertEquals((await house.standings.find(ADMIN, room, true)).document?.owners, [idOf(MORITZ)]);
});

Deno.test("somebody who is not in the room can be banned and muted, if they are somebody", async () => {
  await using house = openHouse();
  const room = await openLobby(house);
  await house.moderation.ban(MORITZ, room, idOf(SUA));
  await house.moderation.mute(MORITZ, room, idOf(ADMIN));
  await assertRefused(() => house.moderation.ban(MORITZ, room, "g_nobody"), "not_found");
  await house.moderation.kick(MORITZ, room, "g_nobody");
  await assertRefused(() => house.members.become(SUA, room), "forbidden");
});

Deno.test("an end that is past is refused, and so is a reason that is too long", async () => {
  await using house = openHouse();
  const room = await openLobby(house);
  await assertRefused(
    () => house.moderation.ban(MORITZ, room, idOf(MINJI), { until: house.clock.ms - 1 }),
    "bad_request",
  );
  await assertRefused(() => house.moderation.mute(MORITZ, room, idOf(MINJI), { reason: "a".repeat(501) }), "too_long");
  await house.moderation.mute(MORITZ, room, idOf(MINJI), { until: 253_402_300_799_999 });
  await house.moderation.ban(MORITZ, room, idOf(MINJI), { until: 253_402_300_799_999 });
});

Deno.test("the audit trail says who did what, newest first, to those who keep order", async () => {
  await using house = openHouse();
  const room = await openLobby(house);
  await house.moderation.kick(MORITZ, room, idOf(MINJI), { reason: "noise" });
  await house.moderation.ban(MORITZ, room, idOf(JIHUN), { until: house.clock.ms + 9_000 });
  await house.rooms.update(OLIVIA, room, { topic: "quiet" });
  const deeds: string[] = [];
  let before: string | undefined;
  for (;;) {
    const page = await house.audit.list(MORITZ, room, { before, limit: 2 });
    deeds.push(
      ...page.items.map(({ action, user, member, reason }) => [action, user.name, member?.name, reason].join(" ")),
    );
    before = page.next;
    if (before === undefined) break;
  }
  assertEquals(deeds.map((deed) => deed.trim()), [
    "settings olivia",
    "ban moritz jihun",
    "kick moritz minji noise",
    "role olivia moritz",
    "invite olivia",
  ]);
  await assertRefused(() => house.audit.list(MINJI, room, { limit: 2 }), "forbidden");
});

Deno.test("what another isolate remembers of somebody's standing is refused by the room's version once it got worse", async () => {
  await using house = openHouse();
  const room = await openLobby(house);
  const other = openIsolate(house.layer, house.clock);
  const acts: (() => Promise<unknown>)[] = [
    () => house.moderation.mute(MORITZ, room, idOf(MINJI)),
    () => house.moderation.unmute(MORITZ, room, idOf(MINJI)),
    () => house.moderation.kick(MORITZ, room, idOf(MINJI)),
    () => house.moderation.ban(MORITZ, room, idOf(MINJI)),
    () => house.moderation.unban(MORITZ, room, idOf(MINJI)),
    () => house.members.setRole(OLIVIA, room, idOf(MORITZ), "member"),
    () => house.rooms.update(OLIVIA, room, { write: "moderators" }),
    () => house.members.leave(JIHUN, room),
  ];
  for (const act of acts) {
    const { checks } = await other.standings.find(MINJI, room, true);
    await house.layer.commit({ checks });
    await act();
    await assertRefused(() => house.layer.commit({ checks }), "unavailable");
  }
});
