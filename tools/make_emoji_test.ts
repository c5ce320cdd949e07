import { assertEquals } from "@std/assert";
import { type EmojiData, namesOf, selected } from "./make_emoji.ts";

const CAT: EmojiData = {
  emoji: "🐱",
  hexcode: "1F431",
  label: "cat face",
  tags: ["animal", "cat", "catface", "kitten", "kit", "a very long tag", "pet"],
  group: 3,
  version: 0.6,
  skins: [],
};

Deno.test("a name comes first, then codes, then what neither finds by a beginning; sentences and more than is needed are left out", () => {
  assertEquals(namesOf(CAT, ["kitty_cat"]), ["cat face", "kitty_cat", "pet", "kitten", "animal"]);
  assertEquals(namesOf(CAT, ["cat_face"])[1], "pet");
});

Deno.test("of Korean forms of one word the shortest stays", () => {
  const tags = ["사랑하는", "사랑해", "사랑", "연인"];
  assertEquals(namesOf({ ...CAT, label: "하트", tags, group: 0 }, []), ["하트", "연인", "사랑"]);
});

Deno.test("a country's flag has no name of its own, but may be found by more", () => {
  const flag = { ...CAT, emoji: "🇰🇷", label: "flag: South Korea", tags: ["KR"], group: 9 };
  assertEquals(namesOf(flag, []), []);
  assertEquals(namesOf(flag, ["태극기"]), ["", "태극기"]);
});

Deno.test("what phones of a few years ago do not show is left out, and so are parts of emoji", () => {
  const { group: _group, ...ungrouped } = CAT;
  assertEquals(selected([CAT, { ...CAT, version: 15.1 }, { ...CAT, group: 2 }, ungrouped]), [CAT]);
});
