import { assert, assertEquals } from "@std/assert";
import { onService } from "../testing/stage.ts";

Deno.test(
  "the echo greets as the article's consumer does, then says back what it hears",
  onService(async (service) => {
    const client = await service.connect("/ws/chat/");
    assertEquals(await client.receive(), '{"message":"WebSocket 연결 성공"}');
    for (const message of ["안녕하세요", "", '"\\\n\u2028', "😀".repeat(4_001)]) {
      client.sendJson({ message });
      assertEquals(await client.receiveJson(), { message });
    }
  }),
);

Deno.test(
  "an echo is nobody else's",
  onService(async (service) => {
    const [one, two] = [await service.connect("/ws/chat/"), await service.connect("/ws/chat/")];
    await two.receiveJson();
    one.sendJson({ message: "a" });
    assert(await two.receiveNothing(10));
  }),
);

Deno.test(
  "[B11] [C4] what is not {message} is bad_request; the third on a connection closes it with 1008",
  onService(async (service) => {
    const frames = [
      "hello",
      "[]",
      "null",
      "1",
      "{}",
      '{"message":1}',
      '{"message":"a","x":1}',
      '{"message":null}',
      '{"type":"hello","id":1}',
    ];
    for (let i = 0; i < frames.length; i += 3) {
      const client = await service.connect("/ws/chat/");
      await client.receiveJson();
      for (const frame of frames.slice(i, i + 3)) {
        assertEquals(client.closed, undefined, frame);
        client.send(frame);
        const { type, error } = await client.receiveJson();
        assertEquals([type, error.code], ["error", "bad_request"], frame);
      }
      assertEquals((await client.receiveClose()).code, 1008);
    }
  }),
);

Deno.test(
  "[B13] a __proto__ in a frame is refused and nothing gets an `admin`",
  onService(async (service) => {
    const client = await service.connect("/ws/chat/");
    await client.receiveJson();
    client.send('{"__proto__":{"admin":true}}');
    assertEquals((await client.receiveJson()).error.code, "bad_request");
    client.send('{"message":"a","__proto__":{"admin":true}}');
    assertEquals((await client.receiveJson()).error.code, "bad_request");
    assertEquals(Reflect.get({}, "admin"), undefined);
    client.sendJson({ message: "alive" });
    assertEquals(await client.receiveJson(), { message: "alive" });
  }),
);
