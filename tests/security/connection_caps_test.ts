import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { connectionCaps, Connections, type Countable } from "../../consumers/connections.ts";
import { ChatError } from "../../protocol/errors.ts";
import { until } from "../layers/until.ts";
import { onService } from "../testing/stage.ts";

const one = (): Countable => ({ close() {} });

Deno.test("connections are counted by person and by address, an IPv6 one by its network, and forgotten when they close", () => {
  const connections = new Connections({ perPerson: 2, perAddress: 3 });
  const [first, second, third, fourth] = [one(), one(), one(), one()];
  connections.add(first, { address: "2001:db8::1", person: "a" });
  connections.add(second, { address: "2001:db8::2", person: "a" });
  const refused = assertThrows(() => connections.add(third, { address: "1.2.3.4", person: "a" }), ChatError);
  assertEquals([refused.code, (refused.retryAfterMs ?? 0) > 0], ["rate_limited", true]);
  connections.add(third, { address: "2001:db8::3" });
  assertThrows(() => connections.add(fourth, { address: "2001:db8::4" }), ChatError);
  assertThrows(() => connections.assign(third, "a"), ChatError);
  assertEquals(connections.size, 3);
  connections.delete(first);
  connections.delete(first);
  connections.assign(third, "a");
  connections.assign(third, "a");
  // Who says to be somebody else is no longer counted as who they were.
  connections.assign(second, "b");
  connections.add(fourth, { address: "1.2.3.4", person: "a" });
  for (const each of [second, third, fourth]) connections.delete(each);
  assertEquals(connections.size, 0);
  // Nobody knows whose they are: not counted.
  for (let n = 0; n < 9; n++) connections.add(one());
});

Deno.test("the caps grow with RATE_SCALE, and 0 is none", () => {
  assertEquals(connectionCaps(), { perPerson: 50, perAddress: 1_000 });
  assertEquals(connectionCaps(0.001), { perPerson: 1, perAddress: 1 });
  assertEquals(connectionCaps(0), {});
});

/** Fifteen for each person; and enough requests that it is not these which are refused. */
const FIFTEEN = { rateScale: 0.3 };

Deno.test(
  "one socket too many is closed at hello, or refused with 429 when the handshake says whose it is",
  onService(async (service) => {
    const first = await service.session();
    const { token } = await first.ok({ type: "hello", name: "민지" });
    for (let n = 1; n < 15; n++) await (await service.session()).ok({ type: "hello", token });
    const tooMany = await service.session();
    tooMany.post({ type: "hello", token });
    assertEquals(await tooMany.socket.receiveClose(), { code: 1008, reason: "Too many connections are open" });
    const headers = { authorization: `Bearer ${token}` };
    const { connected } = await service.knock("/ws", { subprotocols: ["maru.v1"], headers });
    assert(!connected.connected);
    assertEquals([connected.status, connected.response.headers.has("retry-after")], [429, true]);
    await connected.response.body?.cancel();
    const stream = await service.app.request("/v1/rooms/lobby/stream", { headers });
    assertStringIncludes((await stream.json()).detail, "Too many connections of yours are open: at most 15");
    // One goes, one may come.
    await first.socket.disconnect();
    const reader = await service.app.request("/v1/rooms/lobby/stream", { headers });
    assertEquals(reader.status, 200);
    const plain = await service.knock("/ws/chat/lobby/", { headers });
    assert(!plain.connected.connected);
    assertEquals(plain.connected.status, 429);
    await plain.connected.response.body?.cancel();
    await reader.body?.cancel();
    await until(() => service.connections.size === 14, "the stream has left");
    await service.connect("/ws/chat/lobby/", { headers });
  }, FIFTEEN),
);
