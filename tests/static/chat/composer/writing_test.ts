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

Deno.test("an edit survives a reload and another room, with the draft beside it, until it is saved or left", () => {
  const long = { ...OWN, text: "국시".repeat(1_000) };
  for (const end of ["save", "leave"]) {
    const kept = new Map();
    const before = begin(kept);
    before.reply(ASKED);
    before.write("국수");
    before.edit(long);
    before.write("국수요");
    before.open("lobby");
    assertEquals([before.text, before.mode], ["", { kind: "new" }]);
    const writing = begin(kept);
    assertEquals([writing.text, writing.mode], ["국수요", { kind: "edit", message: long }]);
    if (end === "save") assertEquals(writing.finish("국수요"), { kind: "save", message: long, text: "국수요" });
    else writing.leave();
    assertEquals([begin(kept).text, begin(kept).mode], ["국수", { kind: "reply", message: ASKED }]);
  }
});

Deno.test("an edit that has changed nothing, or nothing any more, is not kept", () => {
  const kept = new Map();
  const writing = begin(kept);
  writing.edit(OWN);
  assertEquals(kept.size, 0);
  writing.write("국수요");
  assertEquals(begin(kept).mode.kind, "edit");
  writing.write(OWN.text);
  assertEquals([kept.size, writing.mode.kind], [0, "edit"]);
});

Deno.test("an edit whose message is gone goes on as a draft, below the one that is there", () => {
  for (const [draft, text] of [["", "국수요"], ["점심은", "점심은\n국수요"]] as const) {
    const kept = new Map();
    const writing = begin(kept);
    writing.write(draft);
    writing.edit(OWN, "국수요");
    writing.release();
    assertEquals([writing.text, writing.mode], [text, { kind: "new" }]);
    assertEquals([begin(kept).text, begin(kept).mode], [text, { kind: "new" }]);
  }
});

Deno.test("what is sent in one tab takes nothing from an edit in another", () => {
  const kept = new Map();
  const [one, other] = [begin(kept), begin(kept)];
  one.edit(OWN, "국수요");
  other.write("저도요");
  other.reply(ASKED);
  assertEquals(other.finish("저도요"), { kind: "send", text: "저도요", reply: ASKED });
  assertEquals([begin(kept).text, one.text, other.text], ["국수요", "국수요", ""]);
});
