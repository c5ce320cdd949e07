import { assertEquals } from "@std/assert";
import { createEmitter } from "../../../static/client/emitter.js";

interface Events {
  word: string;
  number: number;
}

Deno.test("listeners hear their event, in the order in which they came", () => {
  const emitter = createEmitter<Events>();
  const heard: string[] = [];
  emitter.on("word", (word) => heard.push(`first ${word}`));
  emitter.on("word", (word) => heard.push(`second ${word}`));
  emitter.on("number", (number) => heard.push(`number ${number}`));
  emitter.emit("word", "하나");
  emitter.emit("number", 2);
  assertEquals(heard, ["first 하나", "second 하나", "number 2"]);
});

Deno.test("a listener that was taken away hears nothing more, also within the event that took it away", () => {
  const emitter = createEmitter<Events>();
  const heard: string[] = [];
  const stop = emitter.on("word", (word) => {
    heard.push(word);
    stop();
  });
  emitter.emit("word", "하나");
  emitter.emit("word", "둘");
  stop();
  assertEquals(heard, ["하나"]);
});

Deno.test("a listener that throws stops none of the others, and is reported", async () => {
  const emitter = createEmitter<Events>();
  const heard: string[] = [];
  emitter.on("word", () => {
    throw new Error("a listener's own fault");
  });
  emitter.on("word", (word) => heard.push(word));
  const reported = Promise.withResolvers<string>();
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    reported.resolve(event.message);
  };
  addEventListener("error", onError);
  try {
    emitter.emit("word", "하나");
    assertEquals(heard, ["하나"]);
    assertEquals(await reported.promise, "Uncaught Error: a listener's own fault");
  } finally {
    removeEventListener("error", onError);
  }
});

Deno.test("an event that nobody listens to is none", () => {
  createEmitter<Events>().emit("word", "하나");
});
