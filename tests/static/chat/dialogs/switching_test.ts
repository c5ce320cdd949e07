import { assertEquals } from "@std/assert";
import { listTargets } from "../../../../static/chat/dialogs/switching.js";
import type { ListedRoom } from "../../../../static/chat/rooms/my_rooms.js";
import { listedRoom } from "../../listed_rooms.ts";

const ME = "g_me";

function direct(id: string, name: string): ListedRoom {
  return listedRoom(`d-${id}`, {}, { kind: "direct", people: [{ id: ME, name: "나" }, { id, name }] });
}

const ROOMS = [
  listedRoom("lobby", { activeAt: 9 }),
  listedRoom("사랑방", { activeAt: 5 }),
  listedRoom("front-porch", { activeAt: 4 }),
  listedRoom("p-1", { activeAt: 3 }, { kind: "private", title: "우리 집 수리" }),
  direct("g_1", "민지"),
];
const PEOPLE = [{ id: ME, name: "나" }, { id: "g_1", name: "민지" }, { id: "g_2", name: "지훈" }];

function offered(query: string, rooms = ROOMS, current = "") {
  return listTargets({ rooms, people: PEOPLE, me: ME, current }, query).map(({ kind, title }) => `${kind} ${title}`);
}

Deno.test("without a word it is mentions first, then unread, then the newest; the open room last", () => {
  const rooms = [
    listedRoom("here", { activeAt: 9, unread: 3 }),
    listedRoom("new", { activeAt: 8 }),
    listedRoom("quiet", { activeAt: 7, unread: 4, notify: "mentions" }),
    listedRoom("unread", { activeAt: 2, unread: 1 }),
    listedRoom("called", { activeAt: 1, mentions: 1, unread: 1 }),
  ];
  assertEquals(
    listTargets({ rooms, people: [], me: ME, current: "here" }, "").map(({ title }) => title),
    ["called", "unread", "new", "quiet", "here"],
  );
});

Deno.test("leading consonants, half syllables, beginnings of words and letters in order find a room", () => {
  for (const query of ["ㅅㄹㅂ", "사랑", "사라", "ㅅㅂ", "랑방"]) {
    assertEquals(offered(query)[0], "room 사랑방", query);
  }
  for (const query of ["fro", "porch", "FRONT", "fpch"]) assertEquals(offered(query)[0], "room front-porch", query);
  for (const query of ["우리", "수리", "ㅅㄹ"]) {
    assertEquals(offered(query).includes("room 우리 집 수리"), true, query);
  }
});

Deno.test("what begins so comes before what holds it", () => {
  const rooms = [
    listedRoom("a-lobby", { activeAt: 9 }),
    listedRoom("xlobby", { activeAt: 8 }),
    listedRoom("lobby", { activeAt: 1 }),
  ];
  assertEquals(offered("lobby", rooms), ["room lobby", "room a-lobby", "room xlobby"]);
});

Deno.test("people who are here are offered once: those with a direct room as that room", () => {
  assertEquals(offered("@"), ["room 민지", "person 지훈"]);
  assertEquals(offered("@ㅈㅎ"), ["person 지훈"]);
  assertEquals(offered("#ㅁㅈ"), ["name ㅁㅈ"]);
});

Deno.test("a name that is no room of mine can be opened by it, blanks as hyphens; one that is none cannot", () => {
  assertEquals(offered("새 방"), ["name 새-방"]);
  assertEquals(offered("#lobby"), ["room lobby"]);
  assertEquals(offered("lob"), ["room lobby", "name lob"]);
  assertEquals(offered("@new"), []);
  assertEquals(offered("what?"), []);
});

Deno.test("signs of regular expressions mean themselves", () => {
  assertEquals(offered("(.*"), []);
  assertEquals(offered("["), []);
});
