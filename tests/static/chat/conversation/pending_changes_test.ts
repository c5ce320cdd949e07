import { assertEquals } from "@std/assert";
import type { Message, MessageChange } from "../../../../static/client/events.js";
import { createPendingChanges } from "../../../../static/chat/conversation/pending_changes.js";
import { message } from "../../events.ts";

const ME = { id: "g_1", name: "민지" };
const JIHUN = { id: "g_2", name: "지훈" };
const mine = (_: string, { users }: { users: readonly string[] }) => users.includes(ME.id);

type Pending = ReturnType<typeof createPendingChanges>;

Deno.test("what I do is seen at once, and is gone when it is taken back", () => {
  const pending = createPendingChanges();
  const messages = [message("a"), message("b", { edited: 5, mentions: ["g_9"] })];
  assertEquals(pending.apply(messages, ME, mine), messages);
  const ends = [
    pending.add({ type: "react", target: "a", emoji: "👍", on: true }),
    pending.add({ type: "pin", target: "a", on: true }),
    pending.add({ type: "edit", target: "b", text: "새 글" }),
  ];
  const [a, b] = pending.apply(messages, ME, mine);
  assertEquals([a?.reactions, a?.pinned], [[{ emoji: "👍", count: 1, users: [ME.id] }], true]);
  assertEquals([b?.text, b?.mentions], ["새 글", ["g_9"]]);
  for (const end of ends) end();
  assertEquals(pending.apply(messages, ME, mine), messages);
});

Deno.test("an emoji that is mine already counts once, and one that is not mine is not taken away", () => {
  const pending = createPendingChanges();
  const given = [message("a", { reactions: [{ emoji: "👍", count: 2, users: [ME.id, JIHUN.id] }] })];
  pending.add({ type: "react", target: "a", emoji: "👍", on: true });
  assertEquals(counts(pending, given), [2]);
  pending.add({ type: "react", target: "a", emoji: "👍", on: false });
  assertEquals(counts(pending, given), [1]);
});

Deno.test("the room's own event ends what is pending, and nobody else's does", () => {
  const pending = createPendingChanges();
  pending.add({ type: "react", target: "a", emoji: "👍", on: true });
  pending.add({ type: "react", target: "a", emoji: "👍", on: false });
  const react = { type: "react", cursor: "b", at: 1, target: "a", emoji: "👍", on: true, count: 1 } as const;
  pending.take([{ ...react, user: JIHUN }, { ...react, emoji: "🎉", user: ME }], ME.id);
  assertEquals(isPending(pending), true);
  pending.take([{ ...react, user: ME }], ME.id);
  // The later of the two waits for its own.
  const there: Message[] = [message("a", { reactions: [{ emoji: "👍", count: 1, users: [ME.id] }] })];
  assertEquals(counts(pending, there), []);
  const off: MessageChange = { ...react, on: false, count: 0, user: ME };
  pending.take([off], ME.id);
  assertEquals(isPending(pending), false);
});

Deno.test("an edit waits for its own text", () => {
  const pending = createPendingChanges();
  pending.add({ type: "edit", target: "a", text: "둘째" });
  pending.take([{ type: "edit", cursor: "b", at: 1, user: ME, target: "a", text: "첫째" }], ME.id);
  assertEquals(isPending(pending), true);
  pending.take([{ type: "edit", cursor: "c", at: 2, user: ME, target: "a", text: "둘째" }], ME.id);
  assertEquals(isPending(pending), false);
});

function isPending(pending: Pending): boolean {
  const messages = [message("a")];
  return pending.apply(messages, ME, mine) !== messages;
}

function counts(pending: Pending, messages: Message[]): number[] {
  return (pending.apply(messages, ME, mine)[0]?.reactions ?? []).map(({ count }) => count);
}
