import { assertEquals } from "@std/assert";
import { createDrafts, type Quoted } from "../../../../static/chat/composer/drafts.js";
import { createWriting } from "../../../../static/chat/composer/writing.js";
import { memoryStorage } from "./memory_storage.ts";

const ASKED: Quoted = { cursor: "c1", user: { id: "g_1", name: "민지" }, text: "점심 뭐 먹을까요?" };
const OWN: Quoted = { cursor: "c2", user: { id: "g_2", name: "지훈" }, text: "국시요" };

function begin(kept: Map<string, string> = new Map()) {
  const writing = createWriting(createDrafts(memoryStorage(kept), new EventTarget()));
  writing.open("마루");
  return writing;
}

Deno.test("what was written in a room is sent, and the box is empty", () => {
  const writing = begin();
  writing.write("안녕");
  assertEquals(writing.finish("안녕"), { kind: "send", text: "안녕", reply: undefined });
  assertEquals([writing.text, writing.mode], ["", { kind: "new" }]);
});

Deno.test("an answer keeps what was written, survives a reload, and is over when it is sent", () => {
  const kept = new Map();
  const before = begin(kept);
  before.write("국수");
  before.reply(ASKED);
  const writing = begin(kept);
  assertEquals([writing.text, writing.mode], ["국수", { kind: "reply", message: ASKED }]);
  assertEquals(writing.finish("국수요"), { kind: "send", text: "국수요", reply: ASKED });
  assertEquals(writing.mode, { kind: "new" });
});

Deno.test("an answer that is left keeps its text", () => {
  const writing = begin();
  writing.reply(ASKED);
  writing.write("국수");
  writing.leave();
  assertEquals([writing.text, writing.mode], ["국수", { kind: "new" }]);
});

Deno.test("an edit leaves the draft alone, answer and all, whether it is saved or left", () => {
  for (const end of ["save", "leave"]) {
    const writing = begin();
    writing.reply(ASKED);
    writing.write("국수");
    writing.edit(OWN);
    assertEquals([writing.text, writing.mode], ["국시요", { kind: "edit", message: OWN }]);
    writing.write("국수요");
    assertEquals(writing.text, "국수요");
    if (end === "save") assertEquals(writing.finish("국수요"), { kind: "save", message: OWN, text: "국수요" });
    else writing.leave();
    assertEquals([writing.text, writing.mode], ["국수", { kind: "reply", message: ASKED }]);
  }
});

Deno.test("an edit that changed nothing saves nothing", () => {
  const writing = begin();
  writing.edit(OWN);
  assertEquals(writing.finish(OWN.text), { kind: "nothing" });
  assertEquals(writing.mode, { kind: "new" });
});

Deno.test("an edit that could not be saved begins again with what was written", () => {
  const writing = begin();
  writing.edit(OWN, "국수요");
  assertEquals([writing.text, writing.finish("국수요").kind], ["국수요", "save"]);
});

Deno.test("another room ends an edit, and an answer waits in its own", () => {
  const writing = begin();
  writing.reply(ASKED);
  writing.edit(OWN);
  writing.open("lobby");
  assertEquals([writing.place, writing.text, writing.mode], ["lobby", "", { kind: "new" }]);
  writing.open("마루");
  assertEquals(writing.mode, { kind: "reply", message: ASKED });
});
