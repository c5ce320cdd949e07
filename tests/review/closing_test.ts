import { assert, assertEquals } from "@std/assert";
import { consumerOf } from "../consumers/consumer_of.ts";
import { until } from "../layers/until.ts";
import { connectFake } from "../testing/fake_socket.ts";
import { onService, onStage } from "../testing/stage.ts";

Deno.test(
  "a consumer hears of the end when it is closed from here, whether or not the peer answers, and once",
  onStage(async (stage) => {
    const ended: number[] = [];
    stage.route("/deaf", () =>
      consumerOf({
        connect() {
          return this.accept();
        },
        receiveText() {
          this.close(4501, "banned");
          return Promise.resolve();
        },
        disconnect: (code) => void ended.push(code),
      }));
    const { socket } = await connectFake(stage.app, "/deaf");
    socket.receive("hello");
    await until(() => ended.length > 0, "the consumer hears of the end");
    assertEquals([ended, socket.closes], [[4501], [{ code: 4501, reason: "banned" }]]);
    socket.end(1006);
    assertEquals(ended, [4501]);
  }),
);

Deno.test(
  "who is signed out is not here any more, also when their client does not answer the close",
  onService(async (service) => {
    const minji = await service.guest("민지");
    await minji.ok({ type: "join", room: "lobby", people: true });
    const { socket } = await connectFake(service.app, "/ws", { "sec-websocket-protocol": "maru.v1" });
    const said = (text: string) => until(() => socket.sent.some((frame) => frame.includes(text)), text);
    socket.receive(JSON.stringify({ id: 1, type: "hello", name: "지훈" }));
    await said('"id":1');
    socket.receive(JSON.stringify({ id: 2, type: "join", room: "lobby" }));
    await said('"id":2');
    const isHere = async () =>
      JSON.stringify(await minji.ok({ type: "people", room: "lobby", limit: 10 })).includes("지훈");
    await until(isHere, "they are here");
    socket.receive(JSON.stringify({ id: 3, type: "end_sessions" }));
    await until(() => socket.closes.length > 0, "the server closes");
    await until(async () => !await isHere(), "they are gone");
    assert(socket.closes.every(({ code }) => code === 4500));
    socket.end();
  }),
);
