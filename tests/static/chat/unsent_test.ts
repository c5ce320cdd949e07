import { assertEquals } from "@std/assert";
import type { Storage } from "../../../static/ui/storage.js";
import { createUnsent, type Unsent } from "../../../static/chat/unsent.js";

const HELLO: Unsent = { room: "r", key: "1", text: "안녕", at: 1 };

Deno.test("what is kept is there for the next page, until it is forgotten", () => {
  const storage = createMemory();
  const unsent = createUnsent(storage);
  unsent.keep(HELLO);
  unsent.keep({ ...HELLO, text: "다른 말" });
  unsent.keep({ ...HELLO, key: "2" });
  assertEquals(createUnsent(storage).all, [HELLO, { ...HELLO, key: "2" }]);
  unsent.forget("1");
  assertEquals(createUnsent(storage).all, [{ ...HELLO, key: "2" }]);
});

Deno.test("who sends it is noted once, and again when a person sends it again", () => {
  const storage = createMemory();
  const unsent = createUnsent(storage);
  unsent.keep(HELLO);
  unsent.keep({ ...HELLO, key: "2", by: "g_0" });
  unsent.claim("g_1");
  assertEquals(createUnsent(storage).all.map(({ by }) => by), ["g_1", "g_0"]);
  unsent.claim("g_2");
  assertEquals(unsent.all.map(({ by }) => by), ["g_1", "g_0"]);
  unsent.claim("g_2", "2");
  assertEquals(createUnsent(storage).all.map(({ by }) => by), ["g_1", "g_2"]);
});

Deno.test("what was kept by somebody else's hand is left out where it is none", () => {
  const storage = createMemory();
  storage.set("unsent", JSON.stringify([HELLO, { ...HELLO, at: "1" }, { ...HELLO, by: 7 }, null, "x"]));
  assertEquals(createUnsent(storage).all, [HELLO]);
});

function createMemory(): Storage {
  const kept = new Map<string, string>();
  return {
    get: (key) => kept.get(key),
    set(key, value) {
      if (value === undefined) kept.delete(key);
      else kept.set(key, value);
    },
    list: (key) => JSON.parse(kept.get(key) ?? "[]"),
  };
}
