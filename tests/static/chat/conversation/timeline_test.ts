import { assert, assertEquals } from "@std/assert";
import type { Edit, Message } from "../../../../static/client/events.js";
import { createTimeline } from "../../../../static/chat/conversation/timeline.js";
import { message } from "../../events.ts";

const ME = { id: "g_1", name: "민지" };

type Timeline = ReturnType<typeof createTimeline>;

Deno.test("messages stand in the log's order, whatever the order in which they come", () => {
  const timeline = createTimeline();
  timeline.replace([message("b"), message("d")]);
  timeline.append([message("e"), message("c")], true);
  timeline.append([message("a")], true);
  assertEquals(cursors(timeline), ["a", "b", "c", "d", "e"]);
});

Deno.test("a message that comes twice stands once", () => {
  const timeline = createTimeline();
  timeline.replace([message("a"), message("b")]);
  timeline.append([message("b"), message("c"), message("c")], true);
  timeline.append([message("a")], true);
  assertEquals(cursors(timeline), ["a", "b", "c"]);
});

Deno.test("an own message is pending, then sent by the answer, and its event changes nothing more", () => {
  const timeline = createTimeline();
  timeline.report({ room: "r", key: "k", text: "하나", status: "pending" }, ME, 5);
  assertEquals(timeline.outgoing, [{ key: "k", text: "하나", at: 5 }]);
  timeline.report({ room: "r", key: "k", text: "하나", status: "sent", cursor: "a", at: 7 }, ME, 6);
  assertEquals(timeline.outgoing, []);
  assertEquals(timeline.messages, [{ type: "message", key: "k", text: "하나", user: ME, cursor: "a", at: 7 }]);
  timeline.append([message("a", { key: "k", text: "하나" })], true);
  assertEquals(cursors(timeline), ["a"]);
});

Deno.test("an own message whose event comes before its answer stands once", () => {
  const timeline = createTimeline();
  timeline.report({ room: "r", key: "k", text: "하나", status: "pending" }, ME, 5);
  timeline.append([message("a", { key: "k" })], true);
  assertEquals(timeline.outgoing, []);
  timeline.report({ room: "r", key: "k", text: "하나", status: "sent", cursor: "a", at: 7 }, ME, 6);
  assertEquals(cursors(timeline), ["a"]);
});

Deno.test("a message that is sent again is not pending while it stands in the log already", () => {
  const timeline = createTimeline();
  timeline.append([message("a", { key: "k" })], true);
  timeline.report({ room: "r", key: "k", text: "하나", status: "pending" }, ME, 5);
  assertEquals(timeline.outgoing, []);
});

Deno.test("a refused message keeps its place and its time over a retry, and can be discarded", () => {
  const timeline = createTimeline();
  const error = { code: "too_long", message: "" };
  timeline.report({ room: "r", key: "k", text: "하나", status: "pending" }, ME, 5);
  timeline.report({ room: "r", key: "l", text: "둘", status: "pending" }, ME, 6);
  timeline.report({ room: "r", key: "k", text: "하나", status: "failed", error }, ME, 7);
  assertEquals(timeline.outgoing, [{ key: "k", text: "하나", at: 5, error }, { key: "l", text: "둘", at: 6 }]);
  timeline.report({ room: "r", key: "k", text: "하나", status: "pending" }, ME, 8);
  assertEquals(timeline.outgoing, [{ key: "k", text: "하나", at: 5 }, { key: "l", text: "둘", at: 6 }]);
  timeline.discard("k");
  assertEquals(timeline.outgoing, [{ key: "l", text: "둘", at: 6 }]);
});

Deno.test("a new page replaces what was there, but not what is on its way", () => {
  const timeline = createTimeline();
  timeline.replace([message("a")]);
  timeline.report({ room: "r", key: "k", text: "하나", status: "pending" }, ME, 5);
  timeline.report({ room: "r", key: "l", text: "둘", status: "pending" }, ME, 5);
  timeline.replace([message("x"), message("y", { key: "l" })]);
  assertEquals(cursors(timeline), ["x", "y"]);
  assertEquals(timeline.outgoing.map(({ key }) => key), ["k"]);
});

Deno.test("whether there is more before is unknown after a page, and known after an empty one", () => {
  const timeline = createTimeline();
  timeline.replace([message("a")]);
  assertEquals(timeline.hasBefore, true);
  timeline.replace([]);
  assertEquals(timeline.hasBefore, false);
  timeline.replace([message("a")], false);
  assertEquals(timeline.hasBefore, false);
});

Deno.test("at the end the oldest of more than 300 fall off, and can be asked for again", () => {
  const timeline = createTimeline();
  timeline.replace(range(0, 50), false);
  timeline.append(range(50, 400), true);
  timeline.trim();
  assertEquals(cursors(timeline), cursorsOf(range(100, 400)));
  assertEquals([timeline.hasBefore, timeline.hasAfter], [true, false]);
  timeline.prepend(range(50, 100), true);
  assertEquals(cursors(timeline), cursorsOf(range(50, 400)));
});

Deno.test("far up the newest of more than 600 are left out, and come back page by page without a gap", () => {
  const timeline = createTimeline();
  timeline.replace(range(600, 650));
  for (let from = 550; from >= 0; from -= 50) timeline.prepend(range(from, from + 50), from > 0);
  assertEquals(cursors(timeline), cursorsOf(range(0, 600)));
  assertEquals([timeline.hasBefore, timeline.hasAfter], [false, true]);
  // What happens meanwhile is left out as well: it would stand after a gap.
  timeline.append(range(650, 660), false);
  assertEquals(timeline.messages.length, 600);
  timeline.extend(range(600, 650), true);
  assertEquals(cursors(timeline), cursorsOf(range(50, 650)));
  assertEquals([timeline.hasBefore, timeline.hasAfter], [true, true]);
  timeline.extend(range(650, 660), false);
  assertEquals(timeline.hasAfter, false);
  timeline.append(range(660, 661), true);
  assertEquals(cursors(timeline), cursorsOf(range(60, 661).slice(-cursors(timeline).length)));
});

Deno.test("a page that was asked for before something came in knows that there is more", () => {
  const timeline = createTimeline();
  timeline.replace(range(600, 650));
  for (let from = 550; from >= 0; from -= 50) timeline.prepend(range(from, from + 50), from > 0);
  timeline.append(range(650, 651), false);
  timeline.extend(range(600, 650), false);
  assertEquals(timeline.hasAfter, true);
});

Deno.test("what comes in while one reads is taken as long as there is room for it, without a gap", () => {
  const timeline = createTimeline();
  timeline.replace(range(0, 590));
  timeline.append(range(590, 600), false);
  assertEquals([timeline.messages.length, timeline.hasAfter], [600, false]);
  timeline.append(range(600, 601), false);
  assertEquals([timeline.messages.length, timeline.hasAfter], [600, true]);
});

Deno.test("an own message that is sent while the end is out of sight is not put after a gap", () => {
  const timeline = createTimeline();
  timeline.replace(range(0, 600));
  timeline.append(range(600, 610), false);
  assert(timeline.hasAfter);
  timeline.report({ room: "r", key: "k", text: "하나", status: "pending" }, ME, 5);
  timeline.report({ room: "r", key: "k", text: "하나", status: "sent", cursor: "z", at: 7 }, ME, 6);
  assertEquals(timeline.outgoing, []);
  assertEquals(cursors(timeline), cursorsOf(range(0, 600)));
});

Deno.test("what becomes of a message is applied to it, also to one that came by another way", () => {
  const timeline = createTimeline();
  timeline.restart([message("a"), message("b")]);
  timeline.append([edit("c", "a"), message("d", { thread: "b", count: 1 })], true);
  assertEquals(timeline.messages.map(({ text }) => text), ["고친 글", "b", "d"]);
  assertEquals(timeline.messages[1]?.replies, { count: 1, at: 1_000 });
});

Deno.test("a page that was read before a change that has come since is no older than what is there", () => {
  const timeline = createTimeline();
  timeline.restart([message("c")]);
  timeline.append([edit("d", "a"), { ...edit("e", "b"), type: "delete" }], true);
  timeline.prepend([message("a"), message("b")], false);
  assertEquals(timeline.messages.map(({ text, deleted }) => [text, deleted]), [
    ["고친 글", undefined],
    ["", true],
    ["c", undefined],
  ]);
  timeline.replace([message("a"), message("c")]);
  assertEquals(timeline.messages[0]?.text, "고친 글");
});

Deno.test("what was heard before a gap takes nothing back from the page after it", () => {
  const timeline = createTimeline();
  timeline.restart([message("a")]);
  timeline.append([edit("b", "a")], true);
  timeline.restart([message("a", { text: "더 새 글", edited: 9_000 })]);
  timeline.prepend([], false);
  assertEquals(timeline.messages.map(({ text }) => text), ["더 새 글"]);
});

Deno.test("what becomes of a message out of sight is not lost while the newest are left out", () => {
  const timeline = createTimeline();
  timeline.restart(range(0, 600));
  timeline.append([...range(600, 610), edit("x", "000609"), edit("y", "000001")], false);
  assertEquals([timeline.messages.length, timeline.messages[1]?.text], [600, "고친 글"]);
  timeline.extend(range(600, 610), false);
  assertEquals(timeline.messages.at(-1)?.text, "고친 글");
});

Deno.test("an own message keeps what it answers, and learns from its event whom it mentions", () => {
  const timeline = createTimeline();
  const draft = { room: "r", key: "k", text: "하나", reply: "0", thread: "1" };
  timeline.report({ ...draft, status: "pending" }, ME, 5);
  timeline.report({ ...draft, status: "sent", cursor: "a", at: 7 }, ME, 6);
  assertEquals([timeline.messages[0]?.reply, timeline.messages[0]?.thread], ["0", "1"]);
  timeline.append([message("a", { key: "k", mentions: ["g_2"] })], true);
  assertEquals([timeline.messages.length, timeline.messages[0]?.mentions], [1, ["g_2"]]);
});

function edit(cursor: string, target: string): Edit {
  return { cursor, type: "edit", at: 2_000, user: ME, target, text: "고친 글" };
}

/** Messages whose cursors sort as their numbers. */
function range(from: number, to: number): Message[] {
  return Array.from({ length: to - from }, (_, i) => message(String(from + i).padStart(6, "0")));
}

function cursors(timeline: Timeline): string[] {
  return cursorsOf(timeline.messages);
}

function cursorsOf(messages: readonly Message[]): string[] {
  return messages.map(({ cursor }) => cursor);
}
