import { assertEquals } from "@std/assert";
import { createSpeakers } from "../../../../static/chat/composer/speakers.js";

const said = (...names: string[]) => names.map((name) => ({ type: "message", user: { id: name, name } }));

Deno.test("who wrote lately comes first, then who is there, each once and without oneself", () => {
  const speakers = createSpeakers(() => ["가람", "민지", "나"].map((name) => ({ id: name, name })));
  speakers.take([...said("민지", "지훈", "나", "민지"), { type: "react", user: { id: "하늘", name: "하늘" } }]);
  assertEquals(speakers.others("나").map(({ name }) => name), ["민지", "지훈", "가람"]);
  speakers.clear();
  assertEquals(speakers.others("나").map(({ name }) => name), ["가람", "민지"]);
});

Deno.test("who is called otherwise since has the name of now", () => {
  const speakers = createSpeakers(() => [{ id: "a", name: "새 이름" }]);
  speakers.take([{ type: "message", user: { id: "a", name: "옛 이름" } }]);
  assertEquals(speakers.others("").map(({ name }) => name), ["새 이름"]);
});

Deno.test("of more speakers than anybody remembers the last ones are kept", () => {
  const speakers = createSpeakers(() => []);
  for (let i = 0; i < 300; i++) speakers.take(said(`${i}`));
  assertEquals(speakers.others("").length, 200);
  assertEquals(speakers.others("")[0]?.name, "299");
});
