/**
 * What is closed to somebody: the page says so before they try, says why afterwards, and leads back to where they were.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Person, useChat } from "./chat.ts";
import { askAs } from "./operator.ts";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

const chat = useChat();

chat.test("a phone too says that a room does not let one in, and Back leads to where one was", async ({ enter }) => {
  const person = await enter("민지", "사랑방", PHONE);
  const closed = `p-${"0".repeat(20)}`;
  await goTo(person, closed);
  await person.page.locator(".toast", { hasText: `‘${closed}’ 방에 들어갈 수 없어요.` }).waitFor();
  await person.page.goBack();
  await person.page.locator("#room-name:visible", { hasText: "사랑방" }).waitFor();
  await person.say("돌아왔어요");
  await person.reads(["돌아왔어요"]);
});

chat.test("where nothing can be written there is no box, but the reason, until it is over", async ({ pair }) => {
  const [minji, jihun] = await pair("사랑방");
  const name = "공고";
  await askAs(jihun, "POST", "/v1/rooms", { kind: "public", name, write: "moderators" });
  await goTo(minji, name);
  const note = minji.page.getByText("이 방에는 방을 관리하는 사람만 쓸 수 있어요.");
  await note.waitFor();
  assertEquals(await minji.box.isVisible(), false);
  await askAs(jihun, "PATCH", `/v1/rooms/${name}`, { write: "members" });
  await note.waitFor({ state: "hidden" });
  await minji.say("이제 돼요");
  await minji.reads(["이제 돼요"]);
  await askAs(jihun, "PATCH", `/v1/rooms/${name}`, { archived: true });
  await minji.page.getByText("보관된 방이에요.").waitFor();
  assertEquals(await minji.box.isVisible(), false);
  await goTo(minji, "사랑방");
  await minji.box.waitFor();
});

chat.test("a link to a message or a thread that is none says so", async ({ enter }) => {
  const person = await enter("민지", "골방");
  await person.say("여기예요");
  await person.reads(["여기예요"]);
  await person.page.evaluate((hash) => location.hash = hash, "#골방/nothing");
  await person.page.locator(".toast", { hasText: "삭제되었거나 더는 보관되지 않는 메시지예요." }).waitFor();
  await person.page.evaluate((hash) => location.hash = hash, "#골방?thread=nothing");
  await person.page.getByText("이 스레드가 달린 메시지가 사라졌어요.").waitFor();
  // What the browser writes of a refusal.
  person.visitor.forgive();
});

chat.test("a dialog that cannot be loaded says so, and opens when the network is back", async ({ enter }) => {
  const person = await enter("민지", "사랑방");
  await person.page.route("**/new_room.js*", (route) => route.abort());
  await person.page.click("#new-room");
  const toast = person.page.locator(".toast", { hasText: "불러오지 못했어요." });
  await toast.waitFor();
  await person.page.unroute("**/new_room.js*");
  await toast.getByRole("button", { name: "다시 시도" }).click();
  await person.page.getByRole("dialog", { name: "새 방" }).waitFor();
}, { losesNetwork: true });

chat.test(
  "emoji that cannot be loaded say so, the picker as well as their names, and are there when the network is back",
  async ({ enter }) => {
    const person = await enter("민지", "그림말");
    const files = ["**/emoji_picker.js*", "**/emoji/ko.js*"];
    for (const file of files) await person.page.route(file, (route) => route.abort());
    await person.page.click("#composer-emoji");
    for (const file of files) {
      const toast = person.page.locator(".toast", { hasText: "불러오지 못했어요." });
      await toast.waitFor();
      await person.page.unroute(file);
      await toast.getByRole("button", { name: "다시 시도" }).click();
    }
    await person.page.getByRole("dialog", { name: "이모지" }).waitFor();
  },
  { losesNetwork: true },
);

chat.test("an edit is not lost where what it takes cannot be loaded", async ({ enter }) => {
  const person = await enter("민지", "고치는-방", {
    prepare: (page) => page.route("**/message_operations.js*", (route) => route.abort()),
  });
  await person.say("처음 글");
  await person.reads(["처음 글"]);
  await person.box.press("ArrowUp");
  await person.box.fill("고친 글");
  await person.box.press("Enter");
  const toast = person.page.locator(".toast", { hasText: "고치지 못했어요." });
  await toast.waitFor();
  await person.page.unroute("**/message_operations.js*");
  await toast.getByRole("button", { name: "다시 고치기" }).click();
  assertEquals(await person.box.inputValue(), "고친 글");
  await person.box.press("Enter");
  await person.reads(["고친 글"]);
}, { losesNetwork: true });

chat.test("a link to a pane that there is none of leads to the room", async ({ enter }) => {
  const person = await enter("민지", "앞방", PHONE);
  for (const panel of ["nothing", "constructor"]) {
    await person.page.evaluate((hash) => location.hash = hash, `#앞방?${panel}`);
    await person.page.reload();
    await person.is("online");
    assertEquals(await person.box.isVisible(), true, panel);
  }
});

chat.test("of many rooms the open one is in sight in the list", async ({ enter }) => {
  const person = await enter("민지", "처음", { viewport: { width: 1200, height: 500 } });
  for (let room = 0; room < 12; room++) {
    await goTo(person, `방-${room}`);
    await person.page.locator(`a[data-room="방-${room}"][aria-current]`).waitFor();
  }
  await goTo(person, "처음");
  const link = person.page.locator(`a[data-room="처음"][aria-current]`);
  await link.waitFor();
  assertEquals(await link.evaluate((link) => link.getBoundingClientRect().bottom < innerHeight - 60), true);
});

chat.test("at the door nothing is left of who was here, and why one is there stays when one goes Back", async ({ enter, origin }) => {
  const person = await enter("민지", "첫째");
  const { page } = person;
  await goTo(person, "둘째");
  await person.say("비밀이에요");
  await person.reads(["비밀이에요"]);
  await page.evaluate(() => location.hash += "?search");
  await page.locator("#side").getByRole("searchbox").fill("비밀");
  await page.locator("#side").getByText("메시지 1개를 찾았어요").waitFor();
  const tab = await page.context().newPage();
  await tab.goto(`${origin}/docs`);
  await tab.evaluate(() => localStorage.removeItem("maru.token"));
  const note = page.getByText("다른 창이나 기기에서 로그아웃되었어요.");
  await note.waitFor();
  await page.goBack();
  await note.waitFor();
  const left = await page.evaluate(() => document.body.textContent?.match(/민지|비밀|둘째/gu) ?? []);
  assertEquals([left, await page.inputValue("#name")], [["둘째"], "민지"]);
});

/** Follows a link. */
async function goTo({ page }: Person, place: string) {
  await page.evaluate((place) => location.hash = place, `#${encodeURIComponent(place)}`);
}
