import { assertEquals } from "@std/assert";
import { permittedActions } from "../../../../static/chat/conversation/permitted.js";
import type { RoomInfo } from "../../../../static/client/events.js";
import { roomInfo } from "../../listed_rooms.ts";

const ROOM = roomInfo("r");
const SENT = { own: false, deleted: false, status: "sent", pinned: false, thread: undefined } as const;
const as = (level: string, more: Partial<RoomInfo> = {}, mayWrite = true) => ({
  info: { ...ROOM, ...more },
  level,
  mayWrite,
});

Deno.test("a member answers, copies and reports another's message, and changes their own", () => {
  assertEquals(permittedActions(SENT, as("member")), ["react", "reply", "thread", "copyText", "copyLink", "report"]);
  assertEquals(permittedActions({ ...SENT, own: true }, as("member")), [
    "react",
    "reply",
    "thread",
    "edit",
    "copyText",
    "copyLink",
    "delete",
  ]);
});

Deno.test("who keeps order pins and deletes; in a room of two both pin, and nobody deletes the other's words", () => {
  assertEquals(permittedActions({ ...SENT, pinned: true }, as("moderator")).slice(-3), ["unpin", "report", "delete"]);
  assertEquals(permittedActions(SENT, as("member", { kind: "direct" })).slice(-2), ["pin", "report"]);
});

Deno.test("who may not write, and whoever is in an archived room, reads", () => {
  const reading = ["thread", "copyText", "copyLink", "report"];
  assertEquals(permittedActions(SENT, as("muted", {}, false)), reading);
  assertEquals(permittedActions(SENT, as("admin", { archived: true }, false)), reading);
});

Deno.test("in a thread one answers by its own box; on what is on its way or gone nothing is offered", () => {
  assertEquals(permittedActions(SENT, as("member"), true), ["react", "copyText", "copyLink", "report"]);
  assertEquals(permittedActions({ ...SENT, thread: "a" }, as("member")).includes("reply"), false);
  assertEquals(permittedActions({ ...SENT, status: "failed" }, as("owner")), []);
  assertEquals(permittedActions({ ...SENT, deleted: true }, as("owner")), []);
});
