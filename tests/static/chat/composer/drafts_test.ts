import { assertEquals } from "@std/assert";
import { createDrafts, draftPlace, type Quoted } from "../../../../static/chat/composer/drafts.js";
import { memoryStorage } from "./memory_storage.ts";

const MESSAGE: Quoted = { cursor: "c1", user: { id: "g_1", name: "민지" }, text: "점심 뭐 먹을까요?" };

Deno.test("a draft is there again after a reload, with the message that it answers, each place its own", () => {
  const kept = new Map();
  const drafts = createDrafts(memoryStorage(kept), new EventTarget());
  drafts.set("마루", { text: "안녕", reply: MESSAGE });
  drafts.set(draftPlace("마루", "c9"), { text: "글타래에" });
  const again = createDrafts(memoryStorage(kept), new EventTarget());
  assertEquals(again.get("마루"), { text: "안녕", reply: MESSAGE });
  assertEquals(again.get(draftPlace("마루", "c9")), { text: "글타래에" });
  assertEquals([again.has("마루"), again.has("lobby")], [true, false]);
  assertEquals(again.get("lobby"), { text: "" });
});

Deno.test("an empty draft is none, but for one that answers something", () => {
  const kept = new Map();
  const drafts = createDrafts(memoryStorage(kept), new EventTarget());
  drafts.set("마루", { text: "", reply: MESSAGE });
  assertEquals(drafts.has("마루"), true);
  drafts.set("마루", { text: "" });
  assertEquals([drafts.has("마루"), kept.size], [false, 0]);
});

Deno.test("each change is told once, and one in another tab as such; other keys are no drafts", () => {
  const tabs = new EventTarget();
  const drafts = createDrafts(memoryStorage(), tabs);
  const told: unknown[] = [];
  drafts.on("change", (change) => told.push(change));
  drafts.set("마루", { text: "안" });
  drafts.set("마루", { text: "안" });
  for (const key of ["maru.draft.lobby/c1", "maru.token", null]) {
    tabs.dispatchEvent(Object.assign(new Event("storage"), { key }));
  }
  assertEquals(told, [{ place: "마루", isElsewhere: false }, { place: "lobby/c1", isElsewhere: true }]);
});

Deno.test("a draft from before drafts could answer is its text; a broken answer or edit is none", () => {
  const storage = memoryStorage();
  const drafts = createDrafts(storage, new EventTarget());
  storage.set("draft.마루", "{ 예전 글");
  assertEquals(drafts.get("마루"), { text: "{ 예전 글" });
  storage.set("draft.마루", "42");
  assertEquals(drafts.get("마루"), { text: "42" });
  for (const reply of [1, null, {}, { ...MESSAGE, user: "민지" }, { ...MESSAGE, cursor: 1 }]) {
    storage.set("draft.마루", JSON.stringify({ text: "글", reply }));
    assertEquals(drafts.get("마루"), { text: "글" });
  }
  for (const edit of [1, {}, { message: MESSAGE }, { message: { ...MESSAGE, text: 1 }, text: "글" }]) {
    storage.set("draft.마루", JSON.stringify({ text: "글", edit }));
    assertEquals(drafts.get("마루"), { text: "글" });
  }
});

Deno.test("of a long message that is answered an excerpt is kept, which cuts no character in two", () => {
  const drafts = createDrafts(memoryStorage(), new EventTarget());
  drafts.set("마루", { text: "", reply: { ...MESSAGE, text: "🙂".repeat(4_000) } });
  assertEquals(drafts.get("마루").reply?.text, "🙂".repeat(200));
});
