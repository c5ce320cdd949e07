import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { useChat } from "./chat.ts";
import { findFaint } from "./contrast.ts";

const chat = useChat();

chat.test("the page is served with a policy that lets nothing run but its own files", async ({ origin, visit }) => {
  const response = await fetch(`${origin}/`);
  await response.body?.cancel();
  const policy = response.headers.get("content-security-policy") ?? "";
  assertMatch(policy, /default-src 'none'/);
  assertMatch(policy, /script-src 'self'(;|$)/);
  assertMatch(policy, /require-trusted-types-for 'script'/);
  assertNotMatch(policy, /unsafe|\*|https?:/);

  // The other tests of this folder see no violation. This one would see it, if there was one.
  const { page, visitor } = await visit("정책");
  const seen = page.waitForEvent("console", (message) => message.text().startsWith("Content Security Policy:"));
  await page.evaluate(() => {
    const style = document.createElement("style");
    style.textContent = "body { color: red }";
    document.head.append(style);
  });
  assertEquals((await seen).text(), "Content Security Policy: style-src-elem blocked inline");
  const isRefused = await page.evaluate(() => {
    try {
      document.body.innerHTML = "<img src=x onerror=alert(1)>";
      return false;
    } catch {
      return true;
    }
  });
  assert(isRefused);
  visitor.forgive();
});

chat.test("markup and scripts in a message are text, and only web addresses become links", async ({ pair }) => {
  const texts = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script><style>*{display:none}</style>",
    "javascript:alert(1)",
    "[눌러 보세요](javascript:alert(1)) data:text/html,<script>alert(1)</script>",
    "https://example.com/a?b=1. 그리고 (http://x.kr/y) https://ko.wikipedia.org/wiki/마루_(건축)",
    "\u202egnp.exe 그리고 \u2066끝나지 않는",
    "  앞 공백\n  둘째 줄",
  ];
  const [minji, jihun] = await pair("글자-그대로");
  const dialogs: string[] = [];
  for (const { page } of [minji, jihun]) {
    page.on("dialog", async (dialog) => {
      dialogs.push(dialog.message());
      await dialog.dismiss();
    });
  }
  for (const text of texts) await jihun.say(text);
  // The box takes white space off the ends only where nobody sees it go.
  await minji.reads(texts);
  const list = minji.page.locator("#message-list");
  assertEquals(await list.locator("img, script, style, iframe, object, [onerror], [style]").count(), 0);
  assertEquals(await list.locator("a").evaluateAll((links) => links.map((link) => link.getAttribute("href"))), [
    "https://example.com/a?b=1",
    "http://x.kr/y",
    "https://ko.wikipedia.org/wiki/%EB%A7%88%EB%A3%A8_(%EA%B1%B4%EC%B6%95)",
  ]);
  assertEquals(
    await list.locator("a").evaluateAll((
      links,
    ) => [...new Set(links.map((link) => `${link.getAttribute("rel")} ${link.getAttribute("target")}`))]),
    ["noopener noreferrer nofollow _blank"],
  );
  assertEquals(dialogs, []);
});

chat.test("a name of markup is text, and turns nothing around it", async ({ enter }) => {
  const [minji, other] = await Promise.all([enter("민지", "이름표"), enter("<b onclick=alert(1)>שלום", "이름표")]);
  await other.box.pressSequentially("글");
  await minji.page.locator("#typing bdi").waitFor();
  assertEquals(await minji.page.textContent("#typing"), "<b onclick=alert(1)>שלום님이 입력 중…");
  await other.say("안녕하세요");
  await minji.reads(["안녕하세요"]);
  const author = minji.page.locator("li.message .author");
  assertEquals(await author.textContent(), "<b onclick=alert(1)>שלום");
  assertEquals(await author.evaluate((element) => [element.tagName, element.children.length]), ["BDI", 0]);
});

chat.test("the keyboard alone leads from the door through the composer to a sent message", async ({ visit }) => {
  const person = await visit("자판만");
  const { page } = person;
  const focused = () => page.evaluate(() => document.activeElement?.id || document.activeElement?.className);
  await page.locator("#name:focus").waitFor();
  await page.keyboard.type("민지");
  await page.keyboard.press("Tab");
  assertEquals(await focused(), "enter");
  await page.keyboard.press("Enter");
  await person.is("online");
  assertEquals(await focused(), "composer");
  await page.keyboard.type("첫 말");
  await page.keyboard.press("Enter");
  await person.reads(["첫 말"]);
  assertEquals(await focused(), "composer");
  await page.keyboard.type("둘째 말");
  await page.keyboard.press("Tab");
  assertEquals(await focused(), "send");
  await page.keyboard.press("Space");
  await person.reads(["첫 말", "둘째 말"]);

  // Back to the list, where a letter that is typed belongs into the box.
  await page.locator("#messages").focus();
  await page.keyboard.type("셋째 말");
  assertEquals(await person.box.inputValue(), "셋째 말");
  await page.keyboard.press("Enter");
  await person.reads(["첫 말", "둘째 말", "셋째 말"]);
});

chat.test("everything that can be pressed is reached by Tab, is named, and shows its focus", async ({ enter }) => {
  const { page } = await enter("민지", "순서");
  await page.locator("#skip").focus();
  const reached: string[] = [];
  for (;;) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return undefined;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const name = element.getAttribute("aria-label") || element.textContent?.trim() ||
        [...document.querySelectorAll(`label[for="${element.id}"]`)].map((label) => label.textContent).join("");
      return {
        id: element.id || element.getAttribute("href") || element.tagName,
        name,
        ring: outlineStyle !== "none" && outlineWidth !== "0px",
      };
    });
    if (stop === undefined || reached.includes(stop.id)) break;
    assert(stop.name, `${stop.id} has no name`);
    assert(stop.ring, `${stop.id} does not show its focus`);
    reached.push(stop.id);
  }
  for (
    const id of [
      "open-switcher",
      "browse",
      "new-room",
      "open-settings",
      "share",
      "messages",
      "composer",
      "send",
    ]
  ) {
    assert(reached.includes(id), `Tab does not reach ${id}: ${reached}`);
  }
});

chat.test("the skip link leads to the message box and not to another room", async ({ enter }) => {
  const { page } = await enter("민지", "건너뛰기");
  await page.locator("#skip").focus();
  await page.keyboard.press("Enter");
  await page.locator("#composer:focus").waitFor();
  assertEquals(await page.textContent("#room-name"), "건너뛰기");
});

chat.test("a name is all that the door asks for: it tells what is wrong with it, and one is in the room of the link", async ({ visit }) => {
  const { page, is } = await visit("다른방");
  await page.getByText("‘다른방’ 방으로 들어가요.").waitFor();
  const problem = page.locator("#entry-problem");
  await page.click("#enter");
  await problem.getByText("이름을 적어 주세요.").waitFor();
  await page.locator("#name:focus[aria-invalid=true]").waitFor();
  await page.fill("#name", "가".repeat(33));
  await page.click("#enter");
  await problem.getByText("이름은 32자까지 쓸 수 있어요.").waitFor();
  await page.fill("#name", "민지");
  await page.click("#enter");
  await is("online");
  assertEquals(await page.textContent("#room-name"), "다른방");
  assertEquals(decodeURIComponent(new URL(page.url()).hash), "#다른방");
});

chat.test("without a link one is in the lobby, and later where one was last", async ({ visit, enter }) => {
  const { page, is } = await visit("");
  await page.fill("#name", "민지");
  await page.press("#name", "Enter");
  await is("online");
  assertEquals(await page.textContent("#room-name"), "lobby");
  const other = await enter("지훈", "사랑방");
  await other.page.goto(other.page.url().split("#", 1)[0] ?? "");
  await other.is("online");
  assertEquals(await other.page.textContent("#room-name"), "사랑방");
});

chat.test("the language changes everything at once, messages stay, and it is kept", async ({ enter }) => {
  const person = await enter("민지", "언어");
  const { page } = person;
  await person.say("그대로 있는 말");
  await person.reads(["그대로 있는 말"]);
  assertEquals(await page.getAttribute("html", "lang"), "ko");
  await page.click("#open-settings");
  await page.selectOption("#settings-language", "en");
  await page.getByRole("dialog", { name: "Settings" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("Connected", { exact: true }).waitFor();
  assertEquals(await page.getAttribute("html", "lang"), "en");
  assertEquals(await page.getAttribute("#composer", "placeholder"), "Write a message");
  assertEquals(await page.getAttribute("#send", "aria-label"), "Send");
  await person.reads(["그대로 있는 말"]);
  // What is left of Korean was written by people, or is the name of the language or of the house.
  assertEquals(await koreanLeft(page), ["More for “언어”", "그대로 있는 말", "마루", "민지", "언어", "한국어"]);
  await page.reload();
  await person.is("online");
  await page.getByText("Connected", { exact: true }).waitFor();
  await page.click("#open-settings");
  await page.selectOption("#settings-language", "ko");
  await page.getByText("연결됨", { exact: true }).waitFor();
});

chat.test("the theme follows the system until another is chosen, and the choice is kept", async ({ enter }) => {
  const person = await enter("민지", "화면", { colorScheme: "dark" });
  const { page } = person;
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await ground();
  await page.emulateMedia({ colorScheme: "light" });
  const light = await ground();
  assert(dark !== light);
  await page.click("#open-settings");
  await page.getByRole("radio", { name: "어둡게" }).check();
  await page.keyboard.press("Escape");
  assertEquals(await ground(), dark);
  await page.reload();
  await person.is("online");
  assertEquals(await ground(), dark);
  await page.click("#open-settings");
  await page.getByRole("radio", { name: "시스템 설정대로" }).check();
  await page.keyboard.press("Escape");
  assertEquals(await ground(), light);
  await page.emulateMedia({ colorScheme: "dark" });
  assertEquals(await ground(), dark);
});

chat.test("every text has a contrast of 4.5 to 1 in both themes", async ({ visit }) => {
  const person = await visit("대비");
  const { page } = person;
  const assertReadable = async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      assertEquals(await page.evaluate(findFaint), [], colorScheme);
    }
  };
  await page.fill("#name", " ");
  await page.click("#enter");
  await page.locator("#entry-problem:not(:empty)").waitFor();
  await assertReadable();
  await page.fill("#name", "민지");
  await page.click("#enter");
  await person.is("online");
  await person.say("주소 https://example.com/ 를 봐요");
  await page.locator("li.own[data-status=sent]").waitFor();
  await page.fill("#composer", "가".repeat(4_100));
  await page.locator("#limit[data-over=true]").waitFor();
  await assertReadable();
});

chat.test("a text over the limit is counted, and stays in the box", async ({ enter }) => {
  const person = await enter("민지", "한도");
  const { page, box } = person;
  await box.fill("가".repeat(3_700));
  await page.getByText("4,000자 중 3,700자").waitFor();
  // Each is one character, and two of UTF-16.
  await box.fill("😀".repeat(4_001));
  await page.locator("#limit[data-over=true]", { hasText: "4,001" }).waitFor();
  await box.press("Enter");
  assertEquals(await box.inputValue(), "😀".repeat(4_001));
  await box.fill("😀".repeat(4_000));
  await box.press("Enter");
  await person.reads(["😀".repeat(4_000)]);
});

chat.test("320 pixels are wide enough for everything, in both languages", async ({ visit }) => {
  const room = "방이름도-육십사자까지-길어질수-있으니-좁은화면에서도-보여야합니다";
  const person = await visit(room, { viewport: { width: 320, height: 640 }, hasTouch: true });
  const { page } = person;
  const assertFits = async () => {
    for (const language of ["ko", "en"]) {
      await page.locator("#language").evaluate((select, language) => {
        if (!(select instanceof HTMLSelectElement)) return;
        select.value = language;
        select.dispatchEvent(new Event("change"));
      }, language);
      assertEquals(await tooWide(page), [], language);
    }
  };
  await page.click("#enter");
  await page.locator("#entry-problem:not(:empty)").waitFor();
  await assertFits();
  await page.fill("#name", "이름이아주아주길어서줄이바뀌지않으면넘칠지도모르는사람이에요요");
  await page.click("#enter");
  await person.is("online");
  await person.say("w".repeat(300), "길" + "다".repeat(300), `https://example.com/${"a".repeat(200)}`, "👩‍👩‍👧‍👦");
  await page.locator("li.own[data-status=sent]").nth(3).waitFor();
  await assertFits();
  await page.click(".open-rooms");
  await page.locator("#room-list a").waitFor();
  assertEquals(await tooWide(page), []);
});

chat.test("without storage, as in a strict private window, one can chat all the same", async ({ visit }) => {
  const person = await visit("저장소-없음", {
    prepare: (page) =>
      page.addInitScript(() => {
        for (const area of ["localStorage", "sessionStorage"]) {
          Object.defineProperty(globalThis, area, {
            get() {
              throw new DOMException("Access is denied", "SecurityError");
            },
          });
        }
      }),
  });
  await person.page.fill("#name", "민지");
  await person.page.click("#enter");
  await person.say("그래도 됩니다");
  await person.reads(["그래도 됩니다"]);
});

chat.test("what comes while the tab is hidden is told once, when it is shown, and in plain words", async ({ pair }) => {
  const [minji, jihun] = await pair("숨은-탭");
  const announced = minji.page.locator("#announcer p");
  const hide = (isHidden: boolean) =>
    minji.page.evaluate((isHidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, value: isHidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }, isHidden);
  await hide(true);
  await jihun.say("**하나**", "둘");
  await minji.reads(["하나", "둘"]);
  // Long enough for it to have been told, were it told.
  await minji.page.waitForTimeout(600);
  assertEquals(await announced.count(), 0);
  await hide(false);
  await announced.getByText("지훈: 둘", { exact: true }).waitFor({ state: "attached" });
  assertEquals(await announced.allTextContents(), ["지훈: 하나", "지훈: 둘"]);
});

chat.test("screen readers hear other people's news, each once, and a flood as a number", async ({ pair }) => {
  const [minji, jihun] = await pair("소리");
  const announced = minji.page.locator("#announcer p");
  await minji.say("내 말");
  await jihun.reads(["내 말"]);
  await jihun.say("새 말");
  await announced.getByText("지훈: 새 말", { exact: true }).waitFor({ state: "attached" });
  await jihun.sayAtOnce(["하나", "둘", "셋", "넷", "다섯"]);
  await announced.getByText("새 메시지 5개", { exact: true }).waitFor({ state: "attached" });
  assertEquals(await announced.allTextContents(), ["지훈: 새 말", "새 메시지 5개"]);
});

/** What reaches over the right edge of the window or of the message list. */
function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const scrollers = [document.documentElement, ...document.querySelectorAll("#messages")];
    return scrollers.filter((element) => element.scrollWidth > element.clientWidth && element.clientWidth > 0)
      .map((element) =>
        `${element.id || element.className || element.tagName} ${element.scrollWidth} > ${element.clientWidth}`
      );
  });
}

/** The Korean on the page, each text once. */
function koreanLeft(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found = new Set<string>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent?.trim() ?? "";
      const element = walker.currentNode.parentElement;
      if (/\p{Script=Hangul}/u.test(text) && element?.closest(".avatar, .entry") === null) found.add(text);
    }
    for (const attribute of ["aria-label", "title", "placeholder"]) {
      for (const element of document.querySelectorAll(`[${attribute}]:not(.entry *):not(time):not(#messages)`)) {
        const text = element.getAttribute(attribute) ?? "";
        if (/\p{Script=Hangul}/u.test(text)) found.add(text);
      }
    }
    return [...found].sort();
  });
}
