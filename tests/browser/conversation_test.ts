/**
 * What can be done with messages, by two people who see it of each other.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Locator } from "playwright-core";
import { useChat } from "./chat.ts";
import { chooseAction, findMessage } from "./messages.ts";
import { API_KEY, idOf, operate } from "./operator.ts";
import { holdWire } from "./wire.ts";

const chat = useChat({ env: { API_KEY, SEND_RATE: "0" } });

chat.test("Markdown is shown, and code can be copied", async ({ pair }) => {
  const [minji, jihun] = await pair("글꼴", { permissions: ["clipboard-read", "clipboard-write"] });
  await jihun.sayAtOnce([
    "**굵게** *기울임* ~~취소~~ `a*b*`",
    "```ts\nconst a = 1;\n" + "x".repeat(400) + "\n```",
    "> 인용\n> > 속\n- 하나\n- 둘\n3. 셋",
    "@민지가 왔어요",
    "🎉",
  ]);
  const texts = minji.page.locator("li.message .text");
  await texts.nth(4).waitFor();
  const shape = (index: number) => texts.nth(index).evaluate(shapeOf);
  assertEquals(await shape(0), "p[strong[굵게] em[기울임] s[취소] code[a*b*]]");
  assertEquals(await shape(2), "blockquote[p[인용]blockquote[p[속]]]ul[li[하나]li[둘]]ol[li[셋]]");
  assertEquals(await shape(3), "p[span[@민지]가 왔어요]");
  assertEquals(await texts.nth(3).locator(".mention.self").count(), 1);
  assertEquals(await minji.page.locator("li.for-me").count(), 1);
  assertEquals(await jihun.page.locator("li.for-me, .mention.self").count(), 0);
  assertEquals(await texts.nth(4).getAttribute("class"), "text emoji");
  const code = texts.nth(1).locator("pre");
  assert(await code.evaluate((element) => element.scrollWidth > element.clientWidth), "the code scrolls by itself");
  assert(await minji.page.locator("#messages").evaluate((list) => list.scrollWidth <= list.clientWidth));
  await minji.page.getByRole("button", { name: "코드 복사" }).click();
  await minji.page.getByRole("button", { name: "복사했어요" }).waitFor();
  assertEquals(await minji.page.evaluate(() => navigator.clipboard.readText()), "const a = 1;\n" + "x".repeat(400));
});

chat.test("code that the browser does not copy is selected, to be copied by hand", async ({ enter }) => {
  const { page, sayAtOnce } = await enter("민지", "베끼기", {
    prepare: (page) => page.addInitScript(() => Object.defineProperty(navigator, "clipboard", { value: undefined })),
  });
  await sayAtOnce(["```\nconst a = 1;\n```"]);
  await page.getByRole("button", { name: "코드 복사" }).click();
  await page.waitForFunction(() => String(getSelection()) === "const a = 1;");
});

chat.test("a link to a message leads there in the page that one has open, as often as it is pressed", async ({ origin, enter }) => {
  const { page, visitor, ...minji } = await enter("민지", "가리키기");
  await minji.sayAtOnce(["여기", "줄\n".repeat(80)]);
  await page.locator("#message-list li[data-status=sent]").nth(1).waitFor();
  const cursor = (await minji.shown())[0]?.cursor ?? "";
  await minji.sayAtOnce([`${origin}/#${encodeURIComponent("가리키기")}/${cursor}`]);
  const link = page.locator("#message-list .text a");
  const marked = page.locator(`[data-marked][data-cursor="${cursor}"]`);
  await link.click();
  await marked.waitFor();
  await marked.waitFor({ state: "detached" });
  await link.click();
  await marked.waitFor();
  assertEquals(visitor.context.pages().length, 1);
});

chat.test("each message keeps the direction of what is written in it to itself", async ({ pair }) => {
  const [minji, jihun] = await pair("방향");
  await jihun.sayAtOnce(["שלום עולם", "안녕하세요", "مرحبا\n\nhello"]);
  const texts = minji.page.locator("li.message .text");
  await texts.nth(2).waitFor();
  const directions = await texts.locator("p").evaluateAll((all) => all.map((each) => getComputedStyle(each).direction));
  assertEquals(directions, ["rtl", "ltr", "rtl", "ltr"]);
  const [isolated] = await texts.evaluateAll((
    all,
  ) => [...new Set(all.map((each) => getComputedStyle(each).unicodeBidi))]);
  assertEquals(isolated, "isolate");
});

chat.test("an emoji is given by the menu, seen by the others, and taken back by pressing it", async ({ pair }) => {
  const [minji, jihun] = await pair("반응");
  await jihun.say("좋은 소식");
  await chooseAction(minji, "좋은 소식", "👍");
  const theirs = jihun.page.getByRole("button", { name: "👍 민지" });
  await theirs.waitFor();
  assertEquals(await theirs.getAttribute("aria-pressed"), "false");
  await theirs.click();
  const mine = minji.page.locator(".reaction");
  await minji.page.locator(".reaction .count", { hasText: "2" }).waitFor();
  assertEquals(await mine.getAttribute("aria-pressed"), "true");
  await mine.click();
  await jihun.page.locator(".reaction .count", { hasText: "1" }).waitFor();
  assertEquals(await mine.getAttribute("aria-pressed"), "false");
  await minji.page.reload();
  await minji.page.locator(".reaction .count", { hasText: "1" }).waitFor();
  assertEquals(await mine.getAttribute("aria-pressed"), "false");
});

chat.test("any other emoji is given by the picker", async ({ pair }) => {
  const [minji, jihun] = await pair("고르기");
  await jihun.say("말");
  await findMessage(minji, "말").hover();
  await minji.page.locator(".action-bar [data-action=react]").click();
  await minji.page.getByPlaceholder(/이모지/).or(minji.page.locator(".emoji-picker input")).first().fill("고양이");
  await minji.page.keyboard.press("Enter");
  await jihun.page.locator(".reaction").waitFor();
});

chat.test("an emoji that is refused is taken back, and the page says why", async ({ enter }) => {
  const gate = Promise.withResolvers<void>();
  const minji = await enter("민지", "거절", {
    prepare: (page) =>
      holdWire(page, {
        out(frame, text, socket) {
          if (frame["type"] !== "react") return text;
          gate.promise.then(() =>
            socket.send(JSON.stringify({ id: frame["id"], error: { code: "forbidden", message: "" } }))
          );
          return undefined;
        },
      }),
  });
  await minji.say("말");
  await minji.reads(["말"]);
  await chooseAction(minji, "말", "👍");
  assertEquals(await minji.page.locator(".reaction").getAttribute("aria-pressed"), "true");
  gate.resolve();
  await minji.page.getByText("반응을 남기지 못했어요.").waitFor();
  await minji.page.locator(".reaction").waitFor({ state: "detached" });
});

chat.test("who keeps order pins a message, and deletes another's; who does not is offered neither", async ({ pair, origin }) => {
  const [minji, jihun] = await pair("질서");
  await minji.say("안내");
  await jihun.say("딴소리");
  await minji.reads(["안내", "딴소리"]);
  const offered = async () => {
    await findMessage(minji, "딴소리").hover();
    await minji.page.locator(".action-bar [data-action=menu]").click();
    const names = await minji.page.getByRole("menuitem").evaluateAll((all) =>
      all.map((each) => each.getAttribute("data-action"))
    );
    await minji.page.keyboard.press("Escape");
    return names.filter((name) => name !== null);
  };
  assertEquals(await offered(), ["react", "reply", "thread", "copyText", "copyLink", "report"]);
  await operate(origin, "PUT", `/v1/rooms/질서/members/${await idOf(minji)}/role`, { role: "moderator" });
  assertEquals(await until(offered, (names) => names.includes("pin")), [
    "react",
    "reply",
    "thread",
    "copyText",
    "copyLink",
    "pin",
    "report",
    "delete",
  ]);
  await chooseAction(minji, "안내", "고정");
  await jihun.page.locator(".pinned").waitFor();
  await chooseAction(minji, "딴소리", "삭제");
  await jihun.reads(["안내", "삭제된 메시지"]);
});

chat.test("a message is reported, with a reason", async ({ pair }) => {
  const [minji, jihun] = await pair("신고");
  await jihun.say("나쁜 말");
  await chooseAction(minji, "나쁜 말", "신고");
  await minji.page.getByLabel("무엇이 문제인가요?").fill("욕이에요");
  await minji.page.getByRole("button", { name: "신고하기" }).click();
  await minji.page.getByText("신고했어요. 고마워요.").waitFor();
});

chat.test("a reply stands under what it answers, which is one press away", async ({ pair }) => {
  const [minji, jihun] = await pair("답장");
  await jihun.sayAtOnce(["저녁에 뭐 먹을까요?", ...Array.from({ length: 60 }, (_, i) => `말 ${i}`)]);
  await findMessage(minji, "말 59").waitFor();
  await jihun.page.locator("li[data-status=sent] .text", { hasText: "말 59" }).waitFor();
  await minji.page.locator("#messages").evaluate((list) => list.scrollTo(0, 0));
  await chooseAction(minji, "저녁에 뭐 먹을까요?", "답장");
  await minji.say("국수요");
  const quote = jihun.page.locator("button.quote");
  await quote.waitFor();
  assertEquals(await quote.textContent(), "지훈저녁에 뭐 먹을까요?");
  await quote.click();
  await jihun.page.locator("li.message:focus .text", { hasText: "저녁에 뭐 먹을까요?" }).waitFor();
  assert(await isInSight(findMessage(jihun, "저녁에 뭐 먹을까요?")));
});

chat.test("on a narrow page nothing of a message stands out of it, also where one answers at length what was long", async ({ enter }) => {
  const minji = await enter("민지", "좁은-방", { viewport: { width: 320, height: 640 } });
  await minji.sayAtOnce([
    "아주 긴 말이에요. ".repeat(30),
    "`" + "x".repeat(200) + "`",
    "```\n" + "y".repeat(300) + "\n```",
  ]);
  await minji.page.locator("li[data-status=sent]").nth(2).waitFor();
  const cursors = await minji.page.locator("li.message").evaluateAll((all) =>
    all.map((each) => each.getAttribute("data-cursor"))
  );
  await minji.page.evaluate(async (cursors) => {
    const headers = {
      authorization: `Bearer ${localStorage.getItem("maru.token")}`,
      "content-type": "application/json",
    };
    const say = (key: string, about: object) =>
      fetch(`/v1/rooms/좁은-방/messages/${key}`, {
        method: "PUT",
        headers,
        body: JSON.stringify({ text: "네", ...about }),
      });
    await say("1", { reply: cursors[0] });
    await say("2", { thread: cursors[0] });
  }, cursors);
  await minji.page.locator(".quote").nth(1).waitFor();
  const out = await minji.page.locator("#messages *").evaluateAll((all) =>
    all.filter((each) => each.closest("pre") === null && !each.matches(".author"))
      .filter((each) => each.getBoundingClientRect().left < 0 || each.getBoundingClientRect().right > innerWidth)
      .map((each) => each.outerHTML.slice(0, 80))
  );
  assertEquals(out, []);
});

chat.test("a thread is beside the room: its replies are read and written there, and counted below its first message", async ({ pair }) => {
  const [minji, jihun] = await pair("스레드");
  await jihun.say("주제");
  await chooseAction(minji, "주제", "스레드로 답글");
  const thread = minji.page.locator(".thread");
  await thread.getByText("아직 답글이 없어요.").waitFor();
  await thread.locator("textarea").fill("첫 답글");
  await thread.locator("textarea").press("Enter");
  await jihun.page.getByRole("button", { name: "답글 1개" }).click();
  const theirs = jihun.page.locator(".thread");
  await theirs.locator(".text", { hasText: "첫 답글" }).waitFor();
  await theirs.locator("textarea").fill("둘째 답글");
  await theirs.locator("textarea").press("Enter");
  await thread.locator("li[data-status=sent] .text", { hasText: "둘째 답글" }).waitFor();
  assertEquals(await thread.locator(".text").allTextContents(), ["주제", "첫 답글", "둘째 답글"]);
  await minji.page.getByRole("button", { name: "답글 2개" }).waitFor();
  assertEquals(await minji.page.locator("#message-list .in-thread").count(), 2);
});

chat.test("in the room a thread's reply says what it belongs to, also when that was said long before", async ({ enter }) => {
  const minji = await enter("민지", "옛-스레드");
  await minji.say("주제");
  await minji.reads(["주제"]);
  await chooseAction(minji, "주제", "스레드로 답글");
  await minji.page.locator(".thread textarea").fill("답글");
  await minji.sayAtOnce(Array.from({ length: 60 }, (_, i) => `말 ${i}`));
  await minji.page.locator("#message-list li[data-status=sent] .text", { hasText: "말 59" }).waitFor();
  await minji.page.locator(".thread textarea").press("Enter");
  await minji.page.locator(".in-thread[data-status=sent]").waitFor();
  const { page } = await enter("지훈", "옛-스레드");
  const line = page.locator(".in-thread .quote");
  await line.locator(".quote-text", { hasText: "주제" }).waitFor();
  const isWhole = (part: Element) => part.scrollWidth <= part.clientWidth;
  assertEquals(await line.locator(".quote-author").evaluate(isWhole), true);
});

chat.test("keys lead from message to message, and do what can be done", async ({ pair }) => {
  const [minji, jihun] = await pair("자판");
  await jihun.say("하나", "둘", "셋");
  await minji.reads(["하나", "둘", "셋"]);
  const { page } = minji;
  const focused = () =>
    page.evaluate(() => document.activeElement?.closest("li.message")?.querySelector(".text")?.textContent);
  await page.locator("#messages").focus();
  // What obeys the keys is loaded because of the focus.
  await until(() => page.keyboard.press("ArrowUp").then(focused), (text) => text !== undefined);
  assertEquals(await focused(), "셋");
  await page.keyboard.press("k");
  await page.keyboard.press("ArrowUp");
  assertEquals(await focused(), "하나");
  await page.keyboard.press("j");
  assertEquals(await focused(), "둘");
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "답장", exact: true }).waitFor();
  await page.keyboard.press("Escape");
  assertEquals(await focused(), "둘");
  await page.keyboard.press("r");
  await page.locator("#composer:focus").waitFor();
  await page.getByText("지훈님에게 답장").waitFor();
});

chat.test("a link to a message leads to it, far up as well, and to the latest it is one press back", async ({ enter, visit, origin }) => {
  const jihun = await enter("지훈", "고리");
  await jihun.sayAtOnce(Array.from({ length: 130 }, (_, i) => `말 ${i}`));
  await jihun.page.locator("li[data-status=sent] .text", { hasText: "말 129" }).waitFor();
  const { items: [first] } = await jihun.page.evaluate(async () => {
    const headers = { authorization: `Bearer ${localStorage.getItem("maru.token")}` };
    return (await fetch("/v1/rooms/고리/messages?limit=130", { headers })).json();
  });
  const minji = await enter("민지", "고리");
  await minji.page.goto(`${origin}/#${encodeURIComponent("고리")}/${first.cursor}`);
  await findMessage(minji, "말 0").waitFor();
  await minji.page.locator("li[data-marked]").waitFor();
  assert(await isInSight(findMessage(minji, "말 0")));
  await minji.page.locator("#jump").click();
  await findMessage(minji, "말 129").waitFor();
  await minji.page.locator("#jump").waitFor({ state: "hidden" });

  // Well formed, and nobody's.
  const other = await visit("");
  await other.page.addInitScript(() => localStorage.setItem("maru.name", "여름"));
  await other.page.goto(`${origin}/#${encodeURIComponent("고리")}/${first.cursor.slice(0, -1)}f`);
  await other.page.reload();
  await other.page.getByText("삭제되었거나 더는 보관되지 않는 메시지예요.").waitFor();
});

/** Looks again until it is so; the page hears of things in its own time. */
async function until<T>(look: () => Promise<T>, holds: (seen: T) => boolean): Promise<T> {
  for (let turn = 0; turn < 20; turn++) {
    const seen = await look();
    if (holds(seen)) return seen;
  }
  return await look();
}

function isInSight(message: Locator): Promise<boolean> {
  return message.evaluate((element) => {
    const list = document.querySelector("#messages")?.getBoundingClientRect();
    const { top, bottom } = element.getBoundingClientRect();
    return list !== undefined && top >= list.top - 1 && bottom <= list.bottom + 1;
  });
}

/** Runs in the page: tags and texts. */
function shapeOf(element: Element): string {
  const shape = (node: Node): string => {
    const inner = [...node.childNodes].map(shape).join("");
    return node instanceof Element ? `${node.localName}[${inner}]` : node.textContent ?? "";
  };
  return [...element.childNodes].map(shape).join("");
}
