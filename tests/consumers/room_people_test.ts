import { assert, assertEquals, assertGreater } from "@std/assert";
import { roomGroup } from "../../chat/keys.ts";
import { get, put, textsOf } from "../testing/messages_client.ts";
import { onService, type Stage } from "../testing/stage.ts";

const API_KEY = "an-operators-key-of-more-than-32-characters";

async function denied(service: Stage, path: string, headers: Record<string, string> = {}): Promise<string> {
  const { connected } = await service.knock(path, { headers });
  assert(!connected.connected, path);
  const { status, code, detail } = await connected.response.json();
  return `${status} ${code} ${detail}`;
}

Deno.test(
  "[P5] who is signed in, by cookie or Authorization, comes in as a member and speaks as who they are",
  onService(async (service) => {
    const minji = await service.signIn("민지");
    const ways = [{ cookie: `maru_session=${minji.token}` }, { authorization: `Bearer ${minji.token}` }];
    for (const [n, headers] of ways.entries()) {
      const room = `room-${n}`;
      // The name in the URL is for those who are nobody yet.
      const plain = await service.connect(`/ws/chat/${room}/?name=other`, { headers });
      assertEquals((await minji.ok("GET", `/v1/rooms/${room}`)).you, { level: "member", role: "member" });
      plain.sendJson({ message: "a" });
      assertEquals(await plain.receiveJson(), { message: "a", user: "민지" });
      const { items } = (await get(service, room, "", minji)).json;
      assertEquals(items.map(({ user }: { user: object }) => user), [minji.user]);
      await put(service, room, "k", { text: "b" }, minji);
      assertEquals(await plain.receiveJson(), { message: "b", user: "민지" });
    }
  }),
);

Deno.test(
  "[P5] who is nobody yet stays out of the list of members, and out of rooms that are not open to all",
  onService(async (service) => {
    const owner = await service.signIn("주인");
    const create = async (settings: object) => (await owner.ok("POST", "/v1/rooms", settings)).room.name;
    const secret = await create({ kind: "private" });
    const visitor = await service.connect("/ws/chat/lobby/?name=민지");
    visitor.sendJson({ message: "a" });
    await visitor.receiveJson();
    assertEquals((await owner.ok("GET", "/v1/rooms/lobby/members")).items, []);

    const expected = '403 forbidden Cannot use the room "…": you are not in it';
    for (const room of [secret, "p-00000000000000000000", "d-00000000000000000000"]) {
      assertEquals((await denied(service, `/ws/chat/${room}/`)).replace(room, "…"), expected);
    }
    // They may listen where they may not speak.
    for (
      const settings of [
        { kind: "public", name: "news", write: "moderators" },
        { kind: "public", name: "slow", slowModeS: 10 },
      ]
    ) {
      const room = await create(settings);
      const listener = await service.connect(`/ws/chat/${room}/`);
      listener.sendJson({ message: "not said" });
      const { type, error } = await listener.receiveJson();
      assertEquals([type, error.code], ["error", "forbidden"], room);
      await owner.ok("PUT", `/v1/rooms/${room}/messages/k`, { text: "said" });
      assertEquals((await listener.receiveJson()).message, "said");
      assertEquals(listener.closed, undefined);
      assertEquals(textsOf((await get(service, room)).json.items), ["said"]);
    }
    // A room may become such a one while they are in it.
    const room = await create({ kind: "public", name: "later" });
    const guest = await service.connect(`/ws/chat/${room}/`);
    guest.sendJson({ message: "a" });
    assertEquals((await guest.receiveJson()).message, "a");
    await owner.ok("PATCH", `/v1/rooms/${room}`, { write: "moderators" });
    guest.sendJson({ message: "b" });
    assertEquals((await guest.receiveJson()).error.code, "forbidden");
    await owner.ok("PATCH", `/v1/rooms/${room}`, { write: "members", archived: true });
    guest.sendJson({ message: "c" });
    assertEquals((await guest.receiveJson()).error.code, "forbidden");
    assertEquals(textsOf((await get(service, room)).json.items), ["a"]);
  }),
);

Deno.test(
  "[P5] kicked, banned or left elsewhere: the person's plain sockets in that room close, others stay",
  onService(async (service) => {
    const owner = await service.signIn("주인");
    await owner.ok("POST", "/v1/rooms", { kind: "public", name: "lobby" });
    const ways = {
      kicked: (id: string) => owner.ok("DELETE", `/v1/rooms/lobby/members/${id}`),
      banned: (id: string) => owner.ok("PUT", `/v1/rooms/lobby/bans/${id}`, {}),
    };
    const visitor = await service.connect("/ws/chat/lobby/");
    for (const [why, run] of Object.entries(ways)) {
      const minji = await service.signIn("민지");
      const sockets = [await service.plainOf(minji, "lobby"), await service.plainOf(minji, "lobby")];
      const elsewhere = await service.plainOf(minji, "other");
      await run(minji.user.id);
      for (const socket of sockets) assertEquals(await socket.receiveClose(), { code: 4500, reason: why });
      elsewhere.sendJson({ message: "still here" });
      assertEquals((await elsewhere.receiveJson()).message, "still here");
      const headers = { authorization: `Bearer ${minji.token}` };
      if (why === "banned") assert((await denied(service, "/ws/chat/lobby/", headers)).startsWith("403 forbidden"));
      else await service.connect("/ws/chat/lobby/", { headers });
    }
    const minji = await service.signIn("민지");
    const socket = await service.plainOf(minji, "lobby");
    await minji.ok("DELETE", "/v1/rooms/lobby/members/me");
    assertEquals(await socket.receiveClose(), { code: 4500, reason: "left" });
    assertEquals(visitor.closed, undefined);
  }),
);

Deno.test(
  "[P5] a cookie or a Bearer that proves nothing: an ended cookie is a guest's, a Bearer that is none is 401",
  onService(async (service) => {
    const minji = await service.signIn("민지");
    await minji.ok("DELETE", "/v1/sessions/current");
    const plain = await service.connect("/ws/chat/lobby/?name=a", {
      headers: { cookie: `maru_session=${minji.token}` },
    });
    plain.sendJson({ message: "a" });
    assertEquals(await plain.receiveJson(), { message: "a", user: "a" });
    const refusal = await denied(service, "/ws/chat/lobby/", { authorization: `Bearer ${minji.token}` });
    assert(refusal.startsWith("401 unauthorized"), refusal);
    assert(!refusal.includes(minji.token));
  }),
);

Deno.test(
  "events that plain mode has no frames for, of today and of tomorrow, neither come nor close the socket",
  onService(async (service) => {
    const [owner, minji] = [await service.signIn("주인"), await service.signIn("민지")];
    await owner.ok("POST", "/v1/rooms", { kind: "public", name: "lobby" });
    const sockets = [await service.connect("/ws/chat/lobby/"), await service.plainOf(minji, "lobby")];
    const { cursor } = await owner.ok("PUT", "/v1/rooms/lobby/messages/k", { text: "a" });
    await owner.ok("PATCH", `/v1/rooms/lobby/messages/${cursor}`, { text: "b" });
    await owner.ok("PATCH", "/v1/rooms/lobby", { topic: "c" });
    const session = await service.sessionOf(owner);
    await session.ok({ type: "join", room: "lobby" });
    await session.ok({ type: "react", room: "lobby", cursor, emoji: "👍" });
    await session.ok({ type: "typing", room: "lobby" });
    for (const type of ["poll", "close", "send", "constructor", "__proto__", "x.y", "receive_text"]) {
      await service.layer.publish(roomGroup("lobby"), { type, at: 1, user: owner.user, code: 1, text: "x" });
    }
    await owner.ok("DELETE", `/v1/rooms/lobby/messages/${cursor}`);
    await owner.ok("PUT", "/v1/rooms/lobby/messages/last", { text: "last" });
    for (const socket of sockets) {
      const seen = [];
      while (seen.at(-1)?.message !== "last") seen.push(await socket.receiveJson());
      assertEquals(seen.filter(({ user }) => user !== "주인"), []);
      assertGreater(seen.length, 0);
      assertEquals(seen.map((frame) => Object.keys(frame).join()), seen.map(() => "message,user"));
      assertEquals(seen.map(({ message }) => message), ["a", "last"]);
      assertEquals(socket.closed, undefined);
    }
  }, { apiKey: API_KEY }),
);
