import { assertEquals } from "@std/assert";
import { excerptOf } from "../../../static/ui/excerpt.js";

Deno.test("an excerpt is what is said, without marks and line breaks", () => {
  assertEquals(
    excerptOf("**굵게** [마루](https://x.kr) `코드`\n둘째\n\n> 인용\n- 하나\n- 둘\n```ts\nlet a;\n```"),
    "굵게 마루 코드 둘째 인용 하나 둘 let a;",
  );
});

Deno.test("a long one ends where it is cut, and not in the middle of a letter", () => {
  assertEquals(excerptOf("가나다라마", 4), "가나다…");
  assertEquals(excerptOf("가나다라", 4), "가나다라");
  assertEquals(excerptOf("😀😀😀", 4).isWellFormed(), true);
  assertEquals(excerptOf("말 ".repeat(10_000)).length, 140);
});
