import { assertEquals } from "@std/assert";
import type { MessageStatus } from "../../../static/client/outbox.js";
import { createSending } from "../../../static/chat/sending.js";
import { memoryStorage } from "./composer/memory_storage.ts";

const MINJI = { id: "g_1", name: "민지" };

/** A page that says what its client is asked to do. */
function openPage(storage = memoryStorage(), me = MINJI) {
  const asked: string[] = [];
  const keys: string[] = [];
  const statuses: string[] = [];
  const sending = createSending({
    storage,
    me: () => me,
    findClient: () => ({
      send(room, text, { key = "", reply, triedAs } = {}) {
        asked.push(["send", room, text, reply && `re ${reply}`, triedAs && `as ${triedAs}`].filter(Boolean).join(" "));
        keys.push(key);
        return Promise.resolve({ room, key, cursor: "", at: 0 });
      },
      join(room) {
        asked.push(`join ${room}`);
        return new Promise(() => {});
      },
      leave: (room) => asked.push(`leave ${room}`),
    }),
    onStatus: ({ room, text, ...status }: MessageStatus) =>
      statuses.push(`${room} ${text} ${status.status} ${status.status === "failed" ? status.error.code : ""}`),
  });
  return { sending, asked, keys, statuses };
}

Deno.test("what a page has not sent goes out from the next one, in order, with what it answers, under the same keys", () => {
  const storage = memoryStorage();
  const closed = openPage(storage);
  closed.sending.send("r", "하나", { reply: "m" });
  closed.sending.send("r", "둘");
  const next = openPage(storage);
  next.sending.enter("r");
  next.sending.resume("r");
  assertEquals(next.asked, ["send r 하나 re m as g_1", "send r 둘 as g_1"]);
  assertEquals(next.keys, closed.keys);
});

Deno.test("what was left in another room is sent there, and the room is left again", () => {
  const storage = memoryStorage();
  openPage(storage).sending.send("other", "하나");
  const { sending, asked } = openPage(storage);
  sending.enter("r");
  assertEquals(asked, []);
  sending.resume("r");
  sending.resume("r");
  assertEquals(asked, ["join other", "send other 하나 as g_1", "leave other"]);
});

Deno.test("a page that has been open all the time sends what a tab has left that was closed, once it has a connection", () => {
  const storage = memoryStorage();
  const open = openPage(storage);
  open.sending.send("r", "내 말");
  openPage(storage).sending.send("r", "닫힌 탭의 말");
  open.sending.resume("r");
  assertEquals(open.asked, ["send r 내 말", "send r 닫힌 탭의 말 as g_1"]);
});

Deno.test("what is sent, or heard as sent by any tab, is not sent again", () => {
  const storage = memoryStorage();
  const { sending, keys: [first = "", second = ""] } = (() => {
    const page = openPage(storage);
    page.sending.send("r", "하나");
    page.sending.send("r", "둘");
    return page;
  })();
  sending.take({ room: "r", key: first, text: "하나", status: "sent", cursor: "a", at: 1 });
  const event = { type: "message", cursor: "b", at: 1, text: "둘", key: second } as const;
  sending.hear([{ ...event, user: { id: "g_2", name: "지훈" } }]);
  assertEquals(storage.keys("unsent.").length, 1);
  sending.hear([{ ...event, user: MINJI }]);
  assertEquals(storage.keys("unsent."), []);
});

Deno.test("what was refused is not tried by the next page, which says why, until a person says so", () => {
  const storage = memoryStorage();
  const page = openPage(storage);
  page.sending.send("r", "하나");
  const [key = ""] = page.keys;
  page.sending.take({ room: "r", key, text: "하나", status: "failed", error: { code: "forbidden", message: "" } });
  const next = openPage(storage, { ...MINJI, id: "g_9" });
  next.sending.resume("x");
  next.sending.enter("r");
  assertEquals([next.asked, next.statuses], [[], ["r 하나 failed forbidden"]]);
  next.sending.retry(key);
  assertEquals([next.asked, next.keys], [["send r 하나"], [key]]);
  next.sending.drop(key);
  assertEquals(storage.keys("unsent."), []);
});

Deno.test("what answered a message that is gone is said for itself when a person sends it again", () => {
  const storage = memoryStorage();
  const { sending, asked, keys } = openPage(storage);
  sending.send("r", "하나", { reply: "m" });
  const [key = ""] = keys;
  sending.take({ room: "r", key, text: "하나", status: "failed", error: { code: "not_found", message: "" } });
  sending.retry(key);
  assertEquals(asked, ["send r 하나 re m", "send r 하나"]);
  const next = openPage(storage);
  next.sending.enter("r");
  assertEquals(next.asked, ["send r 하나 as g_1"]);
});

Deno.test("what is opened later is told what is on its way and what was refused, until that is sent or dropped", () => {
  const storage = memoryStorage();
  const closed = openPage(storage);
  closed.sending.send("r", "하나", { thread: "m" });
  closed.sending.send("r", "둘", { thread: "m" });
  closed.sending.send("other", "셋");
  const [refused = "", sent = ""] = closed.keys;
  const error = { code: "forbidden", message: "" };
  closed.sending.take({ room: "r", key: refused, text: "하나", status: "failed", error });
  const { sending } = openPage(storage);
  const told = () => sending.left("r").map(({ text, thread, status }) => `${text} ${thread} ${status}`);
  // What only another tab tries may be sent at any moment.
  assertEquals(told(), ["하나 m failed"]);
  sending.enter("r");
  assertEquals(told(), ["하나 m failed", "둘 m pending"]);
  sending.take({ room: "r", key: sent, text: "둘", status: "sent", cursor: "c", at: 1 });
  sending.drop(refused);
  assertEquals(told(), []);
});
