import { assert, assertEquals } from "@std/assert";
import { MyConsumer } from "../../consumers/my_consumer.ts";
import { onService, onStage } from "../testing/stage.ts";

Deno.test(
  "the skeleton accepts on /ws/my_consumer/ and keeps silent",
  onService(async (service) => {
    const client = await service.connect("/ws/my_consumer/");
    client.sendJson({ message: "anything" });
    assert(await client.receiveNothing(10));
    await client.disconnect();
  }),
);

Deno.test(
  "the skeleton sends what an event of type send.message brings, from a group or to its own channel",
  onStage(async (stage) => {
    let name = "";
    stage.route("/x", () =>
      new class extends MyConsumer {
        override groups = ["g"];
        override async connect() {
          await super.connect();
          name = this.channelName;
        }
      }());
    const client = await stage.connect("/x");
    await stage.layer.publish("g", { type: "send.message", message: "from a group" });
    assertEquals(await client.receiveJson(), { message: "from a group" });
    await stage.layer.send(name, { type: "send.message", message: "to the channel" });
    assertEquals(await client.receiveJson(), { message: "to the channel" });
  }),
);
