import { assertEquals } from "@std/assert";
import { createStorage } from "../../../static/ui/storage.js";
import { createUnsent } from "../../../static/chat/unsent.js";

Deno.test("what is kept is found again by another page of the same storage", () => {
  withStorage((area) => {
    createStorage(area).set("name", "민지");
    assertEquals(createStorage(area).get("name"), "민지");
    assertEquals(sessionStorage.getItem("maru.name"), "민지");
    createStorage(area).set("name", undefined);
    assertEquals(createStorage(area).get("name"), undefined);
  });
});

Deno.test("a list that somebody has broken is an empty one", () => {
  withStorage((area) => {
    const storage = createStorage(area);
    assertEquals(storage.list("rooms"), []);
    for (const broken of ["nonsense", "{}", "null", '"x"']) {
      storage.set("rooms", broken);
      assertEquals(storage.list("rooms"), [], broken);
    }
    storage.set("rooms", '["a"]');
    assertEquals(storage.list("rooms"), ["a"]);
  });
});

Deno.test("without a storage the page remembers for as long as it lives", () => {
  const found = Object.getOwnPropertyDescriptor(globalThis, "localStorage");
  Object.defineProperty(globalThis, "localStorage", {
    configurable: true,
    get() {
      throw new DOMException("Access is denied", "SecurityError");
    },
  });
  try {
    const storage = createStorage("localStorage");
    storage.set("name", "민지");
    assertEquals(storage.get("name"), "민지");
    assertEquals(createStorage("localStorage").get("name"), undefined);
    storage.set("name", undefined);
    assertEquals(storage.get("name"), undefined);
  } finally {
    Reflect.deleteProperty(globalThis, "localStorage");
    if (found !== undefined) Object.defineProperty(globalThis, "localStorage", found);
  }
});

Deno.test("unsent messages are kept over a reload, in their order, each once, until they are forgotten", () => {
  withStorage((area) => {
    const unsent = createUnsent(createStorage(area));
    const [first, second] = [unsentMessage("1"), unsentMessage("2")];
    unsent.keep(first);
    unsent.keep(second);
    unsent.keep({ ...first, text: "anders" });
    assertEquals(createUnsent(createStorage(area)).all, [first, second]);
    unsent.forget("1");
    unsent.forget("never kept");
    assertEquals(createUnsent(createStorage(area)).all, [second]);
    unsent.forget("2");
    assertEquals(sessionStorage.length, 0);
  });
});

Deno.test("what is no unsent message is left out of what a reload finds", () => {
  withStorage((area) => {
    const good = unsentMessage("1");
    createStorage(area).set(
      "unsent",
      JSON.stringify([null, 1, {}, { ...good, key: 1 }, { ...good, at: "x" }, { ...good, reply: 1 }, good]),
    );
    assertEquals(createUnsent(createStorage(area)).all, [good]);
  });
});

function unsentMessage(key: string) {
  return { room: "r", key, text: key, at: 5 };
}

function withStorage(run: (area: "sessionStorage") => void): void {
  try {
    run("sessionStorage");
  } finally {
    sessionStorage.clear();
  }
}
