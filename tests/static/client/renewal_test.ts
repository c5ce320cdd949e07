import { assertEquals } from "@std/assert";
import { connect, type ConnectOptions } from "../../../static/client.js";
import { FakeClock } from "../fake_clock.ts";
import { FakeNetwork, HELLO } from "../fake_network.ts";

const MINUTE_MS = 60_000;
/** The server's clock, which is not ours. */
const SERVER_NOW = 5_000_000;

Deno.test("[V21] a minute before the end a new token goes out over the same connection, and so on", async () => {
  const { network, clock, given } = signedIn({ leftMs: 10 * MINUTE_MS });
  await pass(clock, 9 * MINUTE_MS - 1);
  assertEquals(given(), 0);
  clock.pass(1);
  await turns();
  assertEquals([given(), network.socket.last()["type"], network.socket.last()["token"]], [1, "refresh", "new-1"]);
  network.socket.ok({ user: HELLO.user, expiresAt: SERVER_NOW + 20 * MINUTE_MS });
  await turns();
  await pass(clock, 10 * MINUTE_MS - 1);
  assertEquals(given(), 1);
  clock.pass(1);
  await turns();
  assertEquals([given(), network.sockets.length], [2, 1]);
});

Deno.test("a token that is short is renewed after four fifths of it, and never more than every five seconds", async () => {
  const { clock, given } = signedIn({ leftMs: 100_000 });
  await pass(clock, 79_999);
  assertEquals(given(), 0);
  clock.pass(1);
  await turns();
  assertEquals(given(), 1);
  const late = signedIn({ leftMs: -1_000 });
  late.clock.pass(4_999);
  assertEquals(late.given(), 0);
  late.clock.pass(1);
  await turns();
  assertEquals(late.given(), 1);
});

Deno.test("a renewal that fails is tried again; after 4001 a new token comes with the next hello", async () => {
  let isFailing = true;
  const { network, clock, given } = signedIn({ leftMs: 2 * MINUTE_MS, fails: () => isFailing });
  await pass(clock, 96_000);
  await turns();
  assertEquals(given(), 1);
  clock.pass(5_250);
  await turns();
  assertEquals(given(), 2);
  network.socket.end(4001);
  assertEquals(clock.nextMs, 250);
  isFailing = false;
  clock.pass(250);
  await turns();
  network.socket.open();
  assertEquals(network.socket.sent.map(({ type, token }) => [type, token]), [["hello", "new-3"]]);
});

Deno.test("what ends in a month asks for nothing before, and leaves no timer behind", () => {
  const { maru, clock, given } = signedIn({ leftMs: 60 * 24 * 60 * MINUTE_MS });
  // No timer takes more than 2^31 − 1 ms: a longer one would ring at once.
  clock.pass(1_000);
  assertEquals(given(), 0);
  maru.close();
  assertEquals(clock.pending, 0);
});

Deno.test("without an end, or without getToken, nothing is renewed", async () => {
  const { clock, given } = signedIn({ leftMs: undefined });
  await pass(clock, 24_000);
  assertEquals(given(), 0);
  const { network, clock: other } = client({ token: "a.b.c" });
  network.socket.welcome({ ...HELLO, token: "a.b.c", now: SERVER_NOW, expiresAt: SERVER_NOW + MINUTE_MS });
  // The watch on silence, and no other.
  assertEquals(other.pending, 1);
});

Deno.test("[V21] a token that is given by hand is kept when the server takes it, and else the old one", async () => {
  const { maru, network } = client({ token: "a.b.c" });
  network.socket.welcome({ ...HELLO, token: "a.b.c" });
  const taken = maru.refresh("d.e.f");
  network.socket.ok({ user: HELLO.user, expiresAt: 9 });
  assertEquals(await taken, { user: HELLO.user, expiresAt: 9 });
  assertEquals(maru.token, "d.e.f");
  const refused = maru.refresh("g.h.i");
  network.socket.refuse({ code: "forbidden" });
  assertEquals((await refused.catch((error) => error)).code, "forbidden");
  await turns();
  assertEquals(maru.token, "d.e.f");
});

Deno.test("[V21] a token that names its owner otherwise renames them here; one that does not changes nothing", async () => {
  const { maru, network } = signedIn({ leftMs: 10 * MINUTE_MS });
  const states: unknown[] = [];
  maru.on("state", (state) => states.push(state));
  const same = maru.refresh("d.e.f");
  network.socket.ok({ user: HELLO.user });
  await same;
  const user = { ...HELLO.user, name: "민지 (퇴근)" };
  const renamed = maru.refresh("g.h.i");
  network.socket.ok({ user });
  await renamed;
  assertEquals(states, [{ status: "online", user }]);
});

Deno.test("[V21] given after the end it brings the client back", async () => {
  const { maru, network } = client({ token: "a.b.c" });
  network.socket.welcome({ ...HELLO, token: "a.b.c" });
  network.socket.end(4001);
  assertEquals(maru.state.status, "closed");
  const taken = maru.refresh("d.e.f");
  network.socket.open();
  assertEquals(network.socket.last(), { id: 2, type: "hello", token: "d.e.f" });
  network.socket.ok({ ...HELLO, token: "d.e.f" });
  network.socket.ok({ user: HELLO.user });
  assertEquals((await taken).user, HELLO.user);
});

function client(options: ConnectOptions) {
  const clock = new FakeClock();
  const network = new FakeNetwork();
  const maru = connect("ws://maru.example/ws", {
    WebSocket: network.WebSocket,
    clock,
    random: () => 0.5,
    listenForWakes: () => () => {},
    hasNetwork: () => true,
    ...options,
  });
  return { maru, network, clock };
}

/** Somebody whose token ends in a while, and who can get others: `new-1`, `new-2` … */
function signedIn({ leftMs, fails = () => false }: { leftMs: number | undefined; fails?: () => boolean }) {
  let count = 0;
  const made = client({
    token: "old",
    getToken: () => {
      count++;
      return fails() ? Promise.reject(new Error("no")) : Promise.resolve(`new-${count}`);
    },
  });
  const end = leftMs === undefined ? {} : { expiresAt: SERVER_NOW + leftMs };
  made.network.socket.welcome({ ...HELLO, token: "old", now: SERVER_NOW, ...end });
  answerPings(made.network);
  return { ...made, given: () => count };
}

/** A line that is quiet for minutes is asked whether it lives. */
function answerPings({ socket }: FakeNetwork): void {
  const { sent } = socket;
  const push = sent.push.bind(sent);
  sent.push = (...frames) => {
    const length = push(...frames);
    for (const frame of frames) if (frame["type"] === "ping") queueMicrotask(() => socket.ok({ now: 0 }, frame));
    return length;
  };
}

/** Lets time pass as it does: with turns in between, so that pings are answered. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1_000) {
    clock.pass(Math.min(left, 1_000));
    await turns();
  }
}

/** What follows on a settled promise has happened. */
async function turns(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}
