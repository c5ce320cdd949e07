import { assert, assertEquals } from "@std/assert";
import { createMemoryLayer } from "../../layers/memory.ts";
import { onService, openService } from "../testing/stage.ts";

const join = { type: "join", room: "lobby", people: true };

Deno.test("[V23] who comes and who goes is one small frame each, on every isolate, for those who asked for it", async () => {
  const layer = createMemoryLayer();
  await using one = openService({ layer });
  await using two = openService({ layer });
  const [minji, seoyeon] = [await one.guest("민지"), await one.guest("서연")];
  const { user } = await minji.ok({ type: "get_me" });
  await minji.ok(join);
  // She is told of herself, too: this is how she is here.
  const own = await minji.notice();
  assertEquals(own.changes.map(({ user, here }: { user: object; here: boolean }) => [user, here]), [[user, true]]);
  await seoyeon.ok({ type: "join", room: "lobby" });
  assertEquals((await minji.notice()).changes[0].user.name, "서연");

  const person = await two.signIn("지훈");
  const [phone, laptop] = [await two.sessionOf(person), await one.sessionOf(person)];
  await phone.ok({ type: "join", room: "lobby" });
  const came = await minji.notice();
  const { at } = came.changes[0];
  assertEquals(came, { type: "people", room: "lobby", changes: [{ at, user: person.user, here: true }] });
  assert(JSON.stringify(came).length < 200);
  // A second device is nobody new; and while one stays they are here.
  await laptop.ok({ type: "join", room: "lobby" });
  const { people } = await minji.ok({ type: "people", room: "lobby" });
  assertEquals(people.map(({ user }: { user: { name: string } }) => user.name).toSorted(), ["민지", "서연", "지훈"]);
  await phone.socket.disconnect();
  await seoyeon.ok({ type: "leave", room: "lobby" });
  const left = await minji.notice();
  assertEquals(left.changes.map(({ user, here }: { user: { name: string }; here: boolean }) => [user.name, here]), [
    ["서연", false],
  ]);
  await laptop.socket.disconnect();
  const gone = await minji.notice();
  assertEquals(gone.changes.map(({ user, here }: { user: object; here: boolean }) => [user, here]), [[
    person.user,
    false,
  ]]);
  // Who did not ask heard nothing of it.
  assert(!seoyeon.frames.some(({ type }) => type === "people"));
});

Deno.test(
  "[V23] who is called otherwise while they have a room open is here by the new name, for those who watch and those who ask",
  onService(async (service) => {
    const minji = await service.guest("민지");
    await minji.ok(join);
    await minji.notice();
    const person = await service.signIn("서연");
    await (await service.sessionOf(person)).ok({ type: "join", room: "lobby" });
    assertEquals((await minji.notice()).changes[0].user.name, "서연");
    await person.ok("PATCH", "/v1/me", { name: "연" });
    const { changes: [{ user, here }] } = await minji.notice();
    assertEquals([user, here], [{ ...person.user, name: "연" }, true]);
    const { people } = await minji.ok({ type: "people", room: "lobby" });
    assertEquals(people.map(({ user }: { user: { name: string } }) => user.name).toSorted(), ["민지", "연"]);
  }),
);

Deno.test(
  "[V23] after leave there are no more people, and a join without them asks for none",
  onService(async (service) => {
    const minji = await service.guest("민지");
    await minji.ok(join);
    await minji.notice();
    await minji.ok({ type: "leave", room: "lobby" });
    const jihun = await service.guest("지훈");
    await jihun.ok(join);
    await jihun.notice();
    assert(await minji.isQuiet(), JSON.stringify(minji.frames.at(-1)));
    await minji.ok({ type: "join", room: "lobby" });
    await (await service.guest("서연")).ok(join);
    await jihun.notice();
    assert(await minji.isQuiet(), JSON.stringify(minji.frames.at(-1)));
  }),
);

Deno.test(
  "[V23] who is put out hears of the room's people no more",
  onService(async (service) => {
    const [owner, minji] = [await service.signIn("주인"), await service.signIn("민지")];
    await owner.ok("POST", "/v1/rooms", { kind: "public", name: "lobby" });
    const session = await service.sessionOf(minji);
    await session.ok(join);
    await session.notice();
    await owner.ok("DELETE", `/v1/rooms/lobby/members/${minji.user.id}`);
    assertEquals((await session.notice()).type, "removed");
    const jihun = await service.guest("지훈");
    await jihun.ok(join);
    await jihun.notice();
    assert(await session.isQuiet(), JSON.stringify(session.frames.at(-1)));
  }),
);
