import { assert, assertEquals } from "@std/assert";
import { createMemoryLayer } from "../../layers/memory.ts";
import type { ChannelLayer } from "../../layers/layer.ts";
import type { WebSocketCommunicator } from "../../testing/websocket_communicator.ts";
import { newDatabase, openOnFile } from "../layers/settings.ts";
import type { Person } from "../testing/person.ts";
import { onService, openService, type Stage } from "../testing/stage.ts";

const API_KEY = "an-operators-key-of-more-than-32-characters";

/** Within how long a socket has to be closed, wherever it is. */
const WITHIN_MS = 1_000;

interface Ending {
  readonly what: string;
  readonly code: number;
  readonly reason: string;
  /** Whether the person's other session ends, too. */
  readonly endsAll: boolean;
  /** Done on the first isolate. */
  readonly run: (by: { person: Person; other: Person; operator: Person }) => Promise<unknown>;
}

const ENDINGS: readonly Ending[] = [
  {
    what: "to sign out",
    code: 4500,
    reason: "signed_out",
    endsAll: false,
    run: ({ person }) => person.ok("DELETE", "/v1/sessions/current"),
  },
  {
    what: "to end one session from another",
    code: 4500,
    reason: "signed_out",
    endsAll: false,
    run: ({ person, other }) => other.ok("DELETE", `/v1/sessions/${person.credential}`),
  },
  {
    what: "to end all sessions",
    code: 4500,
    reason: "signed_out",
    endsAll: true,
    run: ({ other }) => other.ok("DELETE", "/v1/sessions"),
  },
  {
    what: "the operator's revoking",
    code: 4500,
    reason: "revoked",
    endsAll: true,
    run: ({ person, operator }) => operator.ok("DELETE", `/v1/people/${person.user.id}/sessions`),
  },
  {
    what: "a ban from the service",
    code: 4501,
    reason: "banned",
    endsAll: true,
    run: ({ person, operator }) => operator.ok("PUT", `/v1/people/${person.user.id}/ban`, { reason: "spam" }),
  },
  {
    what: "to be erased",
    code: 4500,
    reason: "erased",
    endsAll: true,
    run: ({ person }) => person.ok("DELETE", "/v1/me"),
  },
];

/** Ends a session on one isolate, with sockets of it, of the same person and of others on both. */
async function end({ what, code, reason, endsAll, run }: Ending, one: Stage, two: Stage): Promise<void> {
  const person = await one.signIn("민지");
  const [other, jihun] = [await one.signInAgain(person), await one.signIn("지훈")];
  const socketsOf = async ({ token }: Person) => {
    const sessions = await Promise.all([one, two].map((isolate) => isolate.sessionOf({ token })));
    for (const session of sessions) await session.ok({ type: "join", room: "lobby" });
    return [
      ...sessions.map(({ socket }) => socket),
      await one.plainOf({ token }, "a"),
      await two.plainOf({ token }, "b"),
    ];
  };
  const [own, others, jihuns] = [await socketsOf(person), await socketsOf(other), await socketsOf(jihun)];
  const visitor = await two.connect("/ws/chat/lobby/?name=민지");

  await run({ person, other, operator: one.operator(API_KEY) });

  const gone = endsAll ? [...own, ...others] : own;
  const closed = await Promise.all(gone.map((socket) => socket.receiveClose(WITHIN_MS)));
  assertEquals(closed, gone.map(() => ({ code, reason })), what);
  const left = [...endsAll ? [] : others, ...jihuns, visitor];
  for (const socket of left) await assertAlive(socket, what);
  // What ended proves nothing any more, anywhere.
  const refused = code === 4501 ? "forbidden" : "unauthorized";
  for (const isolate of [one, two]) {
    await (await isolate.session()).refused({ type: "hello", token: person.token }, refused);
    const { connected } = await isolate.knock("/ws/chat/a/", { headers: { authorization: `Bearer ${person.token}` } });
    assert(!connected.connected && connected.status === (code === 4501 ? 403 : 401), what);
    await connected.response.body?.cancel();
  }
}

/** Whatever it speaks, it answers. */
async function assertAlive(socket: WebSocketCommunicator, what: string): Promise<void> {
  assertEquals(socket.closed, undefined, `${what} closed another's socket`);
  socket.sendJson({ id: 999, type: "ping" });
  for (;;) {
    const { id, ok, type } = await socket.receiveJson();
    if (type === "error" || (id === 999 && ok !== undefined)) return;
  }
}

for (const ending of ENDINGS) {
  Deno.test(`[V21] ${ending.what} closes the sockets with ${ending.code} on both isolates, and no others`, async () => {
    const layer = createMemoryLayer();
    await using one = openService({ layer, apiKey: API_KEY });
    await using two = openService({ layer, apiKey: API_KEY });
    await end(ending, one, two);
    for (const { reports } of [one, two]) assertEquals(reports, []);
  });
}

Deno.test("[V21] so it is on two layers on one file", async () => {
  const { path, remove } = await newDatabase();
  const opened = [await openOnFile(path), await openOnFile(path)];
  try {
    const [one, two] = opened.map(({ layer }) => openService({ layer: kept(layer), apiKey: API_KEY }));
    assert(one !== undefined && two !== undefined);
    await using _one = one;
    await using _two = two;
    for (const ending of ENDINGS.filter(({ code, what }) => code === 4501 || what === "to sign out")) {
      await end(ending, one, two);
    }
    for (const { reports } of [one, two]) assertEquals(reports, []);
  } finally {
    await Promise.all(opened.map(({ close }) => close()));
    await remove();
  }
});

/** A layer that its owner closes, not the stage. */
function kept(layer: ChannelLayer): ChannelLayer {
  return new Proxy(layer, {
    get(target, name) {
      if (name === "close") return () => target.flush();
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

Deno.test(
  "[V21] what ended between the handshake and hello is unauthorized: a cookie, a Bearer, for both kinds of sockets",
  onService(async (service) => {
    for (const header of ["cookie", "authorization"]) {
      const person = await service.signIn("민지");
      const value = header === "cookie" ? `maru_session=${person.token}` : `Bearer ${person.token}`;
      const [early, late] = [
        await service.session({ headers: { [header]: value } }),
        await service.session({ headers: { [header]: value } }),
      ];
      assertEquals((await early.ok({ type: "hello" })).user, person.user);
      await person.ok("DELETE", "/v1/sessions/current");
      assertEquals((await early.socket.receiveClose(WITHIN_MS)).code, 4500);
      await late.refused({ type: "hello" }, "unauthorized");
      await late.refused({ type: "join", room: "lobby" }, "unauthorized");
    }
  }),
);

Deno.test(
  "[V21] a hello that is on its way while its session is ended is refused or closed, never left open",
  onService(async (service) => {
    for (let turns = 0; turns < 12; turns++) {
      const person = await service.signIn("민지");
      const session = await service.session();
      const id = session.post({ type: "hello", token: person.token });
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      await person.ok("DELETE", "/v1/sessions/current");
      const { error } = await session.answer(id);
      if (error === undefined) assertEquals((await session.socket.receiveClose(WITHIN_MS)).code, 4500);
      else assertEquals(error.code, "unauthorized");
    }
  }),
);

Deno.test(
  "[V21] who signs out over a socket hears that it was done, and then the close",
  onService(async (service) => {
    const minji = await service.sessionOf(await service.signIn("민지"));
    assertEquals(await minji.ok({ type: "sign_out" }), {});
    assertEquals((await minji.socket.receiveClose(WITHIN_MS)).code, 4500);
  }),
);

Deno.test(
  "[V21] a ban that has ended, or was lifted, lets the same session in again",
  onService(async (service) => {
    const [minji, operator] = [await service.signIn("민지"), service.operator(API_KEY)];
    const session = await service.sessionOf(minji);
    await operator.ok("PUT", `/v1/people/${minji.user.id}/ban`, { reason: "spam" });
    assertEquals((await session.socket.receiveClose(WITHIN_MS)).code, 4501);
    const { message } = await (await service.session()).refused({ type: "hello", token: minji.token }, "forbidden");
    assertEquals(message, "Banned: spam");
    await operator.ok("DELETE", `/v1/people/${minji.user.id}/ban`);
    await service.sessionOf(minji);
  }, { apiKey: API_KEY }),
);
