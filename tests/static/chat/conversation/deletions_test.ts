import { assertEquals } from "@std/assert";
import { createDeletions, UNDO_MS } from "../../../../static/chat/conversation/deletions.js";
import { FakeClock } from "../../fake_clock.ts";
import { memoryStorage } from "../composer/memory_storage.ts";

type Answer = "done" | "lost" | "refused";

function openPage(clock: FakeClock, storage = memoryStorage(), answer: { is: Answer } = { is: "done" }) {
  const asked: string[] = [];
  const refused: string[] = [];
  const deletions = createDeletions({
    storage,
    clock,
    ask({ cursor }, isLast) {
      asked.push(`${cursor}${isLast ? " last" : ""}`);
      return answer.is === "done" ? Promise.resolve() : Promise.reject({ code: answer.is });
    },
    onRefused: ({ cursor }) => refused.push(cursor),
    onChange() {},
    // Safe: what `ask` above rejects with.
    isPassing: (error) => (error as { code: string }).code === "lost",
  });
  return { deletions, asked, refused };
}

Deno.test("a deletion can be undone for six seconds; then the server is asked, once", async () => {
  const clock = new FakeClock();
  const storage = memoryStorage();
  const { deletions, asked } = openPage(clock, storage);
  deletions.add("r", "a", "me");
  deletions.add("r", "b", "me");
  deletions.add("r", "b", "me");
  deletions.undo("a");
  assertEquals([deletions.has("a"), deletions.canUndo("b")], [false, true]);
  clock.pass(UNDO_MS - 1);
  assertEquals(asked, []);
  clock.pass(1);
  assertEquals([asked, deletions.canUndo("b"), deletions.has("b")], [["b"], false, true]);
  await answered();
  assertEquals(storage.list("deletions"), []);
});

Deno.test("who leaves the page has deleted what they have deleted, and a page that did not get through leaves it to the next", async () => {
  const clock = new FakeClock();
  const storage = memoryStorage();
  const answer: { is: Answer } = { is: "lost" };
  const { deletions, asked } = openPage(clock, storage, answer);
  deletions.add("r", "a", "me");
  deletions.finish();
  await answered();
  assertEquals(asked, ["a last"]);

  // Not before it is due: it may be another page's, which can still undo it.
  const next = openPage(clock, storage);
  next.deletions.resume("me");
  assertEquals(next.asked, []);
  clock.pass(UNDO_MS);
  next.deletions.resume("somebody else");
  assertEquals(next.asked, []);
  next.deletions.resume("me");
  await answered();
  assertEquals(next.asked, ["a"]);
  assertEquals(storage.list("deletions"), []);
});

Deno.test("what is refused is there again, and is not asked for once more", async () => {
  const clock = new FakeClock();
  const storage = memoryStorage();
  const { deletions, refused } = openPage(clock, storage, { is: "refused" });
  deletions.add("r", "a", "me");
  clock.pass(UNDO_MS);
  await answered();
  assertEquals([refused, deletions.has("a"), storage.list("deletions")], [["a"], false, []]);
});

/** A turn of the event loop: what is answered at once has been taken. */
function answered(): Promise<void> {
  return new Promise((done) => setTimeout(done));
}
