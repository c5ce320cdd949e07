import { assert, assertEquals, assertMatch } from "@std/assert";
import { Consumer } from "../../consumers/consumer.ts";
import { MAX_FRAME_BYTES } from "../../protocol/frames.ts";
import { consumerOf } from "../consumers/consumer_of.ts";
import { gate, until } from "../layers/until.ts";
import { exchange, listen, Visitor } from "../testing/listening.ts";
import { onService, onStage } from "../testing/stage.ts";

const HANDSHAKE = `Connection: Upgrade
  Upgrade: websocket
  Sec-WebSocket-Version: 13
  Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==`;

Deno.test(
  "frames come both ways in order, what was sent before the socket was open first",
  onStage(async (stage) => {
    stage.route("/x", () =>
      consumerOf({
        async connect() {
          const opened = this.accept();
          this.send("early 1");
          this.send("early 2");
          await opened;
          this.send("open");
        },
        receive(frame) {
          this.send(frame);
        },
      }));
    await using server = listen(stage.app);
    const visitor = new Visitor(server.port, "/x");
    await visitor.opened;
    for (let n = 0; n < 100; n++) visitor.socket.send(`${n}`);
    await until(() => visitor.received.length === 103, "all frames");
    assertEquals(visitor.received, [
      '"early 1"',
      '"early 2"',
      '"open"',
      ...Array.from({ length: 100 }, (_, n) => `${n}`),
    ]);
    await visitor.leave();
  }),
);

Deno.test(
  "[C3] a binary frame closes with 1003, a frame over 65,536 bytes with 1009, one of 65,536 is taken",
  onService(async (service) => {
    await using server = listen(service.app);
    const sends = [
      [1003, new TextEncoder().encode('{"message":"a"}')],
      [1009, JSON.stringify({ message: "x".repeat(MAX_FRAME_BYTES - 13) })],
      [1009, JSON.stringify({ message: "가".repeat(MAX_FRAME_BYTES / 3) })],
    ] as const;
    for (const [code, data] of sends) {
      const visitor = new Visitor(server.port, "/ws/chat/");
      await visitor.opened;
      visitor.socket.send(data);
      assertEquals((await visitor.closed).code, code);
    }
    const visitor = new Visitor(server.port, "/ws/chat/");
    await visitor.opened;
    const longest = JSON.stringify({ message: "x".repeat(MAX_FRAME_BYTES - 14) });
    assertEquals(longest.length, MAX_FRAME_BYTES);
    visitor.socket.send(longest);
    await until(() => visitor.received.length === 2, "the echo");
    assertEquals(visitor.received[1], longest);
    await visitor.leave();
  }),
);

Deno.test(
  "a close comes with its code and reason, also one before the socket was open",
  onStage(async (stage) => {
    stage.route("/later", () =>
      consumerOf({
        receive() {
          this.close(4123, "그만 ".repeat(10).trim());
        },
      }));
    stage.route("/at-once", () =>
      consumerOf({
        connect() {
          this.accept();
          this.send("hello and goodbye");
          this.close(4124, "at once");
          return Promise.resolve();
        },
      }));
    await using server = listen(stage.app);
    const later = new Visitor(server.port, "/later");
    await later.opened;
    later.socket.send("1");
    assertEquals(await later.closed, { code: 4123, reason: "그만 ".repeat(10).trim() });
    const atOnce = new Visitor(server.port, "/at-once");
    assertEquals(await atOnce.closed, { code: 4124, reason: "at once" });
    assertEquals(atOnce.received, ['"hello and goodbye"']);
    await until(() => stage.connections.size === 0, "their ends");
  }),
);

Deno.test(
  "a close reaches a client that had sent more than was wanted, with its code",
  onService(async (service) => {
    await using server = listen(service.app);
    for (const count of [3, 4, 10, 100, 5_000]) {
      const visitor = new Visitor(server.port, "/ws/chat/");
      await visitor.opened;
      // The third is one too many already.
      for (let i = 0; i < count; i++) visitor.socket.send("bad");
      assertEquals((await visitor.closed).code, 1008, `${count}`);
    }
    await until(() => service.connections.size === 0, "their ends");
  }),
);

Deno.test(
  "disconnect hears the client's code, and 1006 when the line is cut",
  onStage(async (stage) => {
    const ended: number[] = [];
    stage.route("/x", () => consumerOf({ disconnect: (code) => void ended.push(code) }));
    await using server = listen(stage.app);
    const visitor = new Visitor(server.port, "/x");
    await visitor.opened;
    visitor.socket.close(4321);
    await until(() => ended.length === 1, "its end");
    await visitor.closed;
    // `exchange` lets go of the connection as soon as it is upgraded.
    assertEquals((await exchange(server.port, `GET /x HTTP/1.1\n${HANDSHAKE}`)).status, 101);
    await until(() => ended.length === 2, "the other's end");
    assertEquals(ended, [4321, 1006]);
  }),
);

Deno.test(
  "the subprotocol that the consumer chooses is answered, not the first of those offered",
  onStage(async (stage) => {
    stage.route("/x", () =>
      consumerOf({
        connect() {
          return this.accept(this.scope.subprotocols.at(-1));
        },
      }));
    await using server = listen(stage.app);
    const visitor = new Visitor(server.port, "/x", ["first", "second"]);
    await visitor.opened;
    assertEquals(visitor.socket.protocol, "second");
    await visitor.leave();
    // A list without a space after the comma.
    const raw = await exchange(server.port, `GET /x HTTP/1.1\n${HANDSHAKE}\nSec-WebSocket-Protocol: first,second`);
    assertEquals([raw.status, raw.headers.get("sec-websocket-protocol")], [101, "second"]);
    const none = await exchange(server.port, `GET /x HTTP/1.1\n${HANDSHAKE}`);
    assertEquals([none.status, none.headers.get("sec-websocket-protocol")], [101, null]);
    assertEquals(none.headers.get("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    await until(() => stage.connections.size === 0, "their ends");
  }),
);

Deno.test(
  "further headers of accept are in the answer; what is no header is a 500, and the server lives on",
  onStage(async (stage) => {
    stage.route("/good", () =>
      consumerOf({
        connect() {
          return this.accept(undefined, [["x-room", "lobby"], ["set-cookie", "a=1"], ["set-cookie", "b=2"]]);
        },
      }));
    stage.route("/name", () =>
      consumerOf({
        connect() {
          return this.accept(undefined, { "not a name": "1" });
        },
      }));
    stage.route("/value", () =>
      consumerOf({
        connect() {
          return this.accept(undefined, { "x-room": "line\nbreak" });
        },
      }));
    stage.route("/protocol", () =>
      consumerOf({
        connect() {
          return this.accept("not.offered");
        },
      }));
    await using server = listen(stage.app);
    for (const path of ["/name", "/value", "/protocol"]) {
      const { status, body } = await exchange(server.port, `GET ${path} HTTP/1.1\n${HANDSHAKE}`);
      assertEquals([status, JSON.parse(body).code], [500, "internal"], path);
      assertEquals(stage.takeReports().length, 1);
    }
    const { status, headers } = await exchange(server.port, `GET /good HTTP/1.1\n${HANDSHAKE}`);
    assertEquals([status, headers.get("x-room")], [101, "lobby"]);
    assertEquals(headers.getSetCookie(), ["a=1", "b=2"]);
    await until(() => stage.connections.size === 0, "its end");
  }),
);

Deno.test({
  name: "clients that go in the middle of a handshake leave nothing behind",
  // Deno itself waits for ever for the upgrade of a connection that has gone.
  sanitizeOps: false,
  fn: onStage(async (stage) => {
    const turn = gate();
    let asked = 0;
    stage.route("/slow", () =>
      consumerOf({
        async connect() {
          asked++;
          await turn.passed;
          await this.accept();
          this.send("hello");
        },
      }));
    stage.route("/quick", () => new Consumer());
    await using server = listen(stage.app, 50);
    for (let n = 0; n < 20; n++) {
      const connection = await Deno.connect({ port: server.port, hostname: "127.0.0.1" });
      const path = n % 2 === 0 ? "/slow" : "/quick";
      const request = `GET ${path} HTTP/1.1\nHost: a\n${HANDSHAKE}\n\n`.replaceAll(/\n */g, "\r\n");
      await connection.write(new TextEncoder().encode(request));
      if (n % 2 === 0) await until(() => asked === 1 + n / 2, "that it was asked");
      connection.close();
    }
    turn.open();
    const visitor = new Visitor(server.port, "/quick");
    await visitor.opened;
    await until(() => stage.connections.size === 1, "the others' ends");
    await visitor.leave();
    await until(() => stage.connections.size === 0, "its end");
  }),
});

Deno.test(
  "a drain closes every socket with 1012, one that is not open yet, too",
  onStage(async (stage) => {
    stage.route("/x", () => new Consumer());
    await using server = listen(stage.app);
    const visitors = Array.from({ length: 10 }, () => new Visitor(server.port, "/x"));
    await Promise.all(visitors.slice(0, 5).map(({ opened }) => opened));
    await until(() => stage.connections.size >= 5, "five");
    const early = stage.connections.size;
    stage.connections.refuse();
    assertEquals(await stage.connections.closeAll(5_000), 0);
    const codes = await Promise.all(visitors.map(async ({ closed }) => (await closed).code));
    assert(codes.filter((code) => code === 1012).length >= early, `${codes}`);
    // The others came too late to be let in.
    assert(codes.every((code) => code === 1012 || code === 0 || code === 1006), `${codes}`);
  }),
);

Deno.test(
  "the consumer knows the peer's address",
  onStage(async (stage) => {
    stage.route("/x", () =>
      consumerOf({
        async connect() {
          await this.accept();
          this.send(this.scope.client);
        },
      }));
    await using server = listen(stage.app);
    const visitor = new Visitor(server.port, "/x");
    await until(() => visitor.received.length === 1, "the address");
    assertMatch(String(visitor.received[0]), /^\{"hostname":"127\.0\.0\.1","port":\d+\}$/);
    await visitor.leave();
  }),
);
