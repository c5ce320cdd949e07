import { assert, assertEquals } from "@std/assert";
import { SIGNED, signToken } from "../testing/signing.ts";
import { onService, type Stage } from "../testing/stage.ts";

/** 100 ms before a second, which is as finely as a token can say when it ends. */
const NOW = 1_795_000_000_900;
const SOON = NOW + 100;
const LATER = NOW + 600_000;

/** A test on a service whose clock stands: what ends soon ends 100 ms after somebody came. */
function atNow(test: (service: Stage) => Promise<void>): () => Promise<void> {
  return onService(test, { signed: SIGNED, now: () => NOW });
}

async function come(service: Stage, token: string) {
  const session = await service.session();
  return { session, ok: await session.ok({ type: "hello", token }) };
}

Deno.test(
  "[V6] a host site's token says who somebody is, and hello until when",
  atNow(async (service) => {
    const token = await signToken(LATER);
    const { ok } = await come(service, token);
    assertEquals([ok.user, ok.expiresAt], [{ id: "s_42", name: "민지" }, LATER - LATER % 1_000]);
  }),
);

Deno.test(
  "[V21] with its token's end a socket ends, with 4001; one with a later end goes on, however late that is",
  atNow(async (service) => {
    const others = [
      await come(service, await signToken(LATER)),
      // Further than a timer reaches.
      await come(service, await signToken(NOW + 4e9 * 10)),
      await come(service, await signToken(SOON + 1_000)),
    ];
    const { session, ok } = await come(service, await signToken(SOON));
    assertEquals(ok.expiresAt, SOON);
    assertEquals((await session.socket.receiveClose()).code, 4001);
    for (const other of others) await other.session.ok({ type: "ping" });
  }),
);

Deno.test(
  "[V21] refresh prolongs it: the socket stays, with its rooms, when the first token ends",
  atNow(async (service) => {
    const { session: refreshed } = await come(service, await signToken(SOON));
    await refreshed.ok({ type: "join", room: "lobby" });
    const token = await signToken(LATER, { name: "민지 Kim" });
    const { user, expiresAt, ...more } = await refreshed.ok({ type: "refresh", token });
    assertEquals([user, expiresAt, more], [{ id: "s_42", name: "민지 Kim" }, LATER - LATER % 1_000, {}]);
    // Whoever came later with the first token is closed later.
    const { session } = await come(service, await signToken(SOON));
    assertEquals((await session.socket.receiveClose()).code, 4001);
    await refreshed.ok({ type: "send", room: "lobby", key: "k", text: "still here" });
    const [message] = await refreshed.events("lobby", 1);
    assertEquals([message.user, message.text], [{ id: "s_42", name: "민지 Kim" }, "still here"]);
  }),
);

Deno.test(
  "[V21] refresh may shorten it, too: the last one counts",
  atNow(async (service) => {
    const { session } = await come(service, await signToken(LATER));
    await session.ok({ type: "refresh", token: await signToken(SOON) });
    assertEquals((await session.socket.receiveClose()).code, 4001);
  }),
);

Deno.test(
  "[V21] refresh as somebody else is forbidden, with what proves nothing unauthorized; and changes nothing",
  atNow(async (service) => {
    const { session } = await come(service, await signToken(SOON));
    await session.refused({ type: "refresh", token: await signToken(LATER, { sub: "43" }) }, "forbidden");
    await session.refused({ type: "refresh", token: (await service.signIn("민지")).token }, "forbidden");
    const foreign = await signToken(LATER, { aud: "https://other.test" });
    for (const token of ["", "a.b.c", foreign, await signToken(NOW - 10_000)]) {
      await session.refused({ type: "refresh", token }, "unauthorized");
    }
    assertEquals((await session.socket.receiveClose()).code, 4001);
  }),
);

Deno.test(
  "[V5] refresh before hello is unauthorized",
  atNow(async (service) => {
    const session = await service.session();
    await session.refused({ type: "refresh", token: await signToken(LATER) }, "unauthorized");
  }),
);

Deno.test(
  "[V21] a token that names fewer rooms than the one before closes the others here, and says so",
  atNow(async (service) => {
    const { session } = await come(service, await signToken(LATER, { rooms: ["lobby", "other"] }));
    for (const room of ["lobby", "other"]) await session.ok({ type: "join", room });
    await session.refused({ type: "join", room: "third" }, "forbidden");
    await session.ok({ type: "refresh", token: await signToken(LATER, { rooms: ["lobby"] }) });
    assertEquals(await session.notice(), { type: "removed", room: "other", why: "left" });
    await session.refused({ type: "send", room: "other", key: "k", text: "a" }, "forbidden");
    await session.refused({ type: "join", room: "other" }, "forbidden");
    await session.ok({ type: "send", room: "lobby", key: "k", text: "a" });
    assertEquals((await session.events("lobby", 1))[0].text, "a");
    assert(await session.isQuiet());
  }),
);
