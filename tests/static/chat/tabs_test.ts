import { assertEquals } from "@std/assert";
import { followTabs } from "../../../static/chat/tabs.js";

/** What a browser tells of another tab. */
function changed(key: string | null): Event {
  return Object.assign(new Event("storage"), { key });
}

Deno.test("what another tab has kept is followed by who asked for it, and a cleared storage by all", () => {
  const tabs = new EventTarget();
  const followed: string[] = [];
  const follower = (name: string) => () => followed.push(name);
  followTabs({ keyOf: (key) => `maru.${key}` }, { theme: follower("theme"), token: follower("token") }, tabs);
  for (const key of ["maru.token", "token", "maru.draft.token", "other"]) tabs.dispatchEvent(changed(key));
  assertEquals(followed, ["token"]);
  tabs.dispatchEvent(changed(null));
  assertEquals(followed, ["token", "theme", "token"]);
});
