/**
 * Settings: who one is, signing out and in, and what is kept of one; and the list of shortcuts.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { addAuthenticator } from "./authenticator.ts";
import { useChat } from "./chat.ts";
import { idOf } from "./operator.ts";

const chat = useChat();

chat.test("another name holds at once, for the same person, and one that is refused is said to be", async ({ enter, pair }) => {
  const [minji, jihun] = await pair("이름-바꾸기");
  const { page } = minji;
  const id = await idOf(minji);
  await page.click("#open-settings");
  const name = page.getByRole("dialog").getByLabel("이름", { exact: true });
  await name.fill("가".repeat(33));
  await name.press("Enter");
  await page.getByText("이름은 32자까지 쓸 수 있어요.").waitFor();
  await name.fill("민지 언니");
  await name.press("Enter");
  await page.getByText("이름을 바꿨어요: 민지 언니").waitFor();
  await page.keyboard.press("Escape");
  await minji.say("저예요");
  await jihun.page.locator("li.message .author", { hasText: "민지 언니" }).waitFor();
  assertEquals(await idOf(minji), id);
  await page.reload();
  await minji.is("online");
  await page.locator("#me", { hasText: "민지 언니" }).waitFor();

  // Renamed from another device: a page that opens later with the former name does not rename them back.
  await page.evaluate(() => localStorage.setItem("maru.name", "민지"));
  await page.reload();
  await page.locator("#me", { hasText: "민지 언니" }).waitFor();
  const other = await enter("하늘", "이름-바꾸기");
  await other.page.locator("li.message .author", { hasText: "민지 언니" }).waitFor();
});

chat.test("a passkey keeps the name: one signs out, comes back with it as the same person, and may delete it", async ({ origin, enter }) => {
  const home = origin.replace("127.0.0.1", "localhost");
  const minji = await enter("은우", "열쇠", { origin: home });
  const { page } = minji;
  await addAuthenticator(minji);
  const id = await idOf(minji);
  await page.click("#open-settings");
  await page.getByText("패스키가 없으면 이름이 보관되지 않고").waitFor();
  await page.getByRole("button", { name: "패스키 만들기" }).click();
  await page.getByText("됐어요. 이제 이 이름은 내 이름이에요.").waitFor();
  await page.getByRole("button", { name: "패스키 만들기" }).click();
  await page.getByText("이 기기에는 이미 내 패스키가 있어요.").waitFor();

  await page.getByRole("button", { name: "로그아웃", exact: true }).click();
  // The answer that changes nothing has the focus.
  await page.locator("button:focus", { hasText: "취소" }).waitFor();
  assertEquals(await page.getByText("돌아올 수 없어요").count(), 0);
  await page.getByRole("group").getByRole("button", { name: "로그아웃" }).click();
  await page.getByText("로그아웃했어요.").waitFor();
  assertEquals(await page.inputValue("#name"), "");
  assertEquals(await page.evaluate(() => [localStorage.getItem("maru.token"), location.hash]), [null, ""]);
  assertEquals(await page.locator("li.message").count(), 0);

  await page.fill("#name", "은우");
  await page.press("#name", "Enter");
  await page.getByText("다른 사람이 쓰고 있는 이름이에요.").waitFor();
  await page.getByRole("button", { name: "패스키로 들어가기" }).click();
  await minji.is("online");
  await page.locator("#me", { hasText: "은우" }).waitFor();
  assertEquals(await idOf(minji), id);

  await page.click("#open-settings");
  await page.getByRole("button", { name: "지우기", exact: true }).click();
  await page.getByText("마지막 패스키예요.").waitFor();
  await page.getByRole("group", { name: /지울까요/ }).getByRole("button", { name: "지우기" }).click();
  await page.getByText("패스키가 없으면 이름이 보관되지 않고").waitFor();
  minji.visitor.forgive();
});

chat.test("without a passkey the question says that nobody can come back; Cancel changes nothing", async ({ enter }) => {
  const minji = await enter("민지", "나가기");
  const { page } = minji;
  await page.click("#open-settings");
  await page.getByRole("button", { name: "로그아웃", exact: true }).click();
  await page.getByText("이 이름(민지)으로 돌아올 수 없어요.").waitFor();
  await page.keyboard.press("Enter");
  await page.locator("button:focus", { hasText: "로그아웃" }).waitFor();
  await page.keyboard.press("Escape");
  await minji.say("아직 있어요");
  await minji.reads(["아직 있어요"]);
});

chat.test("signed out everywhere, another browser of the person is back at the door and told why", async ({ enter }) => {
  const minji = await enter("민지", "두-기기");
  const token = await minji.page.evaluate(() => localStorage.getItem("maru.token"));
  const phone = await enter("민지", "두-기기", {
    prepare: (page) =>
      page.addInitScript((token) => {
        if (localStorage.getItem("maru.seen") !== null) return;
        localStorage.setItem("maru.seen", "1");
        localStorage.setItem("maru.token", String(token));
      }, token),
  });
  assertEquals(await idOf(phone), await idOf(minji));
  await minji.page.click("#open-settings");
  await minji.page.getByRole("button", { name: "모든 곳에서 로그아웃" }).click();
  await minji.page.getByRole("group").getByRole("button", { name: "모든 곳에서 로그아웃" }).click();
  await minji.page.getByText("로그아웃했어요.").waitFor();
  await phone.page.getByText("다른 창이나 기기에서 로그아웃되었어요.").waitFor();
  // A guest again by one press: the name is still there, the room is.
  assertEquals(await phone.page.inputValue("#name"), "민지");
  await phone.page.press("#name", "Enter");
  await phone.is("online");
  assertEquals(await phone.page.textContent("#room-name"), "두-기기");
});

chat.test("one's data can be taken along, and everything erased, but not by accident", async ({ pair }) => {
  const [minji, jihun] = await pair("지우기");
  const { page } = minji;
  await minji.say("사라질 말");
  await jihun.reads(["사라질 말"]);
  await page.click("#open-settings");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "내 정보 내려받기" }).click(),
  ]);
  assertMatch(download.suggestedFilename(), /^maru-\d{4}-\d\d-\d\d\.ndjson$/);
  assert((await Deno.readTextFile(await download.path())).includes("사라질 말"));

  await page.getByText("모두 지우고 떠나기").click();
  const sure = page.getByRole("button", { name: "나에 대한 모든 것 지우기" });
  assert(await sure.isDisabled());
  const name = page.getByLabel("계속하려면 이름을 적어 주세요: 민지");
  await name.fill("민");
  await name.press("Enter");
  assert(await sure.isDisabled());
  await name.fill("민지");
  await sure.click();
  await page.getByText("로그아웃했고, 남아 있던 정보를 지우고 있어요.").waitFor();
  // What it does to messages takes minutes, and is tests/chat/erasure_test.ts' to see.
  assertEquals(await page.inputValue("#name"), "");
  assertEquals(await page.evaluate(() => ["token", "name"].map((key) => localStorage.getItem(`maru.${key}`))), [
    null,
    null,
  ]);
});

chat.test("? shows the shortcuts, but is a question mark where one writes; Alt and arrows go from room to room", async ({ enter }) => {
  const minji = await enter("민지", "가방");
  const { page } = minji;
  await page.evaluate(() => location.hash = "나방");
  await page.locator("#room-list a[aria-current]", { hasText: "나방" }).waitFor();
  await minji.box.press("?");
  assertEquals(await minji.box.inputValue(), "?");
  await minji.box.fill("");
  await page.locator("#open-settings").focus();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "단축키" }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Alt+ArrowDown");
  await page.locator("#room-name", { hasText: "가방" }).waitFor();
  await page.keyboard.press("Alt+ArrowDown");
  await page.locator("#room-name", { hasText: "나방" }).waitFor();

  const jihun = await enter("지훈", "가방");
  await jihun.say("새 글");
  await page.locator("#room-list a[data-unread=true]", { hasText: "가방" }).waitFor();
  await page.keyboard.press("Alt+Shift+ArrowUp");
  await page.locator("#room-name", { hasText: "가방" }).waitFor();
  await page.keyboard.press("Control+,");
  await page.getByRole("dialog", { name: "설정" }).waitFor();
});
