import { assertEquals } from "@std/assert";
import { createPresence } from "../../../static/chat/presence.js";

const user = (name: string) => ({ id: `g_${name}`, name });
const present = (name: string) => ({ user: user(name), since: 1 });

Deno.test("who is there is asked for, page by page, and changes are applied, also those that came first", async () => {
  const asked: unknown[] = [];
  const presence = createPresence((room, page) => {
    asked.push([room, page]);
    return Promise.resolve(
      page.after === undefined
        ? { people: [present("b"), present("gone")], next: "p" }
        : { people: [present("a")], next: undefined },
    );
  });
  const entered = presence.enter("r");
  presence.take("r", [{ at: 1, user: user("gone"), here: false }, { at: 1, user: user("c"), here: true }]);
  presence.take("other", [{ at: 1, user: user("x"), here: true }]);
  await entered;
  assertEquals(asked, [["r", {}], ["r", { after: "p" }]]);
  assertEquals(presence.people.map(({ name }) => name), ["a", "b", "c"]);
  assertEquals([presence.count, presence.has("g_a"), presence.has("g_gone")], [3, true, false]);
});

Deno.test("the list of a room that was left is no news", async () => {
  const waiting: (() => void)[] = [];
  const presence = createPresence((room) =>
    new Promise((resolve) => waiting.push(() => resolve({ people: [present(room)], next: undefined })))
  );
  const [first, second] = [presence.enter("one"), presence.enter("two")];
  waiting[1]?.();
  waiting[0]?.();
  await Promise.all([first, second]);
  assertEquals(presence.people.map(({ name }) => name), ["two"]);
});
