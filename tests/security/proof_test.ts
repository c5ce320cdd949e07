import { assert, assertEquals } from "@std/assert";
import { SignJWT } from "jose";
import { onService, type Stage } from "../testing/stage.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const signed = { key: { secret: SECRET }, audience: "maru" };
const text = (value: string) => JSON.stringify({ message: value });

function tokenOf(sub: string, claims: object, lifetimeS = 600): Promise<string> {
  const exp = Math.floor(Date.now() / 1_000) + lifetimeS;
  return new SignJWT({ name: sub, ...claims }).setProtectedHeader({ alg: "HS256" }).setSubject(sub).setAudience("maru")
    .setExpirationTime(exp).sign(new TextEncoder().encode(SECRET));
}

async function privateRoom(service: Stage) {
  const owner = await service.signIn("owner-of-it");
  const { room } = await owner.ok("POST", "/v1/rooms", { kind: "private", title: "quiet" });
  return { owner, room: String(room.name) };
}

Deno.test(
  "a refresh that no longer makes one an admin closes the rooms that only an admin may read",
  onService(async (service) => {
    const { owner, room } = await privateRoom(service);
    const socket = await service.session();
    await socket.ok({ type: "hello", token: await tokenOf("ann", { role: "admin" }) });
    await socket.ok({ type: "join", room });
    await socket.ok({ type: "refresh", token: await tokenOf("ann", {}) });
    await owner.ok("PUT", `/v1/rooms/${room}/messages/k`, { text: "not for ann" });
    await socket.refused({ type: "send", room, key: "k", text: "still here?" }, "forbidden");
    assertEquals(await socket.notice(), { type: "removed", room, why: "left" });
    await socket.ok({ type: "join", room: "lobby" });
    await owner.enter("lobby");
    await owner.ok("PUT", "/v1/rooms/lobby/messages/k", { text: "for everybody" });
    await socket.events("lobby", 1);
    assert(!JSON.stringify(socket.frames).includes("not for ann"), "she heard it");
  }, { signed }),
);

Deno.test(
  "a token for some rooms is not told on `watch` of what happens in others",
  onService(async (service) => {
    const { owner, room } = await privateRoom(service);
    const whole = await tokenOf("ann", {});
    const socket = await service.session();
    await socket.ok({ type: "hello", token: await tokenOf("ann", { rooms: ["lobby"] }) });
    await socket.ok({ type: "watch" });
    const { code } = await owner.ok("POST", `/v1/rooms/${room}/invites`, {});
    const ask = (path: string, method: string, body: object) =>
      service.app.request(path, { method, headers: { authorization: `Bearer ${whole}` }, body: JSON.stringify(body) });
    assertEquals((await ask("/v1/invites/accept", "POST", { code })).status, 201);
    assertEquals((await ask("/v1/rooms/lobby/members/me", "PUT", {})).status, 201);
    const told = await socket.notice();
    assertEquals(told.events.map((event: { room: string }) => event.room), ["lobby"]);
    assert(!JSON.stringify(socket.frames).includes(room), "the other room's name was told");
  }, { signed }),
);

Deno.test(
  "a plain socket ends with the token that it came with",
  onService(async (service) => {
    const authorization = `Bearer ${await tokenOf("ann", {}, -4)}`;
    const socket = await service.connect("/ws/chat/lobby/", { headers: { authorization } });
    assertEquals((await socket.receiveClose()).code, 4001);
  }, { signed }),
);

for (const name of ["operator", "Аdmin", "m a r u"]) {
  Deno.test(
    `a plain socket's guest is not called ${name}`,
    onService(async (service) => {
      const { connected } = await service.knock(`/ws/chat/lobby/?name=${encodeURIComponent(name)}`);
      assert(!connected.connected);
      assertEquals(connected.status, 409);
    }),
  );
}

Deno.test(
  "a plain socket's guest is not called as a bot is",
  onService(async (service) => {
    const headers = { authorization: "Bearer 0123456789abcdef0123456789abcdef" };
    await service.app.request("/v1/bots", { method: "POST", headers, body: JSON.stringify({ name: "Helper" }) });
    const { connected } = await service.knock("/ws/chat/lobby/?name=He1per");
    assert(!connected.connected);
    const other = await service.connect("/ws/chat/lobby/?name=Hel");
    other.send(text("hi"));
    await other.receive();
  }, { apiKey: "0123456789abcdef0123456789abcdef" }),
);

Deno.test(
  "no foreign page's form begins a session in somebody's browser",
  onService(async (service) => {
    const ask = (origin?: string) =>
      service.app.request("/v1/sessions", {
        method: "POST",
        headers: { host: "chat.example", ...(origin !== undefined && { origin }) },
        body: JSON.stringify({ name: "x=" }),
      });
    const answers = await Promise.all(["https://evil.example", "null", "https://chat.example", undefined].map(ask));
    assertEquals(answers.map(({ status }) => status), [403, 403, 201, 201]);
    assertEquals(answers.map(({ headers }) => headers.has("set-cookie")), [false, false, true, true]);
    for (const answer of answers) await answer.body?.cancel();
  }),
);
