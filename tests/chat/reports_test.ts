import { assertEquals } from "@std/assert";
import { roomGroup } from "../../chat/keys.ts";
import {
  assertRefused,
  type Isolate,
  JIHUN,
  logOf,
  MINJI,
  MORITZ,
  OLIVIA,
  openHouse,
  openLobby,
  SUA,
} from "./house.ts";

async function say(house: Isolate, room: string, text: string): Promise<string> {
  const event = { type: "message", at: house.clock.ms, user: JIHUN.user, text };
  return (await house.layer.publish(roomGroup(room), event)).cursor;
}

Deno.test("a report reaches those who keep order and nobody else, once for each who reports", async () => {
  await using house = openHouse();
  const room = await openLobby(house);
  const target = await say(house, room, "spam");
  const before = (await logOf(house, room)).length;
  await house.reports.report(MINJI, room, target, "this is spam");
  await house.reports.report(MINJI, room, target, "really");
  await house.reports.report(MORITZ, room, target, "yes");
  assertEquals((await logOf(house, room)).length, before);
  const { items } = await house.reports.list(OLIVIA, room, { limit: 10 });
  assertEquals(items.map(({ user, author, reason, target: of }) => [user.name, author.name, reason, of]), [
    ["moritz", "jihun", "yes", target],
    ["minji", "jihun", "this is spam", target],
  ]);
  await assertRefused(() => house.reports.list(MINJI, room, { limit: 10 }), "forbidden");
  await assertRefused(() => house.reports.report(SUA, room, target, "x"), "forbidden");
});

Deno.test("only a message that is there can be reported, with a reason", async () => {
  await using house = openHouse();
  const room = await openLobby(house);
  const target = await say(house, room, "a");
  const elsewhere =
    (await house.layer.publish(roomGroup("other"), { type: "message", at: 1, user: JIHUN.user, text: "b" })).cursor;
  const [joined] = await logOf(house, room);
  await assertRefused(() => house.reports.report(MINJI, room, elsewhere, "x"), "not_found");
  await assertRefused(() => house.reports.report(MINJI, room, joined?.cursor ?? "", "x"), "not_found");
  await assertRefused(() => house.reports.report(MINJI, room, "1e999", "x"), "bad_cursor");
  await assertRefused(() => house.reports.report(MINJI, room, target, " "), "bad_request");
});

Deno.test("a report is resolved once, by the first, also of two at once; what is open is what is left", async () => {
  await using house = openHouse();
  const room = await openLobby(house);
  for (const text of ["a", "b"]) await house.reports.report(MINJI, room, await say(house, room, text), text);
  const [b, a] = (await house.reports.list(OLIVIA, room, { limit: 10 })).items;
  await Promise.all([OLIVIA, MORITZ].map((who) => house.reports.resolve(who, room, a?.cursor ?? "")));
  await house.reports.resolve(OLIVIA, room, a?.cursor ?? "");
  const { items } = await house.reports.list(OLIVIA, room, { limit: 10 });
  const deeds = (await house.audit.list(OLIVIA, room, { limit: 20 })).items.filter(({ action }) =>
    action === "resolve_report"
  );
  assertEquals(deeds.map(({ user, target }) => [user.name, target]), [[items[1]?.resolved?.user.name, a?.cursor]]);
  assertEquals(
    (await house.reports.list(OLIVIA, room, { limit: 10, isOpen: true })).items.map(({ cursor }) => cursor),
    [b?.cursor],
  );
  await assertRefused(() => house.reports.resolve(MINJI, room, b?.cursor ?? ""), "forbidden");
  await assertRefused(() => house.reports.resolve(OLIVIA, room, deeds[0]?.cursor ?? ""), "not_found");
});
