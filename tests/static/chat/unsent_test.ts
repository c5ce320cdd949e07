import { assertEquals } from "@std/assert";
import { createUnsent, type Unsent } from "../../../static/chat/unsent.js";
import { memoryStorage } from "./composer/memory_storage.ts";

const HELLO: Unsent = { room: "r", key: "1", text: "안녕", at: 1 };

Deno.test("what is kept is there for the next page, in the order in which it was written, until it is forgotten", () => {
  const storage = memoryStorage();
  const unsent = createUnsent(storage);
  unsent.keep({ ...HELLO, key: "b" });
  unsent.keep({ ...HELLO, key: "b", text: "다른 말" });
  unsent.keep({ ...HELLO, key: "a" });
  assertEquals(createUnsent(storage).all, [{ ...HELLO, key: "b" }, { ...HELLO, key: "a", at: 2 }]);
  unsent.forget("b");
  assertEquals(createUnsent(storage).all, [{ ...HELLO, key: "a", at: 2 }]);
});

Deno.test("two tabs that write at the same time take nothing from each other", () => {
  const storage = memoryStorage();
  const [one, other] = [createUnsent(storage), createUnsent(storage)];
  one.keep({ ...HELLO, key: "1", at: 1 });
  other.keep({ ...HELLO, key: "2", at: 2 });
  one.keep({ ...HELLO, key: "3", at: 3 });
  other.forget("1");
  assertEquals([one, other].map(({ all }) => all.map(({ key }) => key)), [["2", "3"], ["2", "3"]]);
});

Deno.test("who sends it is noted once, and again when a person sends it again", () => {
  const storage = memoryStorage();
  const unsent = createUnsent(storage);
  unsent.keep(HELLO);
  unsent.keep({ ...HELLO, key: "2", at: 2, by: "g_0" });
  unsent.claim("g_1");
  assertEquals(createUnsent(storage).all.map(({ by }) => by), ["g_1", "g_0"]);
  unsent.claim("g_2");
  assertEquals(unsent.all.map(({ by }) => by), ["g_1", "g_0"]);
  unsent.claim("g_2", "2");
  assertEquals(createUnsent(storage).all.map(({ by }) => by), ["g_1", "g_2"]);
});

Deno.test("what was refused stays, with the reason, until a person sends it again", () => {
  const storage = memoryStorage();
  const unsent = createUnsent(storage);
  unsent.keep(HELLO);
  unsent.refuse("1", "forbidden");
  unsent.refuse("never kept", "forbidden");
  assertEquals(createUnsent(storage).all, [{ ...HELLO, refused: "forbidden" }]);
  unsent.claim("g_1", "1");
  assertEquals(createUnsent(storage).all, [{ ...HELLO, by: "g_1" }]);
});

Deno.test("what was kept by somebody else's hand is left out where it is none", () => {
  const storage = memoryStorage();
  const broken = [{ ...HELLO, at: "1" }, { ...HELLO, by: 7 }, { ...HELLO, thread: null }, null, "x"];
  broken.forEach((each, index) => storage.set(`unsent.${index}`, JSON.stringify(each)));
  storage.set("unsent.x", "nonsense");
  storage.set("unsent.other", JSON.stringify(HELLO));
  storage.set("unsent.1", JSON.stringify(HELLO));
  assertEquals(createUnsent(storage).all, [HELLO]);
});
