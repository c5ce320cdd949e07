import { assert, assertEquals } from "@std/assert";
import { createMemoryLayer } from "../../layers/memory.ts";
import type { ChannelLayer } from "../../layers/layer.ts";
import { OPERATIONS } from "../../operations/table.ts";
import { gate, nextTurn, until } from "../layers/until.ts";
import { onService, openService } from "../testing/stage.ts";

Deno.test(
  "[V25] an operation is asked by its name, with its fields as the input, and answered as over HTTP",
  onService(async (service) => {
    const person = await service.signIn("민지");
    const session = await service.sessionOf(person);
    const { room } = await session.ok({ type: "create_room", kind: "public", name: "lobby", topic: "모두" });
    assertEquals(room, (await person.ok("GET", "/v1/rooms/lobby")).room);
    assertEquals(await session.ok({ type: "get_me" }), await person.ok("GET", "/v1/me"));
    assertEquals(await session.ok({ type: "list_rooms", limit: 1 }), await person.ok("GET", "/v1/rooms?limit=1"));
    // What is encoded already comes as it is.
    await session.ok({ type: "join", room: "lobby" });
    await session.ok({ type: "send", room: "lobby", key: "k", text: "a" });
    const history = await session.ok({ type: "history", room: "lobby" });
    assertEquals(history, await person.ok("GET", "/v1/rooms/lobby/messages"));
    assertEquals(history.items.length, 1);
    // What HTTP answers without a body is an object here.
    assertEquals(await session.ok({ type: "mark_read", room: "lobby", cursor: history.items[0].cursor }), {
      cursor: history.items[0].cursor,
    });
    assertEquals(await session.ok({ type: "end_membership", room: "lobby" }).catch(String), {});
  }),
);

Deno.test(
  "[V25] what is no operation, or one of HTTP alone, is bad_request with the request's id; the third closes",
  onService(async (service) => {
    const names = ["shout", "__proto__", "constructor", "", "get_room ", "GET_ROOM", "x".repeat(10_000)];
    const onlyHttp = OPERATIONS.filter(({ only, type }) => only === "http" && type !== "send").map(({ type }) => type);
    assert(onlyHttp.includes("create_session"));
    for (const type of [...names, ...onlyHttp]) {
      const session = await service.guest("민지");
      const { message } = await session.refused({ type }, "bad_request");
      assert(message.length < 300, message);
      for (let n = 0; n < 2; n++) await session.refused({ type }, "bad_request");
      assertEquals((await session.socket.receiveClose()).code, 1008);
    }
  }),
);

Deno.test(
  "[V25] a wrong input is bad_request and does nothing: a field that is missing, unknown, of another type, too long",
  onService(async (service) => {
    const inputs = [
      { type: "create_room" },
      { type: "create_room", kind: "secret", name: "a" },
      { type: "create_room", kind: "public", name: "a", admin: true },
      { type: "create_room", kind: "public", name: 1 },
      { type: "create_room", kind: "public", name: "a", slowModeS: -1 },
      { type: "create_room", kind: "public", name: "a", topic: "x".repeat(8_001) },
      { type: "list_rooms", limit: 0 },
      { type: "get_me", x: 1 },
      { type: "history", room: "a", limit: {} },
    ];
    const session = () => service.guest("민지");
    for (const input of inputs) {
      const asker = await session();
      await asker.refused(input, "bad_request");
      assertEquals(asker.socket.closed, undefined);
    }
    const asker = await session();
    await asker.refused({ type: "get_room", room: "../x" }, "bad_room");
    await asker.refused({ type: "history", room: "a", before: "x" }, "bad_cursor");
    await asker.refused({ type: "kick", room: "a", person: "g_x" }, "forbidden");
    assertEquals((await asker.ok({ type: "list_rooms" })).items, []);
  }),
);

Deno.test(
  "[V5] [V25] before hello an operation is unauthorized, whether there is one of that name and input or not",
  onService(async (service) => {
    const session = await service.session();
    for (const request of [{ type: "get_me" }, { type: "get_room", room: 1 }, { type: "sign_out" }]) {
      await session.refused(request, "unauthorized");
    }
    await session.refused({ type: "shout" }, "bad_request");
    await session.ok({ type: "hello", name: "a" });
  }),
);

/** A memory layer where the lists of public rooms wait at a gate; counts how many were asked for. */
function slowLists() {
  const inner = createMemoryLayer();
  const turn = gate();
  let count = 0;
  const layer: ChannelLayer = {
    ...inner,
    async list<T>(options: Parameters<ChannelLayer["list"]>[0]) {
      if (options.prefix[0] === "public") {
        count++;
        await turn.passed;
      }
      return await inner.list<T>(options);
    },
  };
  return { layer, turn, count: () => count };
}

Deno.test("[V25] 8 operations of a socket are under way; the 9th and what follows wait, and are answered", async () => {
  const { layer, turn, count } = slowLists();
  await using service = openService({ layer });
  const [minji, jihun] = [await service.guest("민지"), await service.guest("지훈")];
  const ids = Array.from({ length: 9 }, () => minji.post({ type: "list_rooms" }));
  const ping = minji.post({ type: "ping" });
  await until(() => count() === 8, "eight are under way");
  await nextTurn(3);
  assertEquals(count(), 8);
  assert(await minji.isQuiet(), "the ping overtook what it should wait for");
  // Somebody else does not wait.
  const other = jihun.post({ type: "list_rooms" });
  await until(() => count() === 9, "another's is under way");
  turn.open();
  for (const id of [...ids, ping]) assert("ok" in await minji.answer(id));
  assert("ok" in await jihun.answer(other));
  assertEquals(count(), 10);
});

Deno.test("[V4] [V25] fewer than 8 operations hold nothing back: a later answer may come first", async () => {
  const { layer, turn, count } = slowLists();
  await using service = openService({ layer });
  const minji = await service.guest("민지");
  const slow = Array.from({ length: 7 }, () => minji.post({ type: "list_rooms" }));
  await minji.ok({ type: "ping" });
  await minji.ok({ type: "join", room: "lobby" });
  await minji.ok({ type: "send", room: "lobby", key: "k", text: "a" });
  await minji.ok({ type: "get_me" });
  assertEquals(count(), 7);
  turn.open();
  for (const id of slow) assert("ok" in await minji.answer(id));
});

Deno.test("[V25] a socket that goes while operations are under way leaves nothing behind", async () => {
  const { layer, turn, count } = slowLists();
  await using service = openService({ layer });
  const minji = await service.guest("민지");
  for (let n = 0; n < 8; n++) minji.post({ type: "list_rooms" });
  await until(() => count() === 8, "eight are under way");
  await minji.socket.disconnect();
  turn.open();
  await nextTurn(3);
  assertEquals([service.connections.size, service.reports], [0, []]);
});

Deno.test("[V1] [V25] a fault in an operation is `internal` without details, and closes with 1011", async () => {
  const inner = createMemoryLayer();
  const list: ChannelLayer["list"] = (options) =>
    options.prefix[0] === "public" ? Promise.reject(new Error("secret of /srv/maru")) : inner.list(options);
  await using service = openService({ layer: { ...inner, list } });
  const minji = await service.guest("민지");
  const { message, ...more } = await minji.refused({ type: "list_rooms" }, "internal");
  assertEquals([more, message.includes("secret")], [{ code: "internal" }, false]);
  assertEquals(await minji.socket.receiveClose(), { code: 1011, reason: "" });
  assertEquals(service.takeReports().length, 1);
});
