import { assertEquals } from "@std/assert";
import { createReading } from "../../../../static/chat/conversation/reading.js";

Deno.test("how far one has read is told once it is quiet, or when one leaves, and never goes back", () => {
  const told: string[] = [];
  const reading = createReading((cursor) => told.push(cursor), "b");
  reading.see("a");
  reading.see(undefined);
  reading.end();
  assertEquals(told, []);
  reading.see("c");
  reading.see("e");
  reading.see("d");
  assertEquals([told, reading.upTo], [[], "e"]);
  reading.end();
  reading.end();
  reading.see("e");
  reading.end();
  assertEquals(told, ["e"]);
});

Deno.test("it is told by itself, half a second after the last that was seen", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const reading = createReading(resolve);
  reading.see("a");
  reading.see("b");
  assertEquals(await promise, "b");
});
