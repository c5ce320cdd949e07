import { assert, assertEquals, assertInstanceOf, assertMatch } from "@std/assert";
import { Consumer } from "../../consumers/consumer.ts";
import { ChatError } from "../../protocol/errors.ts";
import { gate, nextTurn, until } from "../layers/until.ts";
import { connectFake } from "../testing/fake_socket.ts";
import { onStage, type Stage } from "../testing/stage.ts";
import { consumerOf } from "./consumer_of.ts";

/** Asks for a handshake that must be refused. */
async function refusal(stage: Stage, path: string): Promise<{ status: number; problem: Record<string, unknown> }> {
  const { connected } = await stage.knock(path);
  assert(!connected.connected, `${path} was accepted`);
  assertEquals(connected.response.headers.get("content-type"), "application/problem+json");
  return { status: connected.status, problem: await connected.response.json() };
}

Deno.test(
  "a connect that returns without accept is denied with 403",
  onStage(async (stage) => {
    stage.route("/sync", () => consumerOf({ connect: () => Promise.resolve() }));
    stage.route("/async", () => consumerOf({ connect: () => nextTurn() }));
    // Plain JavaScript may return nothing at all.
    stage.route("/nothing", () => consumerOf({ connect: (() => {}) as unknown as () => Promise<void> }));
    for (const path of ["/sync", "/async", "/nothing"]) {
      const { status, problem } = await refusal(stage, path);
      assertEquals([status, problem["code"]], [403, "forbidden"]);
    }
  }),
);

Deno.test(
  "a close before accept is a 403, with the reason as its detail; disconnect is not called",
  onStage(async (stage) => {
    const ended: number[] = [];
    const disconnect = (code: number) => void ended.push(code);
    stage.route("/plain", () =>
      consumerOf({
        connect() {
          this.close();
          return Promise.resolve();
        },
        disconnect,
      }));
    stage.route("/reason", () =>
      consumerOf({
        async connect() {
          await nextTurn();
          this.close(4500, "문 닫았습니다 ".repeat(50));
          await nextTurn();
        },
        disconnect,
      }));
    assertEquals((await refusal(stage, "/plain")).status, 403);
    const { status, problem } = await refusal(stage, "/reason");
    assertEquals([status, problem["code"]], [403, "forbidden"]);
    assertMatch(String(problem["detail"]), /문 닫았습니다/);
    await nextTurn();
    assertEquals(ended, []);
  }),
);

Deno.test(
  "an accept after a close, and a second accept, are the consumer's faults and change nothing",
  onStage(async (stage) => {
    stage.route("/late", () =>
      consumerOf({
        async connect() {
          this.close();
          await this.accept();
        },
      }));
    stage.route("/twice", () =>
      consumerOf({
        async connect() {
          await this.accept();
          await this.accept();
        },
      }));
    assertEquals((await refusal(stage, "/late")).status, 403);
    assertInstanceOf(stage.takeReports()[0]?.error, TypeError);
    const client = await stage.connect("/twice");
    assertEquals((await client.receiveClose()).code, 1011);
    assertInstanceOf(stage.takeReports()[0]?.error, TypeError);
  }),
);

Deno.test(
  "a throw before accept is a 500 that says nothing of it, and is reported",
  onStage(async (stage) => {
    const secret = "secret of /srv/maru";
    stage.route("/sync", () =>
      consumerOf({
        connect() {
          throw new Error(secret);
        },
      }));
    stage.route("/async", () =>
      consumerOf({
        async connect() {
          await nextTurn();
          throw new TypeError(secret);
        },
      }));
    stage.route("/odd", () => consumerOf({ connect: () => Promise.reject(undefined) }));
    stage.route("/made", () => {
      throw new Error(secret);
    });
    for (const path of ["/sync", "/async", "/odd", "/made"]) {
      const { status, problem } = await refusal(stage, path);
      assertEquals([status, problem["code"]], [500, "internal"], path);
      assert(!/secret|srv|\.ts|at /.test(JSON.stringify(problem)), JSON.stringify(problem));
      assertEquals(stage.takeReports().length, 1, path);
    }
  }),
);

Deno.test(
  "a ChatError before accept is the problem of its code, and no fault",
  onStage(async (stage) => {
    const statuses = { bad_room: 400, unauthorized: 401, forbidden: 403, unavailable: 503 } as const;
    for (const code of ["bad_room", "unauthorized", "forbidden", "unavailable"] as const) {
      stage.route(`/${code}`, () => consumerOf({ connect: () => Promise.reject(new ChatError(code, "So it is")) }));
    }
    for (const [code, status] of Object.entries(statuses)) {
      const refused = await refusal(stage, `/${code}`);
      assertEquals([refused.status, refused.problem["code"], refused.problem["detail"]], [status, code, "So it is"]);
    }
  }),
);

Deno.test(
  "a throw after accept closes with 1011, wherever it is, and is reported without leaving the server",
  onStage(async (stage) => {
    const throwing = () => {
      throw new Error("secret of /srv/maru");
    };
    const rejecting = async () => {
      await nextTurn();
      throwing();
    };
    stage.route("/connect", () =>
      consumerOf({
        async connect() {
          await this.accept();
          throwing();
        },
      }));
    stage.route("/connect-later", () =>
      consumerOf({
        async connect() {
          await this.accept();
          await rejecting();
        },
      }));
    stage.route("/receive", () => consumerOf({ receive: throwing }));
    stage.route("/receive-later", () => consumerOf({ receive: rejecting }));
    for (const path of ["/connect", "/connect-later", "/receive", "/receive-later"]) {
      const client = await stage.connect(path);
      if (path.startsWith("/receive")) client.sendJson(1);
      assertEquals(await client.receiveClose(), { code: 1011, reason: "" }, path);
      assert(await client.receiveNothing(1));
      assertEquals(stage.takeReports().map(({ what }) => what), [`consumer on ${path}`]);
    }
  }),
);

Deno.test(
  "a throw in disconnect is reported, and everything of the connection is let go",
  onStage(async (stage) => {
    stage.route("/sync", () =>
      consumerOf({
        disconnect() {
          throw new Error("sync");
        },
      }));
    stage.route("/async", () => consumerOf({ disconnect: () => Promise.reject(new Error("async")) }));
    for (const path of ["/sync", "/async"]) {
      const client = await stage.connect(path);
      await client.disconnect();
      assertEquals([stage.takeReports().length, stage.connections.size], [1, 0]);
    }
  }),
);

Deno.test(
  "nobody else notices a consumer that throws",
  onStage(async (stage) => {
    stage.route("/room", () =>
      consumerOf({
        groups: ["room"],
        note(event: { text: string }) {
          this.send(event.text);
        },
        receive(frame) {
          if (frame === "throw") throw new Error("x");
          return this.groupSend("room", { type: "note", text: frame }).then(() => {});
        },
      }));
    const [first, second, third] = [
      await stage.connect("/room"),
      await stage.connect("/room"),
      await stage.connect("/room"),
    ];
    second.sendJson("throw");
    assertEquals((await second.receiveClose()).code, 1011);
    stage.takeReports();
    first.sendJson("hello");
    for (const client of [first, third]) assertEquals(await client.receiveJson(), "hello");
    assertEquals(stage.connections.size, 2);
  }),
);

Deno.test(
  "after a throw nothing that waited comes to the consumer but its end",
  onStage(async (stage) => {
    const turn = gate();
    const seen: unknown[] = [];
    stage.route("/x", () =>
      consumerOf({
        async receive(frame) {
          seen.push(frame);
          await turn.passed;
          throw new Error("x");
        },
        disconnect: (code) => void seen.push(`end ${code}`),
      }));
    const client = await stage.connect("/x");
    for (const frame of [1, 2, 3]) client.sendJson(frame);
    turn.open();
    await until(() => seen.length > 1, "the end");
    await nextTurn(2);
    assertEquals(seen, [1, "end 1011"]);
    stage.takeReports();
  }),
);

Deno.test(
  "what a client sent before it left comes to the consumer before its disconnect",
  onStage(async (stage) => {
    const turn = gate();
    const seen: unknown[] = [];
    stage.route("/x", () =>
      consumerOf({
        async receive(frame) {
          await turn.passed;
          seen.push(frame);
        },
        disconnect: (code) => void seen.push(`end ${code}`),
      }));
    const client = await stage.connect("/x");
    for (const frame of [1, 2, 3]) client.sendJson(frame);
    await client.disconnect(1001);
    turn.open();
    await until(() => seen.length === 4, "the end");
    assertEquals(seen, [1, 2, 3, "end 1001"]);
  }),
);

Deno.test(
  "disconnect is called once, with the code, however the end came",
  onStage(async (stage) => {
    const ended: number[] = [];
    stage.route("/x", () =>
      consumerOf({
        receive(frame) {
          this.close(Number(frame), "bye");
          this.close(4999, "again");
        },
        disconnect: (code) => void ended.push(code),
      }));
    const client = await stage.connect("/x");
    client.sendJson(4001);
    assertEquals(await client.receiveClose(), { code: 4001, reason: "bye" });
    await client.disconnect();
    await (await stage.connect("/x")).disconnect(1006);
    assertEquals(ended, [4001, 1006]);
  }),
);

Deno.test(
  "a close code or a reason that no frame can carry is the consumer's fault, and the socket is closed all the same",
  onStage(async (stage) => {
    const closing: { code: number; reason: string }[] = [];
    stage.route("/x", () =>
      consumerOf({
        receive() {
          const { code, reason } = closing[0] ?? { code: 1000, reason: "" };
          this.close(code, reason);
        },
      }));
    for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65_536, -1, 1000.5, NaN]) {
      closing.push({ code, reason: "" });
    }
    closing.push({ code: 4000, reason: "x".repeat(124) }, { code: 4000, reason: "가".repeat(42) });
    for (; closing.length > 0; closing.shift()) {
      const { socket } = await connectFake(stage.app, "/x");
      socket.receive("1");
      await until(() => socket.closes.length > 0, JSON.stringify(closing[0]));
      assertEquals(socket.closes, [{ code: 1011, reason: "" }], JSON.stringify(closing[0]));
      assertInstanceOf(stage.takeReports()[0]?.error, RangeError);
      socket.end();
    }
    for (
      const [code, reason] of [[1000, ""], [1001, "x".repeat(123)], [3000, "가".repeat(41)], [4999, ""], [
        1014,
        "",
      ]] as const
    ) {
      closing[0] = { code, reason };
      const { socket } = await connectFake(stage.app, "/x");
      socket.receive("1");
      await until(() => socket.closes.length > 0, `${code}`);
      assertEquals(socket.closes, [{ code, reason }]);
      socket.end();
    }
  }),
);

Deno.test(
  "one event at a time: handlers never overlap, and keep the order in which things came",
  onStage(async (stage) => {
    let running = 0;
    const seen: string[] = [];
    const turn = async (what: string) => {
      assertEquals(++running, 1, `${what} overlaps`);
      seen.push(what);
      for (let i = 0; i < seen.length % 4; i++) await (i % 2 === 0 ? Promise.resolve() : nextTurn());
      assertEquals(--running, 0);
    };
    class Slow extends Consumer {
      override groups = ["g"];
      override async connect() {
        await turn("connect");
        await this.accept();
        await turn("accepted");
      }
      override receive(frame: unknown) {
        return turn(`frame ${frame}`);
      }
      note({ n }: { n: number }) {
        return turn(`note ${n}`);
      }
      override disconnect() {
        return turn("end");
      }
    }
    stage.route("/slow", () => new Slow());
    const client = await stage.connect("/slow");
    for (let n = 0; n < 20; n++) {
      client.sendJson(n);
      await stage.layer.publish("g", { type: "note", n });
      if (n % 5 === 0) await nextTurn();
    }
    await until(() => seen.length === 42, "all of them");
    await client.disconnect();
    await until(() => seen.at(-1) === "end", "the end");
    for (const kind of ["frame", "note"]) {
      assertEquals(seen.filter((what) => what.startsWith(kind)), Array.from({ length: 20 }, (_, n) => `${kind} ${n}`));
    }
    assertEquals(seen.slice(0, 2), ["connect", "accepted"]);
  }),
);

Deno.test(
  "a client that comes and goes leaves nothing, whenever it goes",
  onStage(async (stage) => {
    const turn = gate();
    stage.route("/x", () =>
      consumerOf({
        async connect() {
          await this.accept();
          await turn.passed;
          await this.groupAdd("late");
        },
      }));
    const client = await stage.connect("/x");
    await client.disconnect();
    turn.open();
    await nextTurn(2);
    // Had it joined, this would come to a consumer that is gone, which has no such handler.
    await stage.layer.publish("late", { type: "nobody.knows" });
    await nextTurn(2);
    assertEquals([stage.connections.size, stage.reports], [0, []]);
  }),
);
