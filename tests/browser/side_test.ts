/**
 * What stands beside the conversation: people, search and all that one does there.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import type { Locator } from "playwright-core";
import { useChat } from "./chat.ts";
import { API_KEY, idOf, operate, setRole } from "./operator.ts";
import { goTo, open } from "./side.ts";

const chat = useChat({ env: { API_KEY } });

chat.test("the people of a room: who is here, live, with their roles, and one is found by a part of the name", async ({ origin, enter }) => {
  const room = "사람들";
  const minji = await enter("민지", room);
  await setRole(origin, room, await idOf(minji), "owner");
  const side = await open(minji, "people");
  await row(side, "민지").getByText("방장").waitFor();
  await row(side, "민지").getByText("나", { exact: true }).waitFor();
  const jihun = await enter("지훈", room);
  await row(side, "지훈").waitFor();
  await setRole(origin, room, await idOf(jihun), "moderator");
  await row(side, "지훈").getByText("운영자").waitFor();
  assertEquals(await names(side), ["민지", "지훈"]);

  await side.getByRole("searchbox").fill("훈");
  assertEquals(await names(side), ["지훈"]);
  await side.getByRole("searchbox").fill("없는이");
  await side.getByText("그런 이름은 없어요.").waitFor();
  await side.getByRole("searchbox").fill("");
  await jihun.page.close();
  await side.getByRole("heading", { name: "멤버" }).waitFor();
  await row(side, "지훈").waitFor();
});

chat.test("the conversation stays until what is to stand before it is there", async ({ enter }) => {
  for (const width of [390, 1000, 1400]) {
    const arriving = Promise.withResolvers<void>();
    const { page } = await enter("민지", "느린-길", {
      viewport: { width, height: 800 },
      prepare: (page) =>
        page.route("**/chat/side/people.js*", async (route) => {
          await arriving.promise;
          await route.continue();
        }),
    });
    const asked = page.waitForRequest("**/chat/side/people.js*");
    const before = await page.locator("#messages").boundingBox();
    await page.evaluate(() => location.hash += "?people");
    await asked;
    assertEquals(await page.locator("#messages").boundingBox(), before);
    arriving.resolve();
    await page.locator("#side .avatar").first().waitFor();
    assertEquals(await page.locator("#messages").isVisible(), width === 1400);
  }
});

chat.test("Escape closes what stands beside the room, and loses nothing that is written there", async ({ enter }) => {
  const minji = await enter("민지", "닫기");
  const { page } = minji;
  await minji.say("주제");
  await minji.reads(["주제"]);
  const cursor = (await minji.shown())[0]?.cursor ?? "";
  const side = await open(minji, "people");
  await page.locator("#side-title:focus").waitFor();
  await page.keyboard.press("Escape");
  await side.waitFor({ state: "hidden" });

  await open(minji, "search");
  await page.locator("#side input[type=search]:focus").waitFor();
  await page.keyboard.type("주제");
  await page.keyboard.press("Escape");
  assertEquals([await side.getByRole("searchbox").inputValue(), await side.isVisible()], ["", true]);
  await page.keyboard.press("Escape");
  await side.waitFor({ state: "hidden" });

  await open(minji, `thread=${cursor}`);
  await page.locator("#side textarea:focus").waitFor();
  await page.keyboard.type("쓰던 답글 @");
  await side.getByRole("option").first().waitFor();
  await page.keyboard.press("Escape");
  await side.getByRole("option").first().waitFor({ state: "hidden" });
  await page.keyboard.press("Escape");
  await side.waitFor({ state: "hidden" });
  await open(minji, `thread=${cursor}`);
  assertEquals(await side.locator("textarea").inputValue(), "쓰던 답글 @");
});

chat.test("a person's card is opened and left by the keyboard, and leads into a room of two", async ({ pair }) => {
  const [minji, jihun] = await pair("마주-앉기");
  const side = await open(minji, "people");
  await row(side, "지훈").focus();
  await minji.page.keyboard.press("Enter");
  await side.getByText("지금 여기에").waitFor();
  await side.getByRole("link", { name: "모든 사람" }).waitFor();
  await minji.page.keyboard.press("Enter");
  await minji.page.locator(`a.row:focus:has-text("지훈")`).waitFor();
  await minji.page.keyboard.press("Enter");

  await side.getByRole("button", { name: "부르기" }).click();
  await minji.page.locator("#composer:focus").waitFor();
  assertEquals(await minji.box.inputValue(), "@지훈 ");
  await minji.box.fill("");

  await open(minji, `people=${await idOf(jihun)}`);
  await side.getByRole("button", { name: "1:1로 대화하기" }).click();
  await minji.page.locator("#room-name", { hasText: "지훈" }).waitFor();
  await minji.say("둘이서만");
  await minji.reads(["둘이서만"]);
});

chat.test("who keeps order mutes, puts out and bans from a card, and lifts it again", async ({ origin, pair }) => {
  const room = "질서";
  const [minji, jihun] = await pair(room);
  const id = await idOf(jihun);
  const theirs = await open(jihun, `people=${await idOf(minji)}`);
  await theirs.getByRole("button", { name: "부르기" }).waitFor();
  assertEquals(await theirs.getByRole("button", { name: "차단…" }).count(), 0);

  await setRole(origin, room, await idOf(minji), "moderator");
  const side = await open(minji, `people=${id}`);
  await side.getByRole("button", { name: "쓰기 제한…" }).click();
  await side.getByLabel("기간").selectOption({ label: "10분" });
  await side.getByLabel("이유").fill("큰 소리");
  await side.getByRole("button", { name: "쓰기 제한하기" }).click();
  await side.getByText("쓰기 제한", { exact: false }).first().waitFor();
  await side.getByRole("button", { name: "다시 쓸 수 있게 하기" }).click();
  await side.getByRole("button", { name: "쓰기 제한…" }).waitFor();

  await side.getByRole("button", { name: "차단…" }).click();
  await side.getByLabel("기간").selectOption({ label: "일주일" });
  await side.getByLabel("이유").fill("여러 번 말했어요");
  await side.getByRole("button", { name: "차단하기" }).click();
  await jihun.page.getByText(`이제 ‘${room}’ 방에 있지 않아요.`).waitFor();
  await side.getByRole("link", { name: "모든 사람" }).click();
  const banned = side.locator("section", { hasText: "차단된 사람" });
  await banned.getByText("여러 번 말했어요").waitFor();
  assertMatch(await banned.innerText(), /민지님이 차단/);
  await banned.getByRole("button", { name: "풀기" }).click();
  await banned.waitFor({ state: "hidden" });
});

chat.test("a refusal is said in words, and the choice goes back to what it was", async ({ origin, enter }) => {
  const minji = await enter("민지", "혼자-방장");
  const id = await idOf(minji);
  await setRole(origin, "혼자-방장", id, "owner");
  const side = await open(minji, `people=${id}`);
  const role = side.getByLabel("역할");
  await role.selectOption({ label: "멤버" });
  await side.getByRole("alert").getByText("방에는 방장이 있어야 해요.", { exact: false }).waitFor();
  assertEquals(await role.inputValue(), "owner");
});

chat.test("search finds as one types, marks it, and leads to the message and back", async ({ pair }) => {
  const [minji, jihun] = await pair("찾기");
  await minji.say("대청마루에서 만나요", "사랑방은 오늘 쉬어요");
  await jihun.reads(["대청마루에서 만나요", "사랑방은 오늘 쉬어요"]);
  const side = await open(jihun, "search");
  await jihun.page.locator("#side input[type=search]:focus").waitFor();
  await jihun.page.keyboard.type("청마");
  const hit = side.locator("a.message-link");
  await hit.waitFor();
  assertEquals(await hit.locator("mark").allInnerTexts(), ["청마"]);
  assertEquals(await hit.locator("bdi").first().innerText(), "민지");
  await jihun.page.keyboard.press("ArrowDown");
  await jihun.page.keyboard.press("Enter");
  const cursor = await hit.getAttribute("data-cursor");
  await jihun.page.waitForFunction((cursor) => location.hash.includes(`/${cursor}`), cursor);
  await jihun.page.goBack();
  await jihun.page.locator("#side a.message-link mark").waitFor();
  assertEquals(await side.getByRole("searchbox").inputValue(), "청마");

  await side.getByRole("searchbox").fill("그런 말은 없었다");
  await side.getByText("찾은 메시지가 없어요.").waitFor();
  await side.getByRole("searchbox").fill("!");
  await side.getByText("이렇게는 찾을 수 없어요.", { exact: false }).waitFor();
});

chat.test("a pinned message is gone to as often as one asks, the address being the same", async ({ origin, enter }) => {
  const minji = await enter("민지", "압정", { viewport: { width: 1400, height: 720 } });
  await minji.say("꼭 읽어 주세요", "줄\n".repeat(80));
  await minji.page.locator("#message-list li[data-status=sent]").nth(1).waitFor();
  const cursor = (await minji.shown())[0]?.cursor ?? "";
  await setRole(origin, "압정", await idOf(minji), "owner");
  await minji.page.evaluate((cursor) => location.hash = `#압정/${cursor}?pins`, cursor);
  const marked = minji.page.locator(`#message-list [data-marked][data-cursor="${cursor}"]`);
  await marked.waitFor();
  await marked.waitFor({ state: "detached" });
  await operate(origin, "PUT", `/v1/rooms/${encodeURIComponent("압정")}/pins/${cursor}`);
  await minji.page.locator("#side a.message-link").click();
  await marked.waitFor();
});

chat.test("search looks into all my rooms, tells which, and finds what one person wrote", async ({ pair }) => {
  const [minji, jihun] = await pair("한-방");
  await minji.say("첫째 방의 말");
  await jihun.say("지훈의 말");
  await minji.reads(["첫째 방의 말", "지훈의 말"]);
  await goTo(minji, "딴-방");
  await minji.say("둘째 방의 말");
  await minji.reads(["둘째 방의 말"]);
  const side = await open(minji, "search");
  await side.getByRole("searchbox").fill("방의 말");
  await side.locator("a.message-link").waitFor();
  await side.getByLabel("내 모든 방에서").check();
  await side.locator("a.message-link").nth(1).waitFor();
  assertEquals(await side.locator(".message-link-room").allInnerTexts(), ["딴-방", "한-방"]);

  await goTo(minji, "한-방");
  await open(minji, `people=${await idOf(jihun)}`);
  await side.getByRole("link", { name: "여기에 쓴 글" }).click();
  await side.getByText("지훈님이 쓴 글").waitFor();
  await side.locator("a.message-link").waitFor();
  assertEquals(await side.locator(".excerpt").allInnerTexts(), ["지훈의 말"]);
  await side.getByRole("button", { name: "누가 썼든 찾기" }).click();
  await side.getByText("나눈 이야기를 찾아보세요.", { exact: false }).waitFor();
});

function row(side: Locator, name: string): Locator {
  return side.locator("a.row", { hasText: name });
}

function names(side: Locator): Promise<string[]> {
  return side.locator("a.row[data-person]:visible .row-name").allInnerTexts();
}
