import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { createMemoryLayer } from "../../layers/memory.ts";
import { fill, get, put, textsOf } from "../testing/messages_client.ts";
import type { Person } from "../testing/person.ts";
import { onService, openService, type Stage } from "../testing/stage.ts";

/** A room with an owner, and somebody who is a member of it. */
async function open(service: Stage, kind: "public" | "private" = "public") {
  const [owner, minji] = [await service.signIn("주인"), await service.signIn("민지")];
  const { room } = await owner.ok("POST", "/v1/rooms", { kind, ...(kind === "public" && { name: "lobby" }) });
  if (kind === "public") await minji.enter(room.name);
  else {
    const { code } = await owner.ok("POST", `/v1/rooms/${room.name}/invites`, {});
    await minji.ok("POST", "/v1/invites/accept", { code });
  }
  const { name }: { name: string } = room;
  return { owner, minji, room: name };
}

const WAYS = [
  {
    why: "kicked",
    run: ({ owner, minji, room }: Awaited<ReturnType<typeof open>>) =>
      owner.ok("DELETE", `/v1/rooms/${room}/members/${minji.user.id}`),
  },
  {
    why: "banned",
    run: ({ owner, minji, room }: Awaited<ReturnType<typeof open>>) =>
      owner.ok("PUT", `/v1/rooms/${room}/bans/${minji.user.id}`, { reason: "spam" }),
  },
  {
    why: "left",
    run: ({ minji, room }: Awaited<ReturnType<typeof open>>) => minji.ok("DELETE", `/v1/rooms/${room}/members/me`),
  },
] as const;

for (const { why, run } of WAYS) {
  for (const kind of ["public", "private"] as const) {
    Deno.test(`[V26] who is ${why} (${kind}) hears it on all their sockets, and then nothing more of the room`, async () => {
      const layer = createMemoryLayer();
      await using one = openService({ layer });
      await using two = openService({ layer });
      const given = await open(one, kind);
      const { owner, minji, room } = given;
      const sockets = [await one.sessionOf(minji), await two.sessionOf(minji), await two.sessionOf(minji)];
      const witness = await two.sessionOf(owner);
      for (const socket of [...sockets, witness]) await socket.ok({ type: "join", room, people: true });
      for (const socket of sockets) await socket.ok({ type: "join", room: "other" });
      await run(given);
      for (const socket of sockets) {
        const saysSo = ({ type, room: where }: { type: string; room: string }) => type === "removed" && where === room;
        while (!socket.frames.some(saysSo)) await socket.unasked();
        const frames = socket.frames.filter(({ room: where, type }) => where === room && type !== "people");
        assertEquals(frames.at(-1), { type: "removed", room, why });
        const { change, member } = frames.at(-2).events.at(-1);
        assertEquals([change, member.id], [why, minji.user.id]);
      }
      await put(one, "other", "k", { text: "here" });
      await owner.ok("PUT", `/v1/rooms/${room}/messages/k`, { text: "not for her" });
      assertEquals((await witness.events(room, 1))[0].text, "not for her");
      for (const socket of sockets) {
        // The client asserts that no events of a room come that is not open.
        assertEquals(textsOf(await socket.events("other", 1)), ["here"]);
        await socket.refused({ type: "send", room, key: "k", text: "a" }, "forbidden");
        await socket.refused({ type: "typing", room }, "forbidden");
        assert(!JSON.stringify(socket.frames).includes("not for her"));
        const ofRoom = socket.frames.filter(({ room: where }) => where === room);
        assertEquals(ofRoom.at(-1).type, "removed", "something of the room came after it");
      }
      const again = await sockets[0]?.ask({ type: "join", room });
      assertEquals(again.error?.code ?? "ok", kind === "public" && why !== "banned" ? "ok" : "forbidden");
      for (const { reports } of [one, two]) assertEquals(reports, []);
    });
  }
}

Deno.test(
  "[V26] what somebody sends while they are banned is in the log before the ban or nowhere, as it was answered",
  onService(async (service) => {
    const { owner, minji, room } = await open(service);
    const session = await service.sessionOf(minji);
    await session.ok({ type: "join", room });
    const ids = new Map<string, number>();
    const post = (n: number) => ids.set(`${n}`, session.post({ type: "send", room, key: `${n}`, text: `${n}` }));
    let isBanned = false;
    const banned = owner.ok("PUT", `/v1/rooms/${room}/bans/${minji.user.id}`, {}).then(() => isBanned = true);
    while (!isBanned) {
      // A connection that has a thousand frames waiting is closed, and that is not what is tested here.
      for (let n = 0; n < 5 && ids.size < 500; n++) post(ids.size);
      // A turn of the event loop, not a microtask: these would keep the ban's own digest from ever being done.
      await new Promise((resolve) => setTimeout(resolve));
    }
    for (let n = 0; n < 20; n++) post(ids.size);
    await banned;
    const said: string[] = [];
    for (const [text, id] of ids) {
      const { error } = await session.answer(id);
      if (error === undefined) said.push(text);
      else assertEquals(error.code, "forbidden", error.message);
    }
    const { entries } = await service.layer.read(`room:${room}`, { limit: 1_000 });
    const events = entries.map(({ json }) => JSON.parse(json));
    const ban = events.findIndex(({ change }) => change === "banned");
    assertEquals(textsOf(events.slice(0, ban).filter(({ type }) => type === "message")), said);
    assertEquals(events.slice(ban).filter(({ type }) => type === "message"), []);
    assertGreater(said.length, 0);
    assertLess(said.length, ids.size - 19);
  }),
);

Deno.test(
  "[V26] who was out and came back is in, however much they missed of it",
  onService(async (service) => {
    const { owner, minji, room } = await open(service);
    const before = await service.sessionOf(minji);
    const { head } = await before.ok({ type: "join", room });
    await before.socket.disconnect();
    await fill(service, room, 600);
    await owner.ok("DELETE", `/v1/rooms/${room}/members/${minji.user.id}`);
    await fill(service, room, 600);
    // She comes in again by this: her own leaving lies in what follows its answer.
    const session = await service.sessionOf(minji);
    const joined = await session.ok({ type: "join", room, after: head });
    assert(joined.recovered && joined.events.length < 600);
    const seen = textsOf(joined.events.filter(({ type }: { type: string }) => type === "message"));
    seen.push(...textsOf(await session.events(room, 1_200 - seen.length)));
    assertEquals(seen.length, 1_200);
    await session.ok({ type: "send", room, key: "k", text: "here" });
    assertEquals(textsOf(await session.events(room, 1)), ["here"]);
  }),
);

Deno.test(
  "[V26] a kick and a join at the same time end in one of two ways: in the room and a member, or out and told so",
  onService(async (service) => {
    const { owner, minji, room } = await open(service);
    for (let turns = 0; turns < 30; turns++) {
      await new Fresh(minji).enter(room);
      const session = await service.sessionOf(minji);
      const id = session.post({ type: "join", room });
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      await owner.ok("DELETE", `/v1/rooms/${room}/members/${minji.user.id}`);
      assert("ok" in await session.answer(id));
      const { you } = await minji.ok("GET", `/v1/rooms/${room}`);
      if (you.level === "member") await session.ok({ type: "send", room, key: `${turns}`, text: "a" });
      else assertEquals(await session.notice(), { type: "removed", room, why: "kicked" });
      await session.socket.disconnect();
    }
    assert((await get(service, room)).status === 200);
  }),
);

/** Enters as often as it is asked to. */
class Fresh {
  readonly #person: Person;

  constructor(person: Person) {
    this.#person = person;
  }

  async enter(room: string): Promise<void> {
    await this.#person.ok("PUT", `/v1/rooms/${room}/members/me`);
  }
}
