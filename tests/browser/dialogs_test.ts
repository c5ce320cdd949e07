/**
 * Ways to rooms and people: finding rooms, making them, inviting, and the quick switcher.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { findBarriers } from "./axe.ts";
import { type Person, useChat } from "./chat.ts";

const chat = useChat();

chat.test("Ctrl+K, leading consonants and Enter lead to a room; the keyboard stays in the message box", async ({ enter }) => {
  const person = await enter("민지", "사랑방");
  const { page } = person;
  await person.say("여기 있었어요");
  await goTo(person, "대청마루");
  await page.keyboard.press("Control+k");
  const box = page.getByRole("combobox", { name: "방 또는 사람" });
  await box.fill("ㅅㄹㅂ");
  await page.getByRole("option", { name: "사랑방", selected: true }).waitFor();
  assertEquals(
    await box.getAttribute("aria-activedescendant"),
    await page.getByRole("option").first().getAttribute("id"),
  );
  await page.keyboard.press("Enter");
  await person.reads(["여기 있었어요"]);
  await page.locator("#composer:focus").waitFor();
  assertEquals(await page.locator("dialog").count(), 0);
});

chat.test("Enter that ends a Hangul composition goes there at once, and only once", async ({ enter }) => {
  const person = await enter("민지", "안채");
  const { page } = person;
  await goTo(person, "바깥채");
  await page.click("#open-switcher");
  await page.locator(".search-box:focus").waitFor();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Input.imeSetComposition", { text: "안", selectionStart: 1, selectionEnd: 1 });
  await page.getByRole("option", { name: "안채", selected: true }).waitFor();
  await cdp.send("Input.dispatchKeyEvent", {
    type: "rawKeyDown",
    key: "Process",
    code: "Enter",
    windowsVirtualKeyCode: 229,
  });
  await cdp.send("Input.insertText", { text: "안" });
  await cdp.send("Input.dispatchKeyEvent", { type: "keyUp", key: "Enter", code: "Enter", windowsVirtualKeyCode: 13 });
  await page.locator("#room-name", { hasText: "안채" }).waitFor();
  assertEquals(await page.locator("dialog").count(), 0);
});

chat.test("what is typed while the switcher is on its way stands in its box, also a syllable that is being composed", async ({ enter }) => {
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
  const person = await enter("민지", "바깥채", {
    prepare: (page) => page.route("**/switcher.js*", (route) => arrived.then(() => route.continue())),
  });
  const { page } = person;
  await goTo(person, "안채");
  await page.keyboard.press("Control+k");
  await page.keyboard.press("Escape");
  await page.locator("#composer:focus").waitFor();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("바");
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Input.imeSetComposition", { text: "ㄲ", selectionStart: 1, selectionEnd: 1 });
  arrive();
  await page.getByRole("dialog", { name: "방이나 사람 찾아가기" }).getByRole("option", {
    name: "바깥채",
    selected: true,
  })
    .waitFor();
  await cdp.send("Input.imeSetComposition", { text: "깥", selectionStart: 1, selectionEnd: 1 });
  await cdp.send("Input.insertText", { text: "깥" });
  assertEquals(await page.locator(".search-box").inputValue(), "바깥");
  assertEquals(await person.box.inputValue(), "");
  await page.keyboard.press("Enter");
  await page.locator("#room-name", { hasText: "바깥채" }).waitFor();
});

chat.test("the switcher opens a direct room with somebody who is here, and a room that nobody has used", async ({ pair }) => {
  const [minji] = await pair("사람들");
  const { page } = minji;
  await page.keyboard.press("Control+k");
  await page.locator(".search-box:focus").waitFor();
  await page.keyboard.type("@");
  await page.getByRole("option", { name: /지훈/ }).click();
  await page.locator("#room-name", { hasText: "지훈" }).waitFor();

  await page.keyboard.press("Control+k");
  await page.locator(".search-box:focus").waitFor();
  await page.keyboard.type("새 사랑방");
  await page.getByRole("option", { name: "‘새-사랑방’ 방으로 가기" }).waitFor();
  await page.keyboard.press("Enter");
  await page.locator("#room-name", { hasText: "새-사랑방" }).waitFor();
  await minji.say("첫 손님");
  await minji.reads(["첫 손님"]);
});

chat.test("the switcher's choice goes round with the arrows, and Ctrl+K closes what it has opened", async ({ enter }) => {
  const person = await enter("민지", "하나");
  const { page } = person;
  await goTo(person, "둘");
  await page.keyboard.press("Control+k");
  const chosen = page.getByRole("option", { selected: true });
  await chosen.getByText("하나").waitFor();
  await page.keyboard.press("ArrowUp");
  await chosen.getByText("둘").waitFor();
  await page.keyboard.press("ArrowDown");
  await chosen.getByText("하나").waitFor();
  await page.keyboard.press("Control+k");
  await page.locator("dialog").waitFor({ state: "detached" });
  await page.locator("#composer:focus").waitFor();
});

chat.test("the key that comes right after a dialog was closed is understood", async ({ enter }) => {
  const person = await enter("민지", "하나");
  const { page } = person;
  await goTo(person, "둘");
  await page.keyboard.press("Control+k");
  await page.locator(".search-box:focus").waitFor();
  // Before the browser has told of its end.
  await page.evaluate(() => {
    document.querySelector("dialog")?.close();
    dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true, cancelable: true }));
  });
  await page.locator("dialog[open] .search-box:focus").waitFor();
  await page.evaluate(() => {
    document.querySelector<HTMLDialogElement>("dialog[open]")?.close();
    dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", altKey: true, cancelable: true }));
  });
  await page.locator("#room-name", { hasText: "하나" }).waitFor();
});

chat.test("public rooms are found by a part of their name, and opened by the keyboard", async ({ enter }) => {
  await enter("지훈", "한옥-수리");
  await enter("하늘", "한옥-구경");
  const { page } = await enter("민지", "마당");
  await page.click("#browse");
  await page.locator(".search-box:focus").waitFor();
  const links = page.locator(".browse a");
  await links.getByText("한옥-구경").waitFor();
  await page.keyboard.type("수리");
  await page.waitForFunction(() => document.querySelectorAll(".browse a").length === 1);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.locator("#room-name", { hasText: "한옥-수리" }).waitFor();
  await page.locator("#room-list a[aria-current]", { hasText: "한옥-수리" }).waitFor();
});

chat.test("what is not found can be made: the name is checked, and a taken one leads to the room", async ({ enter }) => {
  await enter("지훈", "다락방");
  const { page } = await enter("민지", "마당");
  await page.click("#browse");
  await page.locator(".search-box:focus").waitFor();
  await page.keyboard.type("없는 방");
  await page.getByText("‘없는 방’ 글자가 들어간 이름의 공개 방은 없어요.").waitFor();
  await page.getByRole("button", { name: "‘없는 방’ 방 새로 만들기" }).click();
  const name = page.getByRole("dialog", { name: "새 방" }).getByLabel("이름");
  assertEquals(await name.inputValue(), "없는 방");
  await name.fill("안 돼요!");
  await page.keyboard.press("Enter");
  await page.getByText("방 이름에는 글자, 숫자, ‘_’, ‘-’만 쓸 수 있어요.").waitFor();
  await name.fill("다락방");
  await page.keyboard.press("Enter");
  await page.getByText("‘다락방’ 방이 이미 있어요.").waitFor();
  await name.fill("없던 방");
  await page.getByLabel("무엇을 이야기하나요?").fill("비 오는 날 이야기");
  await page.getByLabel("누가 쓸 수 있나요?").selectOption("moderators");
  await page.getByRole("button", { name: "방 만들기" }).click();
  await page.locator("#room-name", { hasText: "없던-방" }).waitFor();
  await page.locator("#topic", { hasText: "비 오는 날 이야기" }).waitFor();
});

chat.test("a private room is made with an invitation, by which somebody comes in", async ({ enter }) => {
  const minji = await enter("민지", "마당");
  await minji.page.click("#new-room");
  await minji.page.getByRole("radio", { name: "초대받은 사람만" }).check();
  await minji.page.getByRole("button", { name: "방 만들기" }).click();
  await minji.page.getByText("방의 제목을 적어 주세요.").waitFor();
  await minji.page.getByLabel("제목").fill("우리 집");
  await minji.page.getByRole("button", { name: "방 만들기" }).click();
  await minji.page.getByRole("button", { name: "초대장 만들기" }).click();
  const link = await minji.page.getByLabel("초대 링크").inputValue();
  await minji.page.getByRole("button", { name: "방으로 가기" }).click();
  await minji.page.locator("#room-name", { hasText: "우리 집" }).waitFor();

  const jihun = await enter("지훈", "마당");
  await jihun.page.goto(link);
  await jihun.page.getByText("민지님이 ‘우리 집’ 방에 초대했어요.").waitFor();
  await jihun.page.getByRole("dialog").getByRole("button", { name: "들어가기" }).click();
  await jihun.page.locator("#room-name", { hasText: "우리 집" }).waitFor();
  await jihun.say("들어왔어요");
  await minji.reads(["들어왔어요"]);

  await jihun.page.goto(link.replace(/=.*/, "=nothing"));
  await jihun.page.getByText("이제 쓸 수 없는 초대예요.").waitFor();
  await jihun.page.keyboard.press("Escape");
  await jihun.page.locator("#room-name", { hasText: "우리 집" }).waitFor();
});

chat.test("an invitation that is over leads a newcomer to the list of rooms and into none, and others back to where they were", async ({ visit, enter, origin }) => {
  const newcomer = await visit("");
  await newcomer.page.goto(`${origin}/#invite=nothing`);
  await newcomer.page.fill("#name", "서연");
  await newcomer.page.press("#name", "Enter");
  await closeInvitation(newcomer);
  await newcomer.page.waitForURL(({ hash }) => hash === "#/");
  await newcomer.page.getByText("아직 들어간 방이 없어요.").waitFor();

  const guest = await enter("민지", "안채");
  await guest.page.goto(`${origin}/#invite=nothing`);
  await closeInvitation(guest);
  await guest.page.locator("#room-name", { hasText: "안채" }).waitFor();
});

for (const colorScheme of ["light", "dark"] as const) {
  chat.test(`axe finds nothing serious in a dialog or in a room's menu, and 320 pixels are enough (${colorScheme})`, async ({ enter }) => {
    const { page } = await enter("민지", "뜰", { viewport: { width: 320, height: 640 }, colorScheme });
    await page.click(".open-rooms");
    await page.locator("#room-list a").waitFor();
    for (const id of ["open-switcher", "browse", "new-room", "open-settings"]) {
      await page.click(`#${id}`);
      const dialog = page.locator("dialog");
      await dialog.waitFor();
      // Its lists come after it; what is folded is looked at as well.
      await page.waitForFunction(() => !document.querySelector("dialog")?.textContent?.includes("찾고 있어요…"));
      await dialog.evaluate((element) => {
        for (const each of element.querySelectorAll("details")) each.open = true;
      });
      assertEquals(await findBarriers(page), [], id);
      assertEquals(await dialog.evaluate(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth), false, id);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
    }
    await page.keyboard.press("?");
    await page.locator(".shortcuts").waitFor();
    assertEquals(await findBarriers(page), []);
    await page.keyboard.press("Escape");
    await page.locator(".room-more").click();
    await page.getByRole("menu").waitFor();
    assertEquals(await findBarriers(page), []);
  });
}

/** Follows a link to a room. */
async function goTo({ page }: Person, room: string): Promise<void> {
  await page.evaluate((room) => location.hash = room, room);
  await page.locator("#room-name", { hasText: room }).waitFor();
  await page.locator("#room-list a[aria-current]", { hasText: room }).waitFor();
}

async function closeInvitation(person: Person): Promise<void> {
  const dialog = person.page.getByRole("dialog", { name: "초대" });
  await dialog.getByRole("alert").filter({ hasText: /./ }).waitFor();
  await person.page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  // What the browser writes of a refusal.
  person.visitor.forgive();
}
