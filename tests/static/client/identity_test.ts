/** As whom a connection says hello: `static/client/identity.js`, as `static/client/connection.js` uses it. */

import { assertEquals } from "@std/assert";
import { connected } from "../connected.ts";
import { HELLO } from "../fake_network.ts";

Deno.test("[V6] the token of a hello makes the same guest on the next connection", () => {
  const { network, connection } = connected({ identity: { name: "민지" } });
  connection.drop();
  connection.reconnect();
  network.socket.open();
  // Not with the name: the person may be called otherwise by now.
  assertEquals(network.socket.sent, [{ id: 2, type: "hello", token: "token-1" }]);
});

Deno.test("a token that the server no longer knows is forgotten, and the name makes a new guest", () => {
  const { network, connection, identity } = connected({ identity: { name: "민지", token: "old" }, welcome: false });
  const { socket } = network;
  socket.open();
  socket.refuse({ code: "unauthorized" });
  assertEquals(socket.last(), { id: 2, type: "hello", name: "민지" });
  socket.ok(HELLO);
  assertEquals(connection.state.status, "online");
  assertEquals(identity.token, "token-1");
});

Deno.test("who comes with a signed token is never made a guest because it has ended", () => {
  const { network, connection } = connected({ identity: { name: "민지", token: "aaa.bbb.ccc" }, welcome: false });
  network.socket.open();
  network.socket.refuse({ code: "unauthorized" });
  assertEquals(connection.state.status, "closed");
});

Deno.test("without a name and a token the handshake's cookie says who it is", () => {
  const { network, connection } = connected({ identity: {}, welcome: false });
  network.socket.open();
  assertEquals(network.socket.sent, [{ id: 1, type: "hello" }]);
  network.socket.ok({ user: { id: "g_1", name: "민지" }, limits: {} });
  connection.drop();
  connection.reconnect();
  network.socket.open();
  assertEquals(network.socket.sent, [{ id: 2, type: "hello" }]);
});

Deno.test("[V21] with getToken a token is there before the socket is, and another one after 4001", async () => {
  const tokens = tokenSource();
  const { network, clock, connection } = connected({ identity: { getToken: tokens.get }, welcome: false });
  assertEquals([network.sockets.length, connection.state.status], [0, "connecting"]);
  await tokens.give("t1");
  network.socket.open();
  assertEquals(network.socket.sent, [{ id: 1, type: "hello", token: "t1" }]);
  network.socket.ok({ ...HELLO, token: "t1" });
  // A loss of another kind needs none.
  network.socket.end(1006);
  clock.pass(1_000);
  assertEquals(network.sockets.length, 2);
  network.socket.open();
  network.socket.ok({ ...HELLO, token: "t1" });
  network.socket.end(4001);
  clock.pass(1_000);
  assertEquals(network.sockets.length, 2);
  await tokens.give("t2");
  network.socket.open();
  assertEquals(network.socket.sent, [{ id: 3, type: "hello", token: "t2" }]);
});

Deno.test("[V21] without getToken there is no way back from 4001 but by hand", () => {
  const { network, connection } = connected();
  network.socket.end(4001);
  assertEquals(connection.state, { status: "closed", code: 4001, reason: "" });
});

Deno.test("a token that the server refuses is replaced once; a new one that it refuses closes", async () => {
  const tokens = tokenSource();
  const { network, connection } = connected({ identity: { token: "old", getToken: tokens.get }, welcome: false });
  network.socket.open();
  network.socket.refuse({ code: "unauthorized" });
  assertEquals(connection.state.status, "connecting");
  await tokens.give("t1");
  network.socket.open();
  assertEquals(network.socket.last()["token"], "t1");
  network.socket.refuse({ code: "unauthorized" });
  assertEquals(connection.state.status, "closed");
  assertEquals(tokens.waiting, 0);
});

Deno.test("no token now means later, and one that comes too late is of no use", async () => {
  const tokens = tokenSource();
  const { network, clock, connection } = connected({ identity: { getToken: tokens.get }, welcome: false });
  await tokens.refuse();
  assertEquals(connection.state.status, "waiting");
  clock.pass(clock.nextMs ?? 0);
  assertEquals([connection.state.status, clock.nextMs], ["connecting", 10_000]);
  clock.pass(10_000);
  assertEquals(connection.state.status, "waiting");
  await tokens.give("late");
  assertEquals([network.sockets.length, connection.state.status], [0, "waiting"]);
  connection.close();
  assertEquals(clock.pending, 0);
});

Deno.test("restart says hello anew with what the identity holds by then", () => {
  const { network, connection, identity } = connected({ identity: { name: "민지" } });
  identity.rename("바다");
  connection.restart();
  assertEquals(network.sockets.length, 2);
  network.socket.welcome();
  assertEquals(network.socket.all("hello"), [{ id: 2, type: "hello", token: "token-1", name: "바다" }]);
});

/** Somebody who gives tokens when the test says so. */
function tokenSource() {
  const waiting: PromiseWithResolvers<string>[] = [];
  return {
    get: () => {
      const token = Promise.withResolvers<string>();
      waiting.push(token);
      return token.promise;
    },
    get waiting() {
      return waiting.length;
    },
    async give(token: string) {
      waiting.shift()?.resolve(token);
      await turns();
    },
    async refuse() {
      waiting.shift()?.reject(new Error("no"));
      await turns();
    },
  };
}

/** What follows on a settled promise has happened. */
async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}
