import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import { assertSameLog, useChat } from "./chat.ts";
import { askAs } from "./operator.ts";
import { ackOf, framesSent, holdWire } from "./wire.ts";

/** So few a second that a busy machine, too, meets the limit. */
const chat = useChat({ env: { SEND_RATE: "3" } });

chat.test("what each of two says both read, in one order, under a Korean room name", async ({ pair }) => {
  const [minji, jihun] = await pair("한글방");
  await minji.say("안녕하세요");
  await jihun.reads(["안녕하세요"]);
  await jihun.say("반가워요 👋", "여기 처음이에요");
  const all = ["안녕하세요", "반가워요 👋", "여기 처음이에요"];
  await minji.reads(all);
  await jihun.reads(all);
  await assertSameLog(minji, jihun);
  assertEquals(await minji.page.title(), "한글방 · Maru");
  assertEquals(await jihun.page.locator("li.message:not(.own) .author").allTextContents(), ["민지"]);
});

chat.test("a decomposed room name is the same room", async ({ enter }) => {
  const [minji, jihun] = await Promise.all([
    enter("민지", "가나다방".normalize("NFC")),
    enter("지훈", "가나다방".normalize("NFD")),
  ]);
  await minji.say("같은 방");
  await jihun.reads(["같은 방"]);
  assertEquals(await jihun.page.textContent("#room-name"), "가나다방");
});

chat.test("rooms keep to themselves, and going back to one shows it again with its draft", async ({ enter }) => {
  const [minji, jihun] = await Promise.all([enter("민지", "이쪽"), enter("지훈", "저쪽")]);
  await minji.say("이쪽 말");
  await jihun.say("저쪽 말");
  await minji.reads(["이쪽 말"]);
  await minji.box.fill("쓰다 만 말");
  await minji.page.goto(`${minji.page.url().split("#")[0]}#저쪽`);
  await minji.reads(["저쪽 말"]);
  assertEquals(await minji.box.inputValue(), "");
  await minji.page.goBack();
  await minji.reads(["이쪽 말"]);
  assertEquals(await minji.box.inputValue(), "쓰다 만 말");
  await minji.box.fill("");
});

chat.test("typing is seen by the others, and ends with the message", async ({ pair }) => {
  const [minji, jihun] = await pair("입력");
  await minji.box.pressSequentially("쓰는");
  await jihun.page.getByText("민지님이 입력 중…", { exact: true }).waitFor();
  assertEquals(await minji.page.textContent("#typing"), "");
  await minji.box.press("Enter");
  await jihun.reads(["쓰는"]);
  assertEquals(await jihun.page.textContent("#typing"), "");
});

chat.test("typing ends after five seconds without a word", async ({ pair }) => {
  const [minji, jihun] = await pair("입력-끝");
  // From here on, and not from the start: the page's own timers go on as they are.
  await jihun.page.clock.install();
  await minji.box.pressSequentially("쓰");
  await jihun.page.getByText("민지님이 입력 중…", { exact: true }).waitFor();
  await jihun.page.clock.fastForward(5_000);
  await jihun.page.locator("#typing:empty").waitFor({ state: "attached" });
  await minji.box.fill("");
});

chat.test("a message is pending until the server has answered, then sent", async ({ enter }) => {
  const held = Promise.withResolvers<() => void>();
  const minji = await enter("민지", "기다림", {
    prepare: (page) =>
      holdWire(page, {
        in(frame, text, socket) {
          if (ackOf(frame) !== undefined) held.resolve(() => socket.send(text));
          // The event of one's own message says the same as the answer.
          return ackOf(frame) !== undefined || frame["type"] === "events" ? undefined : text;
        },
      }),
  });
  await minji.say("가는 중");
  const release = await held.promise;
  // The server may be quicker than the next frame.
  await minji.page.locator("li.message").waitFor();
  assertEquals((await minji.shown()).map(({ status, cursor }) => ({ status, cursor })), [
    { status: "pending", cursor: "" },
  ]);
  await minji.page.getByText("보내는 중…").waitFor();
  release();
  await minji.reads(["가는 중"]);
  assertMatch((await minji.shown())[0]?.cursor ?? "", /./);
});

chat.test("an answer that is lost makes no second message of the retry", async ({ pair }) => {
  let isCutting = true;
  let sends: readonly unknown[] = [];
  const [minji, jihun] = await pair("잃은-답", {
    async prepare(page) {
      await holdWire(page, {
        in(frame, text, socket) {
          if (!isCutting || (ackOf(frame) === undefined && frame["type"] !== "events")) return text;
          // Durable on the server, unknown on the page; and the connection goes with the answer.
          if (ackOf(frame) !== undefined) {
            isCutting = false;
            socket.close({ code: 1012 });
          }
        },
      });
      sends = framesSent(page, "send");
    },
  });
  await minji.say("하나", "둘");
  await minji.reads(["하나", "둘"]);
  await jihun.say("셋");
  await minji.reads(["하나", "둘", "셋"]);
  await jihun.reads(["하나", "둘", "셋"]);
  await assertSameLog(minji, jihun);
  assert(sends.length >= 2);
});

chat.test("a message that the server refuses is marked, and goes out under the same key on retry", async ({ pair }) => {
  let isTooLong = true;
  const [minji, jihun] = await pair("거절", {
    prepare: (page) =>
      holdWire(page, {
        out: (frame, text) =>
          isTooLong && frame["type"] === "send" ? JSON.stringify({ ...frame, text: "가".repeat(4_001) }) : text,
      }),
  });
  await minji.say("다시 보낼 말");
  await minji.page.getByText("보내지 못했어요: 너무 길어요").waitFor();
  const [failed] = await minji.shown();
  assertEquals(failed?.status, "failed");
  isTooLong = false;
  await minji.page.getByRole("button", { name: "다시 보내기", exact: true }).click();
  await minji.reads(["다시 보낼 말"]);
  assertEquals((await minji.shown())[0]?.key, failed?.key);
  await minji.say("다음 말");
  await jihun.reads(["다시 보낼 말", "다음 말"]);
});

chat.test("a refused message can be discarded, and is not tried again by a reload", async ({ enter }) => {
  const minji = await enter("민지", "버림", {
    prepare: (page) =>
      holdWire(page, {
        out: (frame, text) =>
          frame["text"] === "버릴 말" ? JSON.stringify({ ...frame, text: "가".repeat(4_001) }) : text,
      }),
  });
  await minji.say("버릴 말");
  await minji.page.getByRole("button", { name: "지우기", exact: true }).click();
  await minji.reads([]);
  await minji.page.reload();
  await minji.say("남은 말");
  await minji.reads(["남은 말"]);
});

chat.test("faster than the rate limit, all of it arrives, in order, on the same connection", async ({ pair }) => {
  let hellos: readonly unknown[] = [];
  let refusals = 0;
  const [minji, jihun] = await pair("빨리", {
    async prepare(page) {
      hellos = framesSent(page, "hello");
      await holdWire(page, {
        in(_, text) {
          if (text.includes('"rate_limited"')) refusals++;
          return text;
        },
      });
    },
  });
  const texts = Array.from({ length: 15 }, (_, i) => `말 ${i + 1}`);
  await minji.sayAtOnce(texts);
  await minji.reads(texts);
  await jihun.reads(texts);
  await assertSameLog(minji, jihun);
  assertEquals(hellos.length, 1);
  assertGreater(refusals, 0);
});

chat.test("what was sent before a reload without a network arrives once after it", async ({ pair }) => {
  let isDeaf = false;
  const [minji, jihun] = await pair("새로고침", {
    prepare: (page) => holdWire(page, { out: (frame, text) => isDeaf && frame["type"] === "send" ? undefined : text }),
  });
  await minji.say("앞");
  await minji.reads(["앞"]);
  isDeaf = true;
  await minji.say("새로고침 전", "그다음");
  isDeaf = false;
  await minji.page.reload();
  await minji.reads(["앞", "새로고침 전", "그다음"]);
  await jihun.reads(["앞", "새로고침 전", "그다음"]);
  await assertSameLog(minji, jihun);
});

chat.test("somebody who takes another name stays the same guest", async ({ pair }) => {
  const [minji, jihun] = await pair("이름");
  await minji.say("민지입니다");
  await minji.reads(["민지입니다"]);
  await minji.page.click("#open-settings");
  await minji.page.fill("#settings-name", "바다");
  await minji.page.press("#settings-name", "Enter");
  await minji.page.locator("#me", { hasText: "바다" }).waitFor();
  await minji.page.keyboard.press("Escape");
  await minji.is("online");
  await minji.say("이제 바다입니다");
  await jihun.reads(["민지입니다", "이제 바다입니다"]);
  assertEquals(await jihun.page.locator(".author").allTextContents(), ["민지", "바다"]);
  assertEquals(await minji.page.locator("li.own").count(), 2);
});

chat.test("what becomes of messages is seen by the others, and is there after a reload", async ({ pair }) => {
  const [minji, jihun] = await pair("고침");
  await minji.say("오타", "실수", "좋은 말");
  await jihun.reads(["오타", "실수", "좋은 말"]);
  const [typo, slip, good] = (await minji.shown()).map(({ cursor }) => cursor);
  await askAs(minji, "PATCH", `/v1/rooms/고침/messages/${typo}`, { text: "고친 말" });
  await askAs(minji, "DELETE", `/v1/rooms/고침/messages/${slip}`);
  for (const person of [minji, jihun]) await askAs(person, "PUT", `/v1/rooms/고침/messages/${good}/reactions/👍`, {});
  const seen = async () => {
    await jihun.reads(["고친 말", "삭제된 메시지", "좋은 말"]);
    await jihun.page.getByRole("button", { name: "👍 민지, 지훈" }).waitFor();
    assertEquals(await jihun.page.locator(".edited:not(:empty)").allTextContents(), ["수정됨"]);
  };
  await seen();
  await jihun.page.reload();
  await seen();
});
