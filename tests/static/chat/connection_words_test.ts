import { assertEquals } from "@std/assert";
import { canReconnect, isBlip, wordOf } from "../../../static/chat/connection_words.js";

Deno.test("a loss is called what it is: a restart, a ban, no network", () => {
  assertEquals(wordOf({ status: "waiting", retryAt: 1, code: 1006 }), "waiting");
  assertEquals(wordOf({ status: "waiting", retryAt: 1, code: 1012 }), "draining");
  assertEquals(wordOf({ status: "offline", retryAt: 1, code: 1012 }), "offline");
  assertEquals(wordOf({ status: "closed", code: 4501, reason: "" }), "bannedHere");
  assertEquals(
    wordOf({ status: "closed", code: 4500, reason: "", error: { code: "forbidden", message: "" } }),
    "bannedHere",
  );
  assertEquals(wordOf({ status: "closed", code: 4510, reason: "" }), "closed");
});

Deno.test("only what may be over in a moment is told later", () => {
  assertEquals([isBlip("waiting", "online"), isBlip("connecting", "online")], [true, true]);
  assertEquals([isBlip("offline", "online"), isBlip("closed", "online")], [false, false]);
  assertEquals([isBlip("connecting", "waiting"), isBlip("online", "waiting")], [false, false]);
});

Deno.test("who is banned is not offered to connect again", () => {
  assertEquals(canReconnect({ status: "closed", code: 4501, reason: "" }), false);
  assertEquals(canReconnect({ status: "closed", code: 4510, reason: "" }), true);
  assertEquals(canReconnect({ status: "waiting", retryAt: 1, code: 1006 }), true);
  assertEquals(canReconnect({ status: "connecting" }), false);
});
