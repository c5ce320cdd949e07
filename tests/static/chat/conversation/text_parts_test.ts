import { assertEquals } from "@std/assert";
import { isEmojiOnly, splitText } from "../../../../static/chat/conversation/text_parts.js";

/** Links as `[text](href)`, the rest as it is. */
function marked(text: string): string {
  return splitText(text).map(({ text, href }) => href === undefined ? text : `[${text}](${href})`).join("");
}

Deno.test("web addresses are found, and end before the sentence's own punctuation", () => {
  assertEquals(
    marked("봐요: https://example.com/a?b=1."),
    "봐요: [https://example.com/a?b=1](https://example.com/a?b=1).",
  );
  assertEquals(marked("(http://x.kr/y)"), "([http://x.kr/y](http://x.kr/y))");
  assertEquals(
    marked("“https://a.kr/”, https://b.kr/。"),
    "“[https://a.kr/](https://a.kr/)”, [https://b.kr/](https://b.kr/)。",
  );
  assertEquals(marked("HTTPS://EXAMPLE.COM/X"), "[HTTPS://EXAMPLE.COM/X](https://example.com/X)");
});

Deno.test("an address keeps the bracket that belongs to it", () => {
  assertEquals(
    marked("https://ko.wikipedia.org/wiki/마루_(건축)"),
    "[https://ko.wikipedia.org/wiki/마루_(건축)](https://ko.wikipedia.org/wiki/%EB%A7%88%EB%A3%A8_(%EA%B1%B4%EC%B6%95))",
  );
});

Deno.test("nothing but http and https becomes a link", () => {
  for (
    const text of [
      "javascript:alert(1)",
      "JaVaScRiPt:alert(1)//https",
      "data:text/html,<script>alert(1)</script>",
      "vbscript:x",
      "file:///etc/passwd",
      "ftp://example.com/",
      "//example.com/",
      "xhttps://example.com/",
      "https://",
      "http://%",
      "https://[",
    ]
  ) assertEquals(marked(text), text);
});

Deno.test("markup ends an address and stays text", () => {
  assertEquals(
    marked('<a href="https://a.kr/" onclick=x>'),
    '<a href="[https://a.kr/](https://a.kr/)" onclick=x>',
  );
});

Deno.test("a change of direction ends an address, so that nobody reads another one than is opened", () => {
  assertEquals(marked("https://a.kr/\u202egnp.exe"), "[https://a.kr/](https://a.kr/)\u202egnp.exe");
});

Deno.test("the parts put together are the text, whatever it is", () => {
  const pieces = [
    "https://a.kr/",
    "http://",
    ".",
    ")",
    "(",
    " ",
    "\n",
    "가",
    "<b>",
    "\u202e",
    "😀",
    "https://b.kr/x)y).",
  ];
  for (let seed = 0; seed < 5_000; seed++) {
    let rest = seed * 7_919;
    let text = "";
    while (rest > 0) {
      text += pieces[rest % pieces.length];
      rest = Math.floor(rest / pieces.length);
    }
    assertEquals(splitText(text).map((part) => part.text).join(""), text);
  }
});

Deno.test("one to three emoji alone are shown large, and nothing else is", () => {
  for (const text of ["👍", "🎉🎉🎉", "👩‍👩‍👧‍👦", "🇰🇷", "❤️", "1️⃣", "👍🏽", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "👍❤️🎉"]) {
    assertEquals(isEmojiOnly(text), true, text);
  }
  for (
    const text of ["", "ㅋ", "1", "12", "#", "❤", "\u200d", "\ufe0f", "👍 ", "🎉🎉🎉🎉", "좋아요👍", "👍".repeat(1_000)]
  ) {
    assertEquals(isEmojiOnly(text), false, text);
  }
});
