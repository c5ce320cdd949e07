/**
 * The life of a room between three people: 민지 who makes it, 지훈 on a phone, and Anna who reads English. What one does
 * the others see, and at the end all three have the same log before them.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { assertSameLog, type Person, type Scene, useChat } from "./chat.ts";
import { chooseAction, findMessage } from "./messages.ts";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const ENGLISH = { locale: "en-GB" };

const chat = useChat({ env: { SEND_RATE: "0" } });

chat.test("a private room: made, two come by its invitation, one through the door, and are called by their names", async ({ enter, visit }) => {
  const minji = await enter("민지", "마당");
  const link = await makePrivate(minji, "우리 집");
  const jihun = await visit("", PHONE);
  await jihun.page.goto(link);
  await jihun.page.fill("#name", "지훈");
  await jihun.page.tap("#enter");
  await jihun.page.getByText("민지님이 ‘우리 집’ 방에 초대했어요.").waitFor();
  await jihun.page.getByRole("dialog").getByRole("button", { name: "들어가기" }).tap();
  await jihun.page.locator("#room-name", { hasText: "우리 집" }).waitFor();

  const anna = await enter("Anna", "마당", ENGLISH);
  await anna.page.goto(link);
  await anna.page.getByRole("dialog").getByRole("button", { name: "Come in" }).click();
  await anna.page.locator("#room-name", { hasText: "우리 집" }).waitFor();
  await anna.say("Hello!");
  await jihun.reads(["Hello!"]);

  // Elsewhere, Anna is told that somebody calls her.
  await anna.page.locator("#room-list a", { hasText: "마당" }).click();
  await anna.page.locator("#room-name", { hasText: "마당" }).waitFor();
  await jihun.say("@Anna 어서 와요");
  const waiting = anna.page.locator("#room-list a", { hasText: "우리 집" });
  await waiting.locator(".badge.mentions").waitFor();
  assertEquals(await waiting.locator(".badge .visually-hidden").textContent(), "1 mention");
  await anna.page.waitForFunction(() => document.title.startsWith("(1) "));
  await waiting.click();
  await findMessage(anna, "@Anna 어서 와요").locator(".mention.self").waitFor();
  assertEquals(await anna.page.locator("li.for-me").count(), 1);
  await waiting.locator(".badge").waitFor({ state: "detached" });
  assertEquals(await minji.page.locator("li.for-me").count(), 0);
  for (const person of [minji, jihun, anna]) await person.reads(["Hello!", "@Anna 어서 와요"]);
  await assertSameLog(minji, jihun, anna);
});

chat.test("what is said, answered, changed and taken back in a room is the same before all three", async (scene) => {
  const [minji, jihun, anna] = await meet(scene, "대청");
  const all = [minji, jihun, anna];
  await minji.say("저녁에 뭐 먹을까요?");
  await jihun.reads(["저녁에 뭐 먹을까요?"]);
  await chooseAction(jihun, "저녁에 뭐 먹을까요?", "답장");
  await jihun.say("국수요");
  await anna.page.locator(".quote", { hasText: "저녁에 뭐 먹을까요?" }).waitFor();
  await anna.say("Noodels for me", "wrong room", "really wrong");

  await anna.page.getByText("really wrong").waitFor();
  await chooseAction(anna, "wrong room", "Delete");
  await anna.page.getByRole("button", { name: "Undo" }).click();
  await chooseAction(anna, "really wrong", "Delete");
  await jihun.reads(["저녁에 뭐 먹을까요?", "국수요", "Noodels for me", "wrong room", "삭제된 메시지"]);

  await minji.say("맛있겠다");
  await minji.page.locator("li[data-status=sent]", { hasText: "맛있겠다" }).waitFor();
  await minji.box.press("ArrowUp");
  await minji.box.fill("맛있겠네요");
  await minji.box.press("Enter");
  const log = ["저녁에 뭐 먹을까요?", "국수요", "Noodels for me", "wrong room", "삭제된 메시지", "맛있겠네요"];
  await minji.reads(log);
  await jihun.reads(log);
  await anna.page.locator(".edited").waitFor();

  await findMessage(anna, "국수요").hover();
  await anna.page.locator(".action-bar [data-action=react]").click();
  await anna.page.locator(".emoji-picker input").fill("ramen");
  await anna.page.keyboard.press("Enter");
  await minji.page.getByRole("button", { name: "🍜 Anna" }).click();
  await jihun.page.locator(".reaction .count", { hasText: "2" }).waitFor();

  await chooseAction(jihun, "맛있겠네요", "스레드로 답글");
  const theirs = jihun.page.locator(".thread");
  await theirs.locator("textarea").fill("몇 시에요?");
  await theirs.locator(".send").tap();
  await anna.page.getByRole("button", { name: "1 reply" }).click();
  await anna.page.locator(".thread textarea").fill("At seven");
  await anna.page.keyboard.press("Enter");
  await theirs.locator("li[data-status=sent] .text", { hasText: "At seven" }).waitFor();
  await jihun.page.locator("#side-close").tap();
  await anna.page.locator("#side-close").click();

  await chooseAction(minji, "국수요", "고정");
  await jihun.page.locator("#message-list .pinned").waitFor();
  await anna.page.locator("#message-list .pinned").waitFor();
  await minji.page.locator("a[data-side=search]").click();
  await minji.page.getByRole("searchbox").fill("국수");
  await minji.page.locator("#side a.message-link mark", { hasText: "국수" }).waitFor();

  for (const { page } of all) await page.locator("#message-list li.message").nth(7).waitFor();
  await assertSameLog(...all);
  for (const person of all) await person.page.reload();
  for (const { page } of all) await page.locator("#message-list li.message").nth(7).waitFor();
  await assertSameLog(...all);
});

chat.test("roles: one is made a moderator, mutes and puts out another, who comes back, and leaves", async (scene) => {
  const [minji, jihun, anna] = await meet(scene, "사랑채");
  await minji.say("어서 오세요");
  await openCard(minji, "지훈");
  await minji.page.locator("#side").getByLabel("역할").selectOption({ label: "운영자" });

  await openCard(jihun, "Anna");
  const side = jihun.page.locator("#side");
  await side.getByRole("button", { name: "쓰기 제한…" }).tap();
  await side.getByRole("button", { name: "쓰기 제한하기" }).tap();
  await side.getByRole("button", { name: "다시 쓸 수 있게 하기" }).waitFor();
  await side.getByRole("button", { name: "다시 쓸 수 있게 하기" }).tap();
  await side.getByRole("button", { name: "쓰기 제한…" }).waitFor();
  await anna.say("May I?");
  await minji.reads(["어서 오세요", "May I?"]);

  await side.getByRole("button", { name: "내보내기…" }).tap();
  await side.getByRole("button", { name: "내보내기", exact: true }).tap();
  await anna.page.getByText("You are no longer in “사랑채”.").waitFor();
  await goTo(anna, "사랑채");
  await anna.reads(["어서 오세요", "May I?"]);
  await anna.say("I am back");
  await jihun.page.locator("#side-close").tap();
  for (const person of [minji, jihun, anna]) await person.reads(["어서 오세요", "May I?", "I am back"]);
  await assertSameLog(minji, jihun, anna);
});

chat.test("two of a room write to each other: a direct message is theirs alone, on the phone as well", async (scene) => {
  const [minji, jihun, anna] = await meet(scene, "마루방");
  await openCard(minji, "지훈");
  await minji.page.getByRole("button", { name: "1:1로 대화하기" }).click();
  await minji.page.locator("#room-name", { hasText: "지훈" }).waitFor();
  await minji.say("둘이서만");
  await minji.reads(["둘이서만"]);

  await jihun.page.tap(".open-rooms");
  await jihun.page.locator("#room-list a", { hasText: "민지" }).tap();
  await jihun.reads(["둘이서만"]);
  await jihun.say("네, 둘이서만");
  for (const person of [minji, jihun]) await person.reads(["둘이서만", "네, 둘이서만"]);
  await assertSameLog(minji, jihun);
  await anna.reads([]);
  assertEquals(await anna.page.locator("#room-list a").count(), 1);
});

/** 민지 makes a public room, 지훈 and Anna come by its link. */
async function meet({ enter }: Scene, room: string): Promise<[Person, Person, Person]> {
  const minji = await enter("민지", "마당");
  const { page } = minji;
  await page.click("#new-room");
  await page.getByRole("dialog", { name: "새 방" }).getByLabel("이름").fill(room);
  await page.getByRole("button", { name: "방 만들기" }).click();
  await page.locator("#room-name", { hasText: room }).waitFor();
  return [minji, ...await Promise.all([enter("지훈", room, PHONE), enter("Anna", room, ENGLISH)])];
}

/** @returns An invitation's link, for ten. */
async function makePrivate({ page }: Person, title: string): Promise<string> {
  await page.click("#new-room");
  await page.getByRole("radio", { name: "초대받은 사람만" }).check();
  await page.getByLabel("제목").fill(title);
  await page.getByRole("button", { name: "방 만들기" }).click();
  await page.getByLabel("몇 명이 쓸 수 있나요?").selectOption({ label: "열 명" });
  await page.getByRole("button", { name: "초대장 만들기" }).click();
  const link = await page.getByLabel("초대 링크").inputValue();
  await page.getByRole("button", { name: "방으로 가기" }).click();
  await page.locator("#room-name", { hasText: title }).waitFor();
  return link;
}

/** Somebody's card, by the list of people. */
async function openCard({ page }: Person, name: string): Promise<void> {
  await page.locator("a[data-side=people]").click();
  await page.locator("#side a.row", { hasText: name }).click();
  await page.locator("#side .person-name", { hasText: name }).waitFor();
}

/** Follows a link to a room. */
async function goTo({ page }: Person, room: string): Promise<void> {
  await page.evaluate((room) => location.hash = `#${encodeURIComponent(room)}`, room);
}
