import { assertEquals } from "@std/assert";
import { openRawSocket } from "../../../static/test/raw_socket.js";
import { FakeNetwork } from "../fake_network.ts";

function opened(protocol: string | undefined = "maru.v1") {
  const network = new FakeNetwork();
  const told: unknown[] = [];
  const raw = openRawSocket({
    url: "ws://maru.example/ws",
    protocol,
    // Safe: the fake keeps what it is given, a protocol or none.
    WebSocket: network.WebSocket as new (url: string, protocol?: string) => WebSocket,
    onOpen: () => told.push("open"),
    onClose: (code) => told.push(code),
    onOk: (ok) => told.push(ok),
    onCount() {},
  });
  network.socket.open();
  return { raw, server: network.socket, told };
}

Deno.test("ids are counted up from the largest that was sent, whatever else is sent", () => {
  const { raw, server } = opened();
  raw.request({ type: "hello" });
  raw.send('{"id":7,"type":"ping"}');
  raw.send('{"id":1.5,"type":"ping"}');
  raw.send('{"id":3,"type":"ping"}');
  assertEquals(raw.nextId, 8);
  raw.request({ type: "ping" });
  assertEquals(server.last()["id"], 8);
});

Deno.test("an answer finds who waits for it; those that wait when the socket goes have lost", async () => {
  const { raw, server, told } = opened();
  const [first, second] = [raw.answerTo(1), raw.answerTo(2)];
  raw.request({ type: "hello" });
  server.ok({ token: "t" });
  assertEquals(await first, { kind: "ok", ok: { token: "t" } });
  server.end(1008);
  assertEquals(await second, { kind: "lost" });
  assertEquals(told, ["open", { token: "t" }, 1008]);
  server.readyState = 3;
  assertEquals(raw.send("x"), false);
});

Deno.test("answers are counted, refusals by their code, also those without an id", () => {
  const { raw, server } = opened();
  raw.request({ type: "ping" });
  server.ok({});
  server.refuse({ code: "rate_limited" });
  server.refuse({ code: "rate_limited" });
  server.say({ type: "error", error: { code: "bad_request", message: "" } });
  server.say({ type: "events", room: "r", prev: "", events: [] });
  assertEquals([raw.answers.ok, [...raw.answers.refused]], [1, [["rate_limited", 2], ["bad_request", 1]]]);
});
