import { assertEquals } from "@std/assert";
import type { RoomInfo } from "../../../../static/client/events.js";
import {
  changedSettings,
  fieldsOf,
  isRetention,
  mergedFields,
} from "../../../../static/chat/details/changed_settings.js";

const INFO: RoomInfo = {
  name: "r",
  kind: "public",
  topic: "tea",
  write: "members",
  slowModeS: 5,
  retentionDays: 0,
  archived: false,
};

Deno.test("only what was changed is saved, and an emptied title is one that goes", () => {
  const before = fieldsOf({ ...INFO, title: "old" });
  assertEquals(changedSettings(before, before), {});
  assertEquals(changedSettings(before, { ...before, topic: " tea ", title: " " }), { title: "" });
  assertEquals(changedSettings(before, { ...before, write: "moderators", slowModeS: "60", retentionDays: "30" }), {
    write: "moderators",
    slowModeS: 60,
    retentionDays: 30,
  });
});

Deno.test("what somebody else changes meanwhile is shown, and what is being written stays", () => {
  const before = fieldsOf(INFO);
  const next = fieldsOf({ ...INFO, title: "theirs", topic: "theirs" });
  assertEquals(mergedFields(before, { ...before, topic: "mine" }, next), { ...next, topic: "mine" });
});

Deno.test("days are whole numbers up to ten years", () => {
  assertEquals(["0", "1", "3650"].map(isRetention), [true, true, true]);
  assertEquals(["", "-1", "3651", "1.5", "1e2", "천 년", "00000"].map(isRetention), [
    false,
    false,
    false,
    false,
    false,
    false,
    false,
  ]);
});
