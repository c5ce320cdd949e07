import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { createMemoryLayer } from "../../layers/memory.ts";
import { put } from "../testing/messages_client.ts";
import { SIGNED, signToken } from "../testing/signing.ts";
import { onService, openService } from "../testing/stage.ts";

Deno.test("[V24] one socket hears of all its person's rooms without joining them, from every isolate", async () => {
  const layer = createMemoryLayer();
  await using one = openService({ layer });
  await using two = openService({ layer });
  const [minji, jihun] = [await one.signIn("민지"), await two.signIn("지훈")];
  for (const room of ["lobby", "garden"]) await minji.enter(room);
  const session = await one.sessionOf(minji);
  assertEquals(await session.ok({ type: "watch" }), {});
  const { json } = await put(two, "lobby", "1", { text: "하나" }, jihun);
  const notice = await session.notice();
  assertEquals(notice, { type: "activity", room: "lobby", head: json.cursor, at: json.at, unread: 1, mentions: 0 });
  // Another room does not wait for this one's second.
  await put(two, "garden", "1", { text: "둘" }, jihun);
  assertEquals((await session.notice()).room, "garden");
  // Of a room that is not theirs nobody tells them.
  await put(two, "attic", "1", { text: "셋" }, jihun);
  assert(await session.isQuiet());
});

Deno.test(
  "[V24] at most one activity a room a second, and the last one says how things are",
  onService(async (service) => {
    const [minji, jihun] = [await service.signIn("민지"), await service.signIn("지훈")];
    await minji.enter("lobby");
    const session = await service.sessionOf(minji);
    await session.ok({ type: "watch" });
    const begin = performance.now();
    for (let n = 0; n < 30; n++) await put(service, "lobby", `${n}`, { text: `${n}` }, jihun);
    let count = 1;
    for (let last = await session.notice(); last.unread < 30; last = await session.notice()) count++;
    assertGreaterOrEqual(performance.now() - begin, (count - 1) * 950);
    assertEquals(count <= 3, true, `${count}`);
  }),
);

Deno.test(
  "[V24] what happens to the person comes as `person`: mention, read, membership, renamed",
  onService(async (service) => {
    const [minji, jihun] = [await service.signIn("민지"), await service.signIn("지훈")];
    await minji.enter("lobby");
    const session = await service.sessionOf(minji);
    await session.ok({ type: "watch" });
    const nextPerson = async () => {
      for (;;) {
        const { type, events } = await session.notice();
        if (type !== "person") continue;
        assertEquals(events.length, 1);
        const { at: _, ...event } = events[0];
        return event;
      }
    };
    const { json } = await put(service, "lobby", "k", { text: "@민지 안녕" }, jihun);
    assertEquals(await nextPerson(), { type: "mention", user: jihun.user, room: "lobby" });
    await minji.ok("PUT", "/v1/rooms/lobby/read", { cursor: json.cursor });
    assertEquals(await nextPerson(), { type: "read", room: "lobby", cursor: json.cursor });
    await minji.enter("garden");
    assertEquals(await nextPerson(), { type: "membership", room: "garden", change: "joined" });
    await minji.ok("PATCH", "/v1/me", { name: "민지 Kim" });
    assertEquals(await nextPerson(), { type: "renamed", user: { id: minji.user.id, name: "민지 Kim" } });
    // It watches the new room, too.
    await put(service, "garden", "k", { text: "a" }, jihun);
    for (;;) if ((await session.notice()).room === "garden") break;
  }),
);

Deno.test(
  "[V24] unwatch ends it, to watch twice is to watch once, and before hello it is unauthorized",
  onService(async (service) => {
    const early = await service.session();
    for (const type of ["watch", "unwatch"]) await early.refused({ type }, "unauthorized");
    const [minji, jihun] = [await service.signIn("민지"), await service.signIn("지훈")];
    await minji.enter("lobby");
    const session = await service.sessionOf(minji);
    assertEquals(await session.ok({ type: "unwatch" }), {});
    for (let n = 0; n < 2; n++) await session.ok({ type: "watch" });
    await put(service, "lobby", "1", { text: "a" }, jihun);
    assertEquals((await session.notice()).type, "activity");
    assert(await session.isQuiet(), "it was told twice");
    assertEquals(await session.ok({ type: "unwatch" }), {});
    const witness = await service.sessionOf(minji);
    await witness.ok({ type: "watch" });
    await put(service, "lobby", "2", { text: "b" }, jihun);
    assertEquals((await witness.notice()).unread, 2);
    assert(await session.isQuiet());
  }),
);

Deno.test(
  "[V24] a refreshed token that names other rooms watches those from then on",
  onService(async (service) => {
    const [jihun, session] = [await service.signIn("지훈"), await service.session()];
    const tokenFor = (...rooms: string[]) => signToken(Date.now() + 600_000, { rooms });
    await session.ok({ type: "hello", token: await tokenFor("lobby", "garden") });
    for (const room of ["lobby", "garden"]) {
      await session.ok({ type: "join", room });
      await session.ok({ type: "leave", room });
    }
    await session.ok({ type: "watch" });
    await session.ok({ type: "refresh", token: await tokenFor("garden") });
    await put(service, "lobby", "1", { text: "a" }, jihun);
    await put(service, "garden", "1", { text: "a" }, jihun);
    assertEquals((await session.notice()).room, "garden");
  }, { signed: SIGNED }),
);
