import { assertEquals } from "@std/assert";
import { LEVELS, may as mayThere, RULES } from "../../../chat/permissions.ts";
import type { RoomInfo } from "../../../protocol/events.ts";
import { may, mayAppoint, mayJudge } from "../../../static/chat/rights.js";

const ACTIONS = [
  "react",
  "changeOwn",
  "deleteOthers",
  "report",
  "pin",
  "moderate",
  "invite",
  "configure",
  "archive",
  "appoint",
  "export",
] as const;
const KINDS = ["public", "private", "direct"] as const;
const room = (kind: RoomInfo["kind"], archived = false): RoomInfo => ({
  name: "r",
  kind,
  write: "members",
  slowModeS: 0,
  retentionDays: 0,
  archived,
});

Deno.test("the page's table says what the service's says, for each action, kind, level and archived or not", () => {
  for (const action of ACTIONS) {
    assertEquals(action in RULES, true);
    for (const kind of KINDS) {
      for (const level of LEVELS) {
        for (const archived of [false, true]) {
          const info = room(kind, archived);
          const said = may(action, { info, level });
          assertEquals(said, mayThere(action, { level, room: info }), `${action} ${kind} ${level} ${archived}`);
        }
      }
    }
  }
});

Deno.test("nobody may do anything in a room that is not known yet", () => {
  assertEquals(may("pin", { info: undefined, level: "admin" }), false);
});

Deno.test("one judges those below oneself, and who keeps order everywhere judges anybody", () => {
  const judge = (mine: string, theirs: string) => mayJudge({ info: room("public"), level: mine }, theirs);
  assertEquals(judge("moderator", "member"), true);
  assertEquals(judge("moderator", "muted"), true);
  assertEquals(judge("moderator", "moderator"), false);
  assertEquals(judge("owner", "moderator"), true);
  assertEquals(judge("owner", "owner"), false);
  assertEquals(judge("admin", "owner"), true);
  assertEquals(judge("member", "muted"), false);
});

Deno.test("an owner makes others more or less, and another owner only makes themselves less", () => {
  const owner = { info: room("public"), level: "owner" };
  assertEquals(mayAppoint(owner, { role: "member", isMe: false }), true);
  assertEquals(mayAppoint(owner, { role: "owner", isMe: false }), false);
  assertEquals(mayAppoint(owner, { role: "owner", isMe: true }), true);
  assertEquals(mayAppoint(owner, { role: undefined, isMe: false }), false);
  assertEquals(mayAppoint({ ...owner, level: "admin" }, { role: "owner", isMe: false }), true);
  assertEquals(mayAppoint({ ...owner, level: "moderator" }, { role: "member", isMe: false }), false);
});
