import { assertEquals } from "@std/assert";
import { createStorage } from "../../../static/ui/storage.js";

Deno.test("what is kept is found again by another page of the same storage", () => {
  withStorage((area) => {
    createStorage(area).set("name", "민지");
    assertEquals(createStorage(area).get("name"), "민지");
    assertEquals(sessionStorage.getItem("maru.name"), "민지");
    createStorage(area).set("name", undefined);
    assertEquals(createStorage(area).get("name"), undefined);
  });
});

Deno.test("everything of ours can be taken away but what is to be kept, and nothing of other pages", () => {
  withStorage((area) => {
    const storage = createStorage(area);
    for (const key of ["name", "token", "theme"]) storage.set(key, "x");
    sessionStorage.setItem("other", "x");
    storage.clear((key) => key === "theme");
    assertEquals(["name", "token", "theme"].map(storage.get), [undefined, undefined, "x"]);
    assertEquals(sessionStorage.getItem("other"), "x");
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

Deno.test("the keys that begin alike are found, and nobody else's", () => {
  withStorage((area) => {
    const storage = createStorage(area);
    storage.set("unsent.1", "x");
    storage.set("other", "x");
    sessionStorage.setItem("unsent.2", "another page's");
    assertEquals(storage.keys("unsent."), ["unsent.1"]);
  });
});

function withStorage(run: (area: "sessionStorage") => void): void {
  try {
    run("sessionStorage");
  } finally {
    sessionStorage.clear();
  }
}
