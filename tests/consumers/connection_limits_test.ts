import { assert, assertEquals, assertGreater, assertLess, assertLessOrEqual } from "@std/assert";
import { MAX_FRAME_BYTES } from "../../protocol/frames.ts";
import { gate, nextTurn, until } from "../layers/until.ts";
import { connectFake, type FakeSocket } from "../testing/fake_socket.ts";
import { put } from "../testing/messages_client.ts";
import { onService, onStage, type Stage } from "../testing/stage.ts";
import { consumerOf } from "./consumer_of.ts";

/** The bound over which nothing more is read from a log for a socket. */
const MAX_BUFFERED_BYTES = 256 * 1024;

Deno.test(
  "a binary frame closes with 1003, whatever is in it",
  onStage(async (stage) => {
    const seen: unknown[] = [];
    stage.route("/x", () => consumerOf({ receive: (frame) => void seen.push(frame) }));
    const binary = [
      new Uint8Array(0),
      new TextEncoder().encode("1"),
      new ArrayBuffer(1),
      new Blob(["1"]),
      undefined,
      null,
      1,
      {},
    ];
    for (const data of binary) {
      const { socket } = await connectFake(stage.app, "/x");
      await nextTurn();
      socket.receive(data);
      assertEquals(socket.closes.map(({ code }) => code), [1003]);
      socket.receive("1");
      socket.end();
    }
    await nextTurn();
    assertEquals(seen, []);
  }),
);

Deno.test(
  "a frame of 65,536 bytes is accepted, one of 65,537 closes with 1009",
  onStage(async (stage) => {
    stage.route("/x", () =>
      consumerOf({
        receive(frame) {
          this.send(String(frame).length);
        },
      }));
    // Characters of 1, 2, 3 and 4 bytes, in frames that end just at the limit and just over it.
    for (const [character, bytes] of [["x", 1], ["é", 2], ["가", 3], ["😀", 4]] as const) {
      const room = MAX_FRAME_BYTES - 2;
      const body = character.repeat(Math.floor(room / bytes)) + "x".repeat(room % bytes);
      const atLimit = `"${body}"`;
      assertEquals(new TextEncoder().encode(atLimit).length, MAX_FRAME_BYTES);
      const client = await stage.connect("/x");
      client.send(atLimit);
      assertEquals(await client.receiveJson(), body.length, character);
      client.send(`"${body}x"`);
      assertEquals((await client.receiveClose()).code, 1009, character);
    }
  }),
);

Deno.test(
  "a lone surrogate in a raw frame counts as the three bytes that it would be sent as",
  onStage(async (stage) => {
    stage.route("/x", () =>
      consumerOf({
        receive() {
          this.send("taken");
        },
      }));
    const client = await stage.connect("/x");
    client.send(`"${"\ud800".repeat((MAX_FRAME_BYTES - 4) / 3)}xx"`);
    assertEquals(await client.receiveJson(), "taken");
    client.send(`"${"\ud800".repeat((MAX_FRAME_BYTES - 4) / 3)}xxx"`);
    assertEquals((await client.receiveClose()).code, 1009);
  }),
);

Deno.test(
  "1,000 frames may wait for a slow consumer; one more closes, and nobody else waits",
  onStage(async (stage) => {
    const turn = gate();
    let handled = 0;
    stage.route("/slow", () =>
      consumerOf({
        async receive() {
          await turn.passed;
          handled++;
        },
      }));
    stage.route("/quick", () =>
      consumerOf({
        receive(frame) {
          this.send(frame);
        },
      }));
    const { socket } = await connectFake(stage.app, "/slow");
    await nextTurn();
    // One that runs, and those that wait.
    for (let i = 0; i < 1_001; i++) socket.receive("1");
    assertEquals(socket.closes, []);
    const quick = await stage.connect("/quick");
    quick.sendJson("hello");
    assertEquals(await quick.receiveJson(), "hello");
    socket.receive("1");
    assertEquals(socket.closes.map(({ code }) => code), [1008]);
    socket.receive("1");
    socket.end(1008);
    turn.open();
    await until(() => handled > 0, "the one that ran");
    await nextTurn(2);
    assertEquals(handled, 1);
  }),
);

Deno.test(
  "a client that asks and does not read is closed before its answers fill the memory",
  onStage(async (stage) => {
    stage.route("/x", () =>
      consumerOf({
        receive() {
          this.send("answer");
        },
      }));
    const { socket } = await connectFake(stage.app, "/x");
    await nextTurn();
    socket.bufferedAmount = MAX_BUFFERED_BYTES;
    socket.receive("1");
    assertEquals([socket.closes, socket.sent.length], [[], 1]);
    await nextTurn();
    // From here on its frames wait, and with them what they would have been answered.
    socket.bufferedAmount++;
    for (let i = 0; i <= 1_000; i++) socket.receive("1");
    assertEquals([socket.closes, socket.sent.length], [[], 1]);
    socket.receive("1");
    assertEquals([socket.closes[0]?.code, socket.sent.length], [1008, 1]);
    socket.end();
  }),
);

Deno.test(
  "large frames that wait are bounded by their characters, long before a thousand of them",
  onStage(async (stage) => {
    stage.route("/x", () => consumerOf({ receive() {} }));
    const { socket } = await connectFake(stage.app, "/x");
    await nextTurn();
    socket.bufferedAmount = MAX_BUFFERED_BYTES + 1;
    const large = JSON.stringify("x".repeat(65_000));
    let count = 0;
    while (socket.closes.length === 0 && count < 20) {
      socket.receive(large);
      count++;
    }
    assertEquals(socket.closes[0]?.code, 1008);
    assertLess(count, 8);
    socket.end();
  }),
);

/** Joins a room over a fake socket of `maru.v1`; `texts` are those of all `events` frames since. */
async function joinFake(service: Stage, room: string) {
  const { socket } = await connectFake(service.app, "/ws", { "sec-websocket-protocol": "maru.v1" });
  await nextTurn();
  socket.receive(JSON.stringify({ id: 1, type: "hello", name: "slow" }));
  socket.receive(JSON.stringify({ id: 2, type: "join", room }));
  await until(() => socket.sent.length >= 2, "its answers");
  let at: string = JSON.parse(socket.sent[1] ?? "").ok.head;
  const frames = () => socket.sent.slice(2).map((text) => JSON.parse(text)).filter(({ type }) => type === "events");
  const texts = () => {
    let cursor = at;
    return frames().flatMap(({ prev, events }) => {
      assertEquals(prev, cursor, "[V19] a gap");
      cursor = events.at(-1).cursor;
      // People come in, too.
      return events.filter(({ type }: { type: string }) => type === "message").map(({ text }: { text: string }) =>
        text
      );
    });
  };
  return {
    socket,
    frames,
    texts,
    set at(cursor: string) {
      at = cursor;
    },
  };
}

/** A socket cannot tell when it has drained: a timer of 50 ms asks it. After this, it has. */
const nextLook = () => new Promise((resolve) => setTimeout(resolve, 70));

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`);

Deno.test(
  "[V20] a socket above the bound is not fed, and catches up later without a gap or a double",
  onService(async (service) => {
    const slow = await joinFake(service, "lobby");
    const quick = await joinFake(service, "lobby");
    const minji = await service.guest("민지");
    await minji.ok({ type: "join", room: "lobby" });
    const say = async (from: number, to: number) => {
      for (const text of numbers(from, to)) await minji.ok({ type: "send", room: "lobby", key: text, text });
    };
    await say(1, 3);
    await until(() => slow.texts().length === 3, "what came while it read");
    slow.socket.bufferedAmount = MAX_BUFFERED_BYTES + 1;
    // This one was on its way when it stopped reading; from then on it is held.
    await say(4, 200);
    await until(() => quick.texts().length === 200, "the one that reads");
    assertLessOrEqual(slow.texts().length, 4);
    assertEquals(slow.socket.closes, []);
    // Below the bound, but not drained: no flutter.
    slow.socket.bufferedAmount = MAX_BUFFERED_BYTES - 1;
    await say(201, 210);
    await until(() => quick.texts().length === 210, "the one that reads");
    assertLessOrEqual(slow.texts().length, 4);
    slow.socket.bufferedAmount = 0;
    await until(() => slow.texts().length === 210, "everything that it missed");
    assertEquals(slow.texts(), numbers(1, 210));
    // What it missed came in few, full frames.
    assertLess(slow.frames().length, 20);
    await say(211, 212);
    await until(() => slow.texts().length === 212, "what comes live again");
    assertEquals(slow.texts(), quick.texts());
    for (const { socket } of [slow, quick]) socket.end();
  }),
);

Deno.test(
  "[V20] a socket that is slow again and again, and one that never drains, see the log's order and delay nobody",
  onService(async (service) => {
    const [slow, stuck, quick] = [
      await joinFake(service, "lobby"),
      await joinFake(service, "lobby"),
      await joinFake(service, "lobby"),
    ];
    const minji = await service.guest("민지");
    await minji.ok({ type: "join", room: "lobby" });
    stuck.socket.bufferedAmount = 100 * 1024 * 1024;
    const padding = "x".repeat(2_000);
    for (let n = 1; n <= 120; n++) {
      if (n % 40 === 1) slow.socket.bufferedAmount = MAX_BUFFERED_BYTES + 1;
      if (n % 40 === 30) slow.socket.bufferedAmount = 0;
      await minji.ok({ type: "send", room: "lobby", key: `${n}`, text: `${n} ${padding}` });
    }
    const seen = (one: { texts: () => string[] }) => one.texts().map((text) => parseInt(text));
    await until(() => seen(quick).length === 120, "the quick one");
    await until(() => seen(slow).length === 120, "the slow one");
    for (const one of [quick, slow]) assertEquals(seen(one), numbers(1, 120).map(Number));
    assertLessOrEqual(seen(stuck).length, 1);
    assertGreater(seen(quick).length, 100);
    for (const { socket } of [slow, stuck, quick]) socket.end();
    await nextLook();
  }),
);

Deno.test(
  "a socket that is slow gets its answers when it has drained, in order, and no events of a room that it left",
  onService(async (service) => {
    const slow = await joinFake(service, "lobby");
    slow.socket.bufferedAmount = MAX_BUFFERED_BYTES + 1;
    const ask = (request: object) => slow.socket.receive(JSON.stringify(request));
    const answered = (id: number) => slow.socket.sent.some((text) => JSON.parse(text).id === id);
    for (const id of [3, 4]) ask({ id, type: "ping" });
    ask({ id: 5, type: "leave", room: "lobby" });
    ask({ id: 6, type: "send", room: "lobby", key: "k", text: "a" });
    const minji = await service.guest("민지");
    await minji.ok({ type: "join", room: "lobby" });
    await minji.ok({ type: "send", room: "lobby", key: "other", text: "b" });
    assertEquals(slow.socket.sent.length, 2);
    slow.socket.bufferedAmount = 0;
    await until(() => answered(6), "the refusal");
    const answers = slow.socket.sent.slice(2).map((text) => JSON.parse(text)).filter(({ id }) => id !== undefined);
    assertEquals(answers.map(({ id, error }) => [id, error?.code]), [
      [3, undefined],
      [4, undefined],
      [5, undefined],
      [6, "forbidden"],
    ]);
    // Longer than it takes to look whether the socket has drained.
    await new Promise((resolve) => setTimeout(resolve, 120));
    assertEquals(JSON.parse(slow.socket.sent.at(-1) ?? "").id, 6);
    slow.socket.end();
  }),
);

Deno.test(
  "a slow socket that goes leaves nothing behind",
  onService(async (service) => {
    const slow = await joinFake(service, "lobby");
    slow.socket.bufferedAmount = MAX_BUFFERED_BYTES + 1;
    slow.socket.receive(JSON.stringify({ id: 3, type: "send", room: "lobby", key: "k", text: "a" }));
    await nextTurn();
    // The wait for its drain ends with it; the sanitizer would see the timer.
    slow.socket.end(1006);
    assertEquals(service.connections.size, 0);
  }),
);

/** Counts how often anything is encoded while a function runs. */
async function countEncodes(run: () => Promise<void>): Promise<number> {
  const { stringify } = JSON;
  let count = 0;
  // deno-lint-ignore no-explicit-any -- as JSON.stringify has it
  JSON.stringify = (value: unknown, replacer?: any, space?: string | number) => {
    count++;
    return stringify(value, replacer, space);
  };
  try {
    await run();
  } finally {
    JSON.stringify = stringify;
  }
  return count;
}

async function listeners(service: Stage, path: string, count: number): Promise<FakeSocket[]> {
  if (path === "/ws") {
    return await Promise.all(Array.from({ length: count }, async () => (await joinFake(service, "lobby")).socket));
  }
  return await Promise.all(Array.from({ length: count }, async () => (await connectFake(service.app, path)).socket));
}

for (const path of ["/ws", "/ws/chat/lobby/"]) {
  Deno.test(
    `a message is encoded once, not once a socket, for all that listen on ${path}`,
    onService(async (service) => {
      const encodes: number[] = [];
      // The first warms up: zod writes code for a schema when it is first used.
      for (const count of [1, 2, 40]) {
        const sockets = await listeners(service, path, count);
        const mark = `mark-${count}`;
        const hear = (what: string) => until(() => sockets.every(({ sent }) => sent.at(-1)?.includes(what)), what);
        // Then everybody has heard of everybody who came in.
        await put(service, "lobby", `before-${mark}`, { text: `before-${mark}` });
        await hear(`before-${mark}`);
        encodes.push(
          await countEncodes(async () => {
            await put(service, "lobby", `${mark}-key`, { text: mark });
            await hear(`"${mark}"`);
          }),
        );
        const frames = new Set(sockets.map(({ sent }) => sent.at(-1)));
        assertEquals(frames.size, 1, "not the same frame");
        assert([...frames][0]?.includes(mark));
        for (const socket of sockets) socket.end();
      }
      assertEquals(encodes[2], encodes[1]);
    }),
  );
}
