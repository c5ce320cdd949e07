import { assertEquals } from "@std/assert";
import { formatRoute, parseRoute, type Route } from "../../../static/chat/route.js";

const ROUTES: [hash: string, route: Route][] = [
  ["#", { kind: "start" }],
  ["#/", { kind: "rooms" }],
  ["#lobby", { kind: "room", room: "lobby" }],
  [`#${encodeURIComponent("한글방")}`, { kind: "room", room: "한글방" }],
  ["#lobby/0abc", { kind: "room", room: "lobby", message: "0abc" }],
  ["#lobby?people", { kind: "room", room: "lobby", side: { panel: "people" } }],
  ["#lobby/0abc?thread=0def", {
    kind: "room",
    room: "lobby",
    message: "0abc",
    side: { panel: "thread", of: "0def" },
  }],
  ["#invite=a-B_9", { kind: "invite", code: "a-B_9" }],
  // A room may be called like this.
  ["#invite", { kind: "room", room: "invite" }],
  ["#rooms", { kind: "room", room: "rooms" }],
];

for (const [hash, route] of ROUTES) {
  Deno.test(`${hash} is read and written`, () => {
    assertEquals(parseRoute(hash), route);
    assertEquals(formatRoute(route), hash);
  });
}

Deno.test("no hash, one that is no room, and one that was cut lead to the start", () => {
  for (const hash of ["", "#?people", "#a b", "#%E0%A4", "#../x", "#/x"]) {
    assertEquals(parseRoute(hash), { kind: "start" }, hash);
  }
});

Deno.test("a room is one room, however its Unicode is composed", () => {
  assertEquals(parseRoute(`#${"한글방".normalize("NFD")}`), { kind: "room", room: "한글방" });
});
