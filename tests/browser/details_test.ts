/**
 * A room's details and pins, invitations, who may not write, and a conversation that a stranger begins.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { useChat } from "./chat.ts";
import { API_KEY, idOf, operate, setRole } from "./operator.ts";
import { goTo, open } from "./side.ts";

const chat = useChat({ env: { API_KEY } });

chat.test("an owner changes a room, everybody sees it at once, and what a member may not do is not offered", async ({ origin, pair }) => {
  const room = "설정-방";
  const [minji, jihun] = await pair(room);
  await setRole(origin, room, await idOf(minji), "owner");
  const side = await open(minji, "details");
  await side.getByText("방 설정").click();
  await side.getByLabel("제목").fill("우리 집 마루");
  await side.getByLabel("소개").fill("차 마시며 이야기해요");
  await side.getByLabel("천천히 쓰기").selectOption({ label: "10초" });
  await side.getByLabel("메시지를 남겨 두는 날수").fill("천 년");
  await side.getByRole("button", { name: "저장", exact: true }).click();
  await side.getByText("0부터 3650까지의 수를 적어 주세요.").waitFor();
  await side.getByLabel("메시지를 남겨 두는 날수").fill("30");
  await side.getByRole("button", { name: "저장", exact: true }).click();
  await jihun.page.locator("#room-name", { hasText: "우리 집 마루" }).waitFor();
  await jihun.page.locator("#room-list a", { hasText: "우리 집 마루" }).waitFor();

  const theirs = await open(jihun, "details");
  await theirs.getByText("메시지는 30일 동안 남아요").waitFor();
  await theirs.getByText("천천히 쓰기: 10초").waitFor();
  for (const title of ["방 설정", "초대", "신고", "관리 기록", "모두 파일로 저장하기"]) {
    assertEquals(await theirs.getByText(title, { exact: true }).isVisible(), false, title);
  }
});

chat.test("what a room tells me of and whether it is a favourite is chosen at once, and stays", async ({ enter }) => {
  const minji = await enter("민지", "고르기");
  const side = await open(minji, "details");
  await side.getByLabel("나를 부를 때만").check();
  await minji.page.locator('#room-list a[data-room="고르기"][data-quiet="true"]').waitFor();
  await side.getByLabel("즐겨찾기", { exact: true }).check();
  await minji.page.getByRole("list", { name: "즐겨찾기" }).getByText("고르기").waitFor();
  await minji.page.reload();
  await side.getByLabel("즐겨찾기", { exact: true }).waitFor();
  await minji.page.waitForFunction(() =>
    [...document.querySelectorAll<HTMLInputElement>("#side input:checked")].map(({ value }) => value).join() ===
      "mentions,on"
  );
});

chat.test(
  "what is asked for while the server is away is done when it is back, and a search is answered then",
  async ({ startServer, enter }) => {
    const server = await startServer();
    const minji = await enter("민지", "끊긴-길", { origin: server.origin });
    await minji.say("남아 있는 말");
    await minji.reads(["남아 있는 말"]);
    await open(minji, "search");
    const side = await open(minji, "details");
    await side.getByLabel("나를 부를 때만").waitFor();
    await server.stop("SIGKILL");
    await minji.is("waiting");
    await side.getByLabel("나를 부를 때만").check();
    await open(minji, "pins");
    await side.getByText("불러오지 못했어요.").waitFor();
    await open(minji, "search=남아");
    await side.getByText("찾는 중…").waitFor();
    await server.start();
    await side.locator("a.message-link mark").waitFor();
    await open(minji, "pins");
    await side.getByText("아직 고정한 메시지가 없어요.").waitFor();
    await minji.page.locator('#room-list a[data-room="끊긴-길"][data-quiet="true"]').waitFor();
    await minji.page.reload();
    await minji.page.locator('#room-list a[data-room="끊긴-길"][data-quiet="true"]').waitFor();
  },
  { losesNetwork: true },
);

chat.test("pins are listed newest first, come and go live, and lead to their messages", async ({ origin, pair }) => {
  const room = "압정";
  const [minji, jihun] = await pair(room);
  await minji.say("첫째", "둘째", "셋째");
  await jihun.reads(["첫째", "둘째", "셋째"]);
  await setRole(origin, room, await idOf(minji), "moderator");
  const side = await open(minji, "pins");
  const theirs = await open(jihun, "pins");
  await theirs.getByText("아직 고정한 메시지가 없어요.").waitFor();
  const [first, , third] = await minji.shown();
  for (const message of [first, third]) {
    await operate(origin, "PUT", `/v1/rooms/${encodeURIComponent(room)}/pins/${message?.cursor}`);
  }
  await theirs.locator("a.message-link").nth(1).waitFor();
  assertEquals(await theirs.locator(".excerpt").allInnerTexts(), ["셋째", "첫째"]);
  assertEquals(await theirs.getByRole("button", { name: "고정 풀기" }).count(), 0);
  await theirs.locator("a.message-link", { hasText: "첫째" }).click();
  await jihun.page.waitForFunction((cursor) => location.hash.includes(`/${cursor}`), first?.cursor);
  await side.locator("li", { hasText: "셋째" }).getByRole("button", { name: "고정 풀기" }).click();
  await theirs.locator("a.message-link", { hasText: "셋째" }).waitFor({ state: "detached" });
});

chat.test("an invitation is made, somebody new comes in by its link, and one that was ended says so", async ({ origin, enter, visit }) => {
  const { room } = await operate(origin, "POST", "/v1/rooms", { kind: "private", title: "안방" });
  // Safe: the service's documentation says so.
  const { name } = room as { name: string };
  const { code: mine } = await operate(origin, "POST", `/v1/rooms/${name}/invites`, {});
  const minji = await enter("민지", "바깥");
  await minji.page.evaluate((code) => location.hash = `#invite=${code}`, String(mine));
  await minji.page.getByRole("dialog").getByText("안방").waitFor();
  await minji.page.getByRole("dialog").getByRole("button", { name: "들어가기" }).click();
  await minji.page.locator("#room-name", { hasText: "안방" }).waitFor();
  await setRole(origin, name, await idOf(minji), "owner");

  const side = await open(minji, "details");
  await side.getByText("초대", { exact: true }).click();
  await side.getByRole("button", { name: "초대장 만들기" }).click();
  const link = await side.getByLabel("초대 링크").inputValue();
  assertMatch(link, new RegExp(`^${origin}/#invite=[\\w-]+$`));
  await side.getByText("민지님이 만듦").waitFor();

  const jihun = await visit(link.split("#")[1] ?? "");
  await jihun.page.goto(link);
  await jihun.page.reload();
  await jihun.page.fill("#name", "지훈");
  await jihun.page.press("#name", "Enter");
  await jihun.page.getByRole("dialog").getByText("민지님이 ‘안방’ 방에 초대했어요.").waitFor();
  await jihun.page.getByRole("dialog").getByRole("button", { name: "들어가기" }).click();
  await jihun.page.locator("#room-name", { hasText: "안방" }).waitFor();
  await jihun.say("초대 고마워요");
  await minji.reads(["초대 고마워요"]);

  // What was used up is gone when one looks again.
  await side.getByText("초대", { exact: true }).click();
  await side.getByText("초대", { exact: true }).click();
  await side.getByRole("button", { name: "끝내기" }).waitFor({ state: "detached" });
  await side.getByRole("button", { name: "초대장 만들기" }).click();
  await side.getByRole("button", { name: "끝내기" }).waitFor();
  const second = await side.getByLabel("초대 링크").inputValue();
  await side.getByRole("button", { name: "끝내기" }).click();
  await side.getByRole("button", { name: "끝내기" }).waitFor({ state: "detached" });
  const late = await enter("여름", "바깥");
  await late.page.goto(second);
  await late.page.getByRole("dialog").getByRole("alert").filter({ hasText: "초대" }).waitFor();
});

chat.test("reports are counted, lead to the message, and are dealt with; the trail tells of it", async ({ origin, pair }) => {
  const room = "신고-방";
  const [minji, jihun] = await pair(room);
  await jihun.say("사세요 사세요");
  await minji.reads(["사세요 사세요"]);
  const cursor = (await minji.shown())[0]?.cursor ?? "";
  await operate(origin, "POST", `/v1/rooms/${encodeURIComponent(room)}/messages/${cursor}/reports`, {
    reason: "광고예요",
  });
  await setRole(origin, room, await idOf(minji), "moderator");
  const side = await open(minji, "details");
  await side.locator("summary", { hasText: "신고" }).getByText("1").waitFor();
  await side.locator("summary", { hasText: "신고" }).click();
  await side.getByText("광고예요").waitFor();
  assertEquals(
    await side.getByRole("link", { name: "메시지 보기" }).getAttribute("href"),
    `#${encodeURIComponent(room)}/${encodeURIComponent(cursor)}`,
  );
  await side.getByRole("button", { name: "처리했어요" }).click();
  await side.getByText("민지님이 처리했어요").waitFor();
  await side.locator("summary .badge").first().waitFor({ state: "hidden" });
  await side.locator("summary", { hasText: "관리 기록" }).click();
  await side.getByText("민지님이 지훈님에 대한 신고를 처리했어요").waitFor();
});

chat.test("a room is saved as a file, archived and opened again, and its only owner cannot leave it", async ({ origin, pair }) => {
  const room = "마무리";
  const [minji, jihun] = await pair(room);
  await minji.say("남길 말");
  await jihun.reads(["남길 말"]);
  await setRole(origin, room, await idOf(minji), "owner");
  const side = await open(minji, "details");
  const [download] = await Promise.all([
    minji.page.waitForEvent("download"),
    side.getByRole("button", { name: "모두 파일로 저장하기" }).click(),
  ]);
  assertEquals(download.suggestedFilename(), `${room}.ndjson`);
  const saved = await Deno.readTextFile(await download.path());
  assertEquals(saved.trim().split("\n").map((line) => JSON.parse(line)).some(({ text }) => text === "남길 말"), true);

  await side.getByRole("button", { name: "보관하기…" }).click();
  await side.getByRole("button", { name: "보관하기", exact: true }).click();
  await jihun.page.getByText("보관된 방이에요.", { exact: false }).waitFor();
  assertEquals(await jihun.box.isVisible(), false);
  await side.getByRole("button", { name: "다시 열기" }).click();
  await jihun.box.waitFor();

  await side.getByRole("button", { name: "방에서 나가기" }).click();
  await minji.page.getByRole("dialog").getByRole("button", { name: "방에서 나가기" }).click();
  await minji.page.getByRole("dialog").getByRole("alert").getByText(
    "이 방의 방장이 나뿐이에요. 먼저 다른 사람을 방장으로 정해 주세요.",
  ).waitFor();
  const theirs = await open(jihun, "details");
  await theirs.getByRole("button", { name: "방에서 나가기" }).click();
  await jihun.page.getByRole("dialog").getByRole("button", { name: "방에서 나가기" }).click();
  await jihun.page.locator("#no-room", { hasText: room }).waitFor();
});

chat.test("a room that the network keeps away is not saved, and that is said", async ({ origin, enter }) => {
  const minji = await enter("민지", "못-남김");
  await setRole(origin, "못-남김", await idOf(minji), "owner");
  const side = await open(minji, "details");
  await minji.page.route("**/export", (route) => route.abort());
  await side.getByRole("button", { name: "모두 파일로 저장하기" }).click();
  await side.getByText("지금은 연결되어 있지 않아요.", { exact: false }).waitFor();
}, { losesNetwork: true });

chat.test("who is muted sees until when, also after a reload, and no more of it when it is over", async ({ origin, enter }) => {
  const room = "잠시-조용";
  const minji = await enter("민지", room);
  const note = minji.page.locator("#compose .compose-bar");
  const path = `/v1/rooms/${encodeURIComponent(room)}/mutes/${await idOf(minji)}`;
  await operate(origin, "PUT", path, { until: Date.now() + 3_600_000 });
  await note.filter({ hasText: "까지는 읽을 수만 있고" }).waitFor();
  await minji.page.reload();
  await note.filter({ hasText: "까지는 읽을 수만 있고" }).waitFor();
  // Nobody tells of its end.
  await operate(origin, "PUT", path, { until: Date.now() + 4_000 });
  await note.waitFor({ state: "hidden" });
  await minji.say("다시 말해요");
  await minji.reads(["다시 말해요"]);
});

chat.test("a stranger's first message is a request: it is answered, or hidden", async ({ pair, enter }) => {
  const [minji, jihun] = await pair("첫인사");
  const side = await open(minji, `people=${await idOf(jihun)}`);
  await side.getByRole("button", { name: "1:1로 대화하기" }).click();
  await minji.page.locator("#room-name", { hasText: "지훈" }).waitFor();
  await minji.say("처음 뵙겠습니다");
  await jihun.page.locator("#room-list section", { hasText: "대화 요청" }).getByText("민지").click();
  const line = jihun.page.locator("#request");
  await line.getByText("민지님이 처음으로 말을 걸었어요.", { exact: false }).waitFor();
  await line.getByRole("button", { name: "답하기" }).click();
  await jihun.page.locator("#composer:focus").waitFor();
  await jihun.say("반갑습니다");
  await line.waitFor({ state: "hidden" });

  const summer = await enter("여름", "첫인사");
  const theirs = await open(summer, `people=${await idOf(jihun)}`);
  await theirs.getByRole("button", { name: "1:1로 대화하기" }).click();
  await summer.page.locator("#room-name", { hasText: "지훈" }).waitFor();
  await summer.say("저도요");
  await goTo(jihun, "첫인사");
  await jihun.page.locator("#room-list section", { hasText: "대화 요청" }).getByText("여름").click();
  await line.getByRole("button", { name: "숨기기" }).click();
  await jihun.page.locator("#room-list").getByText("여름").waitFor({ state: "detached" });
});
