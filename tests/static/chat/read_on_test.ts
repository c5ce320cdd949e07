import { assertEquals, assertRejects } from "@std/assert";
import { type ListPage, readOn } from "../../../static/chat/read_on.js";

/** A list whose pages are these, read from the place `0`, `1` … on; tells where it was asked. */
function list(...pages: string[][]) {
  const asked: (string | undefined)[] = [];
  return {
    asked,
    ask(place: string | undefined): Promise<ListPage<string>> {
      asked.push(place);
      const index = Number(place ?? 0);
      return Promise.resolve({
        items: pages[index] ?? [],
        next: index + 1 < pages.length ? `${index + 1}` : undefined,
      });
    },
  };
}

Deno.test("pages that hold nothing are passed over; what is read ends with the first that holds something", async () => {
  const { ask, asked } = list([], [], ["a", "b"], ["c"]);
  assertEquals(await readOn(ask, undefined, () => true), { items: ["a", "b"], next: "3" });
  assertEquals(asked, [undefined, "1", "2"]);
  assertEquals(await readOn(ask, "3", () => true), { items: ["c"], next: undefined });
});

Deno.test("a list that ends without anything is nothing, and there is no more of it", async () => {
  const { ask, asked } = list([], []);
  assertEquals(await readOn(ask, undefined, () => true), { items: [], next: undefined });
  assertEquals(asked.length, 2);
});

Deno.test("after five pages of nothing it is left to the person to read on from there", async () => {
  const { ask, asked } = list([], [], [], [], [], [], ["a"]);
  assertEquals(await readOn(ask, undefined, () => true), { items: [], next: "5" });
  assertEquals(asked.length, 5);
  assertEquals(await readOn(ask, "5", () => true), { items: ["a"], next: undefined });
});

Deno.test("what is not wanted any more is not read on, and what cannot be read is said", async () => {
  const { ask, asked } = list([], [], ["a"]);
  await readOn(ask, undefined, () => asked.length < 2);
  assertEquals(asked.length, 2);
  await assertRejects(() => readOn(() => Promise.reject(new Error("gone")), undefined, () => true), Error, "gone");
});
