import { assertEquals, assertNotEquals } from "@std/assert";
import { SIGNED, signToken } from "../testing/signing.ts";
import type { SessionClient } from "../testing/session_client.ts";
import { onService } from "../testing/stage.ts";

const API_KEY = "an-operators-key-of-more-than-32-characters";

/** What is answered to everything that names a room, without the room's name. */
async function words(session: SessionClient, room: string): Promise<string[]> {
  const requests = [
    { type: "join", room },
    { type: "join", room, people: true },
    { type: "get_room", room },
    { type: "history", room },
    { type: "list_members", room },
    { type: "people", room },
    { type: "become_member", room },
    { type: "mark_read", room, cursor: (await session.ok({ type: "join", room: "open" })).head },
    { type: "list_pins", room },
    { type: "edit", room, cursor: (await session.ok({ type: "join", room: "open" })).head, text: "a" },
    { type: "update_room", room, topic: "a" },
    { type: "kick", room, person: "g_x" },
    { type: "list_invites", room },
  ];
  const answers = [];
  for (const request of requests) {
    const { code, message, ...more } = (await session.ask(request)).error ?? { code: "ok", message: "" };
    assertEquals(more, {});
    answers.push(`${request.type}: ${code} ${message.replaceAll(room, "…")}`);
  }
  return answers;
}

Deno.test(
  "[B20] [V22] a room that one may not see is forbidden, word for word the same: private, direct, banned from, or none",
  onService(async (service) => {
    const [owner, jihun, minji] = [
      await service.signIn("주인"),
      await service.signIn("지훈"),
      await service.signIn("민지"),
    ];
    const createPrivate = async () => (await owner.ok("POST", "/v1/rooms", { kind: "private" })).room.name;
    const [theirs, bannedFrom, left] = [await createPrivate(), await createPrivate(), await createPrivate()];
    const { room: direct } = await owner.ok("POST", "/v1/direct", { person: jihun.user.id });
    for (const room of [bannedFrom, left]) {
      const { code } = await owner.ok("POST", `/v1/rooms/${room}/invites`, {});
      await minji.ok("POST", "/v1/invites/accept", { code });
    }
    await owner.ok("PUT", `/v1/rooms/${bannedFrom}/bans/${minji.user.id}`, { reason: "secret" });
    await minji.ok("DELETE", `/v1/rooms/${left}/members/me`);

    const session = await service.sessionOf(minji);
    const absent = ["p-00000000000000000000", "d-00000000000000000000"];
    const expected = await words(session, absent[0] ?? "");
    for (const answer of expected) {
      assertEquals(answer.replace(/^\w+: /, ""), 'forbidden Cannot use the room "…": you are not in it');
    }
    for (const room of [theirs, bannedFrom, left, direct.name, absent[1] ?? ""]) {
      assertEquals(await words(session, room), expected, room);
    }
    // Who is in them sees them.
    const own = await service.sessionOf(owner);
    for (const [room, kind] of [[theirs, "private"], [direct.name, "direct"]]) {
      const joined = await own.ok({ type: "join", room });
      assertEquals([joined.room.kind, joined.room.name], [kind, room]);
    }
    assertEquals(minji.user.id === owner.user.id, false);
  }),
);

Deno.test(
  "[V22] a token that names its rooms hides all others, public ones, too, and opens private ones that it names",
  onService(async (service) => {
    const owner = await service.signIn("주인");
    const { room } = await owner.ok("POST", "/v1/rooms", { kind: "private" });
    await owner.enter("lobby");
    const session = await service.session();
    const token = await signToken(Date.now() + 600_000, { rooms: [room.name] });
    await session.ok({ type: "hello", token });
    const messages = [];
    for (const name of ["lobby", "never-used", "p-00000000000000000000"]) {
      const { message } = await session.refused({ type: "join", room: name }, "forbidden");
      messages.push(message.replace(name, "…"));
    }
    assertEquals(new Set(messages).size, 1);
    assertEquals((await session.ok({ type: "join", room: room.name })).you, { level: "member" });
  }, { signed: SIGNED }),
);

Deno.test(
  "[V22] a join tells how the room is and what one is in it",
  onService(async (service) => {
    const [owner, operator] = [await service.signIn("주인"), service.operator(API_KEY)];
    const name = "lobby";
    await owner.ok("POST", "/v1/rooms", { kind: "public", name, title: "로비", topic: "모두", slowModeS: 5 });
    const [moderator, muted, member] = [
      await service.signIn("a"),
      await service.signIn("b"),
      await service.signIn("c"),
    ];
    for (const person of [moderator, muted, member]) await person.enter(name);
    await owner.ok("PUT", `/v1/rooms/${name}/members/${moderator.user.id}/role`, { role: "moderator" });
    await owner.ok("PUT", `/v1/rooms/${name}/mutes/${muted.user.id}`, {});
    const levels = [
      [owner, "owner"],
      [moderator, "moderator"],
      [muted, "muted"],
      [member, "member"],
      [await service.signIn("new"), "member"],
      [operator, "admin"],
    ] as const;
    for (const [person, level] of levels) {
      const { room, you } = await (await service.sessionOf(person)).ok({ type: "join", room: name });
      assertEquals(you, { level });
      assertEquals(room, {
        name,
        title: "로비",
        topic: "모두",
        kind: "public",
        write: "members",
        slowModeS: 5,
        retentionDays: 0,
        archived: false,
      });
    }
  }, { apiKey: API_KEY }),
);

Deno.test(
  "[V22] the first join makes a member, which is an event that the others get; the second is none",
  onService(async (service) => {
    const minji = await service.guest("민지");
    await minji.ok({ type: "join", room: "lobby" });
    const person = await service.signIn("지훈");
    for (let n = 0; n < 3; n++) await (await service.sessionOf(person)).ok({ type: "join", room: "lobby" });
    const [event] = await minji.events("lobby", 1, ["member"]);
    const { at, cursor, ...more } = event;
    const member = person.user;
    assertEquals(more, { type: "member", user: member, member, change: "joined", role: "member" });
    assertEquals([typeof at, typeof cursor], ["number", "string"]);
    await minji.ok({ type: "send", room: "lobby", key: "k", text: "a" });
    assertEquals((await minji.events("lobby", 1, ["member", "message"])).map(({ type }) => type), ["message"]);
    // To leave on a socket ends nothing.
    const again = await service.sessionOf(person);
    await again.ok({ type: "join", room: "lobby" });
    await again.ok({ type: "leave", room: "lobby" });
    const { items } = await person.ok("GET", "/v1/rooms/lobby/members");
    assertEquals(items.length, 2);
  }),
);

Deno.test(
  "[V22] who is banned from a public room is told so, and until when, but not why",
  onService(async (service) => {
    const [owner, minji] = [await service.signIn("주인"), await service.signIn("민지")];
    await owner.ok("POST", "/v1/rooms", { kind: "public", name: "lobby" });
    const until = Date.now() + 3_600_000;
    await owner.ok("PUT", `/v1/rooms/lobby/bans/${minji.user.id}`, { until, reason: "secret" });
    const session = await service.sessionOf(minji);
    const { message } = await session.refused({ type: "join", room: "lobby" }, "forbidden");
    assertEquals(message.includes("banned") && message.includes(new Date(until).toISOString()), true, message);
    assertEquals(message.includes("secret"), false);
    assertNotEquals(message, 'Cannot use the room "lobby": you are not in it');
  }),
);
