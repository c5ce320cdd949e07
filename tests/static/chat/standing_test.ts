import { assertEquals } from "@std/assert";
import type { MemberChange } from "../../../static/client/events.js";
import { createStanding } from "../../../static/chat/standing.js";
import { roomInfo } from "../listed_rooms.ts";

const INFO = roomInfo("r");
const change = (rest: Pick<MemberChange, "change"> & Partial<MemberChange>): MemberChange => ({
  type: "member",
  cursor: "c",
  at: 1,
  user: { id: "g_owner", name: "주인" },
  member: { id: "g_me", name: "나" },
  ...rest,
});

Deno.test("who may write follows the room and what I am in it", () => {
  const standing = createStanding();
  standing.enter(INFO, "member");
  assertEquals(standing.mayWrite, true);
  standing.take([change({ change: "muted" })], "g_me");
  assertEquals([standing.level, standing.mayWrite, standing.bar], ["muted", false, "muted"]);
  standing.take([change({ change: "unmuted", role: "moderator" })], "g_me");
  assertEquals(standing.level, "moderator");
  standing.take([{
    type: "room",
    cursor: "d",
    at: 2,
    user: change({ change: "role" }).user,
    room: { ...INFO, write: "moderators" },
  }], "g_me");
  assertEquals(standing.mayWrite, true);
  standing.take([change({ change: "role", role: "member" })], "g_me");
  assertEquals([standing.mayWrite, standing.bar], [false, "moderated"]);
});

Deno.test("what happens to others changes nothing for me, and an admin is one whatever happens", () => {
  const standing = createStanding();
  let changes = 0;
  standing.on("change", () => changes++);
  standing.enter(INFO, "admin");
  standing.take([
    change({ change: "role", role: "member" }),
    change({ change: "muted", member: { id: "g_x", name: "x" } }),
  ], "g_me");
  assertEquals([standing.level, changes], ["admin", 1]);
});

Deno.test("in an archived room nobody writes", () => {
  const standing = createStanding();
  standing.enter({ ...INFO, archived: true }, "owner");
  assertEquals(standing.mayWrite, false);
});
