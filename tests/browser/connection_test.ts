import { assertEquals } from "@std/assert";
import type { WebSocketRoute } from "playwright-core";
import { assertSameLog, type Person, useChat } from "./chat.ts";
import { cutting, type Frame, framesSent, holdWire } from "./wire.ts";

const chat = useChat();
const LOSES_NETWORK = { losesNetwork: true };

chat.test("a page whose socket is dropped comes back without a gap or a double, and its own words go out once, in order", async ({ pair }) => {
  let joins: readonly Frame[] = [];
  let cut = () => Promise.resolve();
  const [minji, jihun] = await pair("끊김", {
    async prepare(page) {
      joins = framesSent(page, "join");
      cut = await cutting(page);
    },
  });
  const said: string[] = [];
  for (let round = 1; round <= 2; round++) {
    await jihun.say(`지훈 ${round}`);
    await minji.reads([...said, `지훈 ${round}`]);
    await cut();
    await minji.sayAtOnce([`민지 ${round} 하나`, `민지 ${round} 둘`, `민지 ${round} 셋`]);
    await minji.is("online");
    said.push(`지훈 ${round}`, `민지 ${round} 하나`, `민지 ${round} 둘`, `민지 ${round} 셋`);
    await jihun.reads(said);
    await minji.reads(said);
  }
  await assertSameLog(minji, jihun);
  assertEquals(joins.map((join) => typeof join["after"]), ["undefined", "string", "string"]);
});

chat.test(
  "a page whose network goes away notices, keeps what is written, and fits in what was said meanwhile",
  async ({ pair }) => {
    const [minji, jihun] = await pair("지하철");
    await minji.say("터널 앞");
    await jihun.reads(["터널 앞"]);
    await minji.visitor.context.setOffline(true);
    // Written before the page knows: on a line that is dead already.
    await minji.say("터널 안 하나");
    await minji.is("offline");
    await minji.say("터널 안 둘");
    await minji.page.getByText("연결되면 보내요").last().waitFor();
    await jihun.say("잘 들려요?", "여보세요?");
    await jihun.reads(["터널 앞", "잘 들려요?", "여보세요?"]);
    assertEquals((await minji.shown()).map(({ text, status }) => `${status} ${text}`), [
      "sent 터널 앞",
      "pending 터널 안 하나",
      "pending 터널 안 둘",
    ]);
    await minji.visitor.context.setOffline(false);
    await minji.is("online");
    const all = ["터널 앞", "잘 들려요?", "여보세요?", "터널 안 하나", "터널 안 둘"];
    await minji.reads(all);
    await jihun.reads(all);
    await assertSameLog(minji, jihun);
  },
  LOSES_NETWORK,
);

chat.test(
  "where the rooms stand alone, on a phone or before one has chosen a room, they tell of the connection",
  async ({ origin, enter }) => {
    for (const viewport of [{ width: 390, height: 844 }, { width: 1280, height: 720 }]) {
      let isThere = true;
      let cut = () => Promise.resolve();
      const person = await enter("민지", "거실", {
        viewport,
        async prepare(page) {
          await page.routeWebSocket(/\/ws$/, (socket) => {
            if (!isThere) return void socket.close({ code: 4_100, reason: "cut" });
            socket.connectToServer();
            cut = () => socket.close({ code: 4_100, reason: "cut" });
          });
        },
      });
      const told = person.page.locator("#rooms-status:visible");
      isThere = false;
      if (viewport.width > 1000) {
        await cut();
        await person.page.locator("#status:visible", { hasText: "연결이 끊겼어요." }).waitFor();
        assertEquals(await told.count(), 0, "the conversation beside them says it");
      }
      await person.page.goto("about:blank");
      await person.page.goto(`${origin}/#/`);
      await told.getByText("연결이 끊겼어요.").waitFor();
      isThere = true;
      await told.waitFor({ state: "detached" });
    }
  },
);

chat.test(
  "a server that restarts in order is waited for, and nothing is lost on either page",
  async ({ pair, startServer }) => {
    const server = await startServer();
    const [minji, jihun] = await pair("재시작", { origin: server.origin });
    await minji.say("하나");
    await jihun.say("둘");
    await bothRead([minji, jihun], 2);
    const { success } = await server.stop("SIGTERM");
    assertEquals(success, true);
    await Promise.all([minji.is("waiting"), jihun.is("waiting")]);
    await minji.sayAtOnce(["셋", "넷", "다섯"]);
    await jihun.sayAtOnce(["여섯", "일곱"]);
    await server.start();
    await Promise.all([minji.is("online"), jihun.is("online")]);
    await bothRead([minji, jihun], 7);
    await assertSameLog(minji, jihun);
    const texts = (await minji.shown()).map(({ text }) => text);
    assertEquals(texts.filter((text) => ["하나", "셋", "넷", "다섯"].includes(text)), ["하나", "셋", "넷", "다섯"]);
    assertEquals(texts.filter((text) => ["둘", "여섯", "일곱"].includes(text)), ["둘", "여섯", "일곱"]);
  },
  LOSES_NETWORK,
);

chat.test(
  "a server that is killed while messages are on their way has each of them once, and a fresh reader finds the same",
  async ({ enter, pair, startServer }) => {
    const server = await startServer();
    const [minji, jihun] = await pair("kill-9", { origin: server.origin });
    const mine = Array.from({ length: 12 }, (_, i) => `민지 ${i}`);
    const theirs = Array.from({ length: 12 }, (_, i) => `지훈 ${i}`);
    await Promise.all([minji.sayAtOnce(mine.slice(0, 6)), jihun.sayAtOnce(theirs.slice(0, 6))]);
    await minji.page.locator("li.own[data-status=sent]").first().waitFor();
    await server.stop("SIGKILL");
    await Promise.all([minji.sayAtOnce(mine.slice(6)), jihun.sayAtOnce(theirs.slice(6))]);
    await server.start();
    await bothRead([minji, jihun], 24);
    const fresh = await enter("여름", "kill-9", { origin: server.origin });
    await bothRead([fresh], 24);
    await assertSameLog(minji, jihun, fresh);
    const texts = (await minji.shown()).map(({ text }) => text);
    assertEquals(texts.filter((text) => text.startsWith("민지")), mine);
    assertEquals(texts.filter((text) => text.startsWith("지훈")), theirs);
  },
  LOSES_NETWORK,
);

chat.test("a frame of events that never came is noticed by the next one, and read again", async ({ pair }) => {
  let isLosing = false;
  let joins: readonly unknown[] = [];
  const [minji, jihun] = await pair("빈틈", {
    async prepare(page) {
      await holdWire(page, { in: (frame, text) => isLosing && frame["type"] === "events" ? undefined : text });
      joins = framesSent(page, "join");
    },
  });
  await jihun.say("보이는 말");
  await minji.reads(["보이는 말"]);
  isLosing = true;
  await jihun.say("잃은 말 하나", "잃은 말 둘");
  await jihun.reads(["보이는 말", "잃은 말 하나", "잃은 말 둘"]);
  isLosing = false;
  await jihun.say("다음 말");
  await minji.reads(["보이는 말", "잃은 말 하나", "잃은 말 둘", "다음 말"]);
  await assertSameLog(minji, jihun);
  assertEquals(joins.length, 2);
});

chat.test("a place in the log that the server no longer knows shows the newest page instead of a mixture", async ({ pair }) => {
  let hasForgotten = false;
  let socket: WebSocketRoute | undefined;
  const [minji, jihun] = await pair("잊은-자리", {
    prepare: (page) =>
      holdWire(page, {
        // As after a database was replaced: the cursor is asked of an epoch that is not this one's.
        out(frame, text, on) {
          socket = on;
          if (!hasForgotten || frame["type"] !== "join") return text;
          const { after: _, ...join } = frame;
          return JSON.stringify(join);
        },
      }),
  });
  await jihun.say("하나", "둘");
  await minji.reads(["하나", "둘"]);
  hasForgotten = true;
  await socket?.close({ code: 4_100 });
  await minji.is("online");
  await jihun.say("셋");
  await minji.reads(["하나", "둘", "셋"]);
  await assertSameLog(minji, jihun);
});

chat.test(
  "the bar tells the connection's state, counts down, and connects at a click",
  async ({ enter, startServer }) => {
    const server = await startServer();
    const minji = await enter("민지", "상태", { origin: server.origin, prepare: (page) => page.clock.install() });
    const { page } = minji;
    await page.getByText("연결됨", { exact: true }).waitFor();
    await server.stop("SIGKILL");
    await page.locator("#status", { hasText: /^연결이 끊겼어요\. 보낸 메시지는 안전해요\.$/ }).waitFor();
    await page.getByText(/초 뒤 다시 연결해요\.|다시 연결해요…/).waitFor();
    // With its clock at rest the page never tries by itself.
    await page.clock.pauseAt(Date.now() + 60_000);
    await server.start();
    await page.getByRole("button", { name: "지금 연결" }).click();
    await minji.is("online");
    await page.getByText("연결됨", { exact: true }).waitFor();
  },
  LOSES_NETWORK,
);

async function bothRead(people: readonly Person[], count: number): Promise<void> {
  await Promise.all(people.map(async ({ page }) => {
    await page.locator("li.message[data-status=sent]").nth(count - 1).waitFor();
    assertEquals(await page.locator("li.message").count(), count);
  }));
}
