import { assert, assertEquals } from "@std/assert";
import type { Message } from "../../../../static/client/events.js";
import { buildRows, type MessageRow } from "../../../../static/chat/conversation/rows.js";
import { message } from "../../events.ts";

const ME = { id: "g_1", name: "민지" };
const MINUTE_MS = 60_000;
/** Noon, wherever this runs. */
const NOON = new Date(2026, 0, 5, 12).getTime();

Deno.test("a day's line stands before its first message, and before no other", () => {
  const late = new Date(2026, 0, 5, 23, 59).getTime();
  assertEquals(
    kinds([
      at("a", late - 60 * MINUTE_MS),
      at("b", late),
      at("c", late + 2 * MINUTE_MS),
      at("d", late + 3 * MINUTE_MS),
    ]),
    ["day", "a", "b", "day", "c", "d"],
  );
});

Deno.test("messages of one author within five minutes are one group", () => {
  assertEquals(
    groups([
      at("a", NOON),
      at("b", NOON + 4 * MINUTE_MS),
      at("c", NOON + 8 * MINUTE_MS),
      at("d", NOON + 13 * MINUTE_MS),
    ]),
    ["a first", "b", "c last", "d first last"],
  );
});

Deno.test("another author, another name of the same author and another day begin a group", () => {
  const late = new Date(2026, 0, 5, 23, 59, 30).getTime();
  const other = { id: "g_3", name: "여름" };
  assertEquals(groups([at("a", NOON), at("b", NOON, other), at("c", NOON, { ...other, name: "가을" })]), [
    "a first last",
    "b first last",
    "c first last",
  ]);
  assertEquals(groups([at("a", late), at("b", late + MINUTE_MS)]), ["a first last", "b first last"]);
});

Deno.test("what is on its way comes last, as its writer's own, and is the same row before and after the answer", () => {
  const sent = at("b", NOON, ME, "key-1");
  const before = buildRows({ messages: [at("a", NOON)], outgoing: [{ key: "key-1", text: "b", at: NOON }] }, ME);
  const after = buildRows({ messages: [at("a", NOON), sent], outgoing: [] }, ME);
  assertEquals(before.map(({ id }) => id), after.map(({ id }) => id));
  const [pending, done] = [before.at(-1), after.at(-1)];
  assertEquals([statusOf(pending), statusOf(done)], ["pending own", "sent own"]);
});

Deno.test("a refused message is failed, with its error", () => {
  const error = { code: "too_long", message: "" };
  const [, row] = buildRows({ messages: [], outgoing: [{ key: "k", text: "x", at: NOON, error }] }, ME);
  assertEquals(row?.kind === "message" && [row.status, row.error], ["failed", error]);
});

Deno.test("a row says what became of its message, and is the same one as long as nothing does", () => {
  const reactions = [{ emoji: "👍", count: 2, users: [] }];
  const messages = [
    message("a", { at: NOON, edited: 1, reactions }),
    message("b", { at: NOON, text: "", deleted: true }),
    message("c", { at: NOON }),
  ];
  const rows = () => buildRows({ messages, outgoing: [] }, ME).filter((row) => row.kind === "message");
  assertEquals(rows().map(({ edited, deleted, reactions }) => [edited, deleted, reactions.length]), [
    [1, false, 1],
    [undefined, true, 0],
    [undefined, false, 0],
  ]);
  assert(rows().every(({ reactions }, i) => reactions === rows()[i]?.reactions));
});

Deno.test("an empty room has no rows", () => {
  assertEquals(buildRows({ messages: [], outgoing: [] }, ME), []);
});

function at(cursor: string, time: number, user = { id: "g_2", name: "지훈" }, key?: string): Message {
  return message(cursor, { at: time, user, ...(key !== undefined && { key }) });
}

function kinds(messages: Message[]): string[] {
  return buildRows({ messages, outgoing: [] }, ME).map((row) => row.kind === "message" ? row.text : row.kind);
}

function groups(messages: Message[]): string[] {
  return buildRows({ messages, outgoing: [] }, ME)
    .filter((row): row is MessageRow => row.kind === "message")
    .map(({ text, first, last }) => [text, first && "first", last && "last"].filter(Boolean).join(" "));
}

function statusOf(row: ReturnType<typeof buildRows>[number] | undefined): string | undefined {
  return row?.kind === "message" ? `${row.status} ${row.own ? "own" : "other"}` : undefined;
}
