import { assertEquals } from "@std/assert";
import type { RoomEvent } from "../../../../static/client/events.js";
import { createMemberList, isMuted, sortPeople } from "../../../../static/chat/side/member_list.js";

const user = (name: string) => ({ id: `g_${name}`, name });
const item = (name: string, role = "member", more = {}) => ({ user: user(name), role, joinedAt: 1, ...more });
let cursor = 0;
const event = (change: string, name: string, more = {}) =>
  // Safe: the tests name changes that there are.
  ({
    cursor: `c${++cursor}`,
    type: "member",
    at: 5,
    user: user("mod"),
    member: user(name),
    change,
    ...more,
  }) as RoomEvent;

Deno.test("members are read page by page, and what was heard meanwhile is newer than what a page says", async () => {
  const asked: unknown[] = [];
  const list = createMemberList((page) => {
    asked.push(page);
    if (page.after !== undefined) return Promise.resolve({ items: [item("b", "owner"), item("gone"), { role: "?" }] });
    list.take([event("left", "gone"), event("joined", "new"), event("role", "b", { role: "moderator" })]);
    return Promise.resolve({ items: [item("a", "member", { muted: { until: 9 } }), item("b", "owner")], next: "p" });
  });
  await list.load();
  assertEquals(asked, [{ limit: 200 }, { after: "p", limit: 200 }]);
  assertEquals(list.status, "ready");
  assertEquals(list.hasMore, false);
  assertEquals(list.all.map(({ user, role }) => `${user.name} ${role}`).sort(), [
    "a member",
    "b moderator",
    "new member",
  ]);
  assertEquals(list.find("g_a")?.muted, { until: 9 });
});

Deno.test("roles, mutes, comings and goings change the list, and who is not in it is only added by coming", async () => {
  const list = createMemberList(() => Promise.resolve({ items: [item("a"), item("b")] }));
  await list.load();
  list.take([event("muted", "a", { until: 9 }), event("role", "b", { role: "owner" }), event("muted", "stranger")]);
  assertEquals([list.find("g_a")?.muted, list.find("g_b")?.role], [{ until: 9 }, "owner"]);
  assertEquals(list.find("g_stranger"), undefined);
  list.take([event("unmuted", "a"), event("banned", "b"), event("kicked", "nobody")]);
  assertEquals(list.all, [{ user: user("a"), role: "member", joinedAt: 1 }]);
});

Deno.test("of very many members the first thousand are asked for, the rest when somebody wants it", async () => {
  let pages = 0;
  const list = createMemberList(() => Promise.resolve({ items: [item(`n${pages}`)], next: String(++pages) }));
  await list.load();
  assertEquals([pages, list.hasMore], [5, true]);
  await list.more();
  assertEquals([pages, list.all.length], [10, 10]);
});

Deno.test("a list that could not be read says why, and is read again", async () => {
  let isBroken = true;
  const list = createMemberList(() =>
    isBroken ? Promise.reject({ code: "lost" }) : Promise.resolve({ items: [item("a")] })
  );
  await list.load();
  assertEquals([list.status, list.failure], ["failed", { code: "lost" }]);
  isBroken = false;
  await list.more();
  assertEquals([list.status, list.all.length], ["ready", 1]);
});

Deno.test("an answer to a list that is closed is no news", async () => {
  const { promise, resolve } = Promise.withResolvers<Record<string, unknown>>();
  const list = createMemberList(() => promise);
  const loaded = list.load();
  let changes = 0;
  list.on("change", () => changes++);
  list.stop();
  resolve({ items: [item("a")] });
  await loaded;
  assertEquals([changes, list.all], [0, []]);
});

Deno.test("who is here comes first, each part by role and then by name, and a name is found by any part in any form", () => {
  const members = [item("나리"), item("가온", "owner"), item("Zoë", "moderator"), item("다솜", "member", { muted: {} })]
    // Safe: of the shape that the list has.
    .map((each) => each as unknown as Parameters<typeof sortPeople>[0][number]);
  const here = [user("지나가는이"), user("나리")];
  const sorted = sortPeople(members, here, "", 1);
  assertEquals(sorted.here.map(({ user, role }) => [user.name, role]), [["나리", "member"], ["지나가는이", undefined]]);
  assertEquals(sorted.away.map(({ user }) => user.name), ["가온", "Zoë", "다솜"]);
  assertEquals(sorted.away.map(({ isMuted }) => isMuted), [false, false, true]);
  assertEquals(sortPeople(members, here, " ZO", 1).away.map(({ user }) => user.name), ["Zoë"]);
  assertEquals(sortPeople(members, here, "나".normalize("NFD"), 1).here.length, 2);
});

Deno.test("a mute ends by itself when its time has come", () => {
  assertEquals([isMuted({ muted: { until: 5 } }, 4), isMuted({ muted: { until: 5 } }, 5)], [true, false]);
  assertEquals([isMuted({ muted: {} }, 9), isMuted({}, 9), isMuted(undefined, 9)], [true, false, false]);
});
