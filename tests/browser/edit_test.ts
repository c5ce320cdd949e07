/**
 * Changing what one has said, and taking it back, by two people who see it of each other.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { type Person, useChat } from "./chat.ts";
import { chooseAction, findMessage } from "./messages.ts";
import { holdWire } from "./wire.ts";

const chat = useChat({ env: { SEND_RATE: "0" } });

chat.test("the arrow up edits one's last message; the others see it change", async ({ pair }) => {
  const [minji, jihun] = await pair("고치기");
  await minji.say("하나", "오타");
  await jihun.reads(["하나", "오타"]);
  await minji.box.press("ArrowUp");
  assertEquals(await minji.box.inputValue(), "오타");
  await minji.box.fill("고친 말");
  await minji.box.press("Enter");
  await minji.reads(["하나", "고친 말"]);
  await jihun.reads(["하나", "고친 말"]);
  assert((await jihun.page.locator(".edited").getAttribute("title"))?.includes("년"));
});

chat.test("the arrow up does not reach past a message that is still on its way", async ({ enter }) => {
  let holds = false;
  const minji = await enter("민지", "가는-중", {
    prepare: (page) => holdWire(page, { out: (_frame, text) => holds ? undefined : text }),
  });
  await minji.say("앞의 말");
  await minji.reads(["앞의 말"]);
  holds = true;
  await minji.say("가는 말");
  await minji.page.locator("li[data-status=pending]").waitFor();
  await minji.box.press("ArrowUp");
  assertEquals(await minji.box.inputValue(), "");
});

chat.test("an edit that is refused is taken back, and can be gone on with", async ({ enter }) => {
  const minji = await enter("민지", "고침-거절", {
    prepare: (page) =>
      holdWire(page, {
        out(frame, text, socket) {
          if (frame["type"] !== "edit") return text;
          socket.send(JSON.stringify({ id: frame["id"], error: { code: "forbidden", message: "" } }));
          return undefined;
        },
      }),
  });
  await minji.say("원래 말");
  await minji.reads(["원래 말"]);
  await minji.box.press("ArrowUp");
  await minji.box.fill("새 말");
  await minji.box.press("Enter");
  await minji.page.getByText("고치지 못했어요.").waitFor();
  await minji.reads(["원래 말"]);
  await minji.page.getByRole("button", { name: "다시 고치기" }).click();
  assertEquals(await minji.box.inputValue(), "새 말");
});

chat.test("an edit under way comes back after a reload, with the draft beside it, and is saved though its message is far above", async ({ pair, origin }) => {
  const [minji, jihun] = await pair("고치던-말");
  await minji.say("오타");
  await minji.reads(["오타"]);
  await minji.box.fill("쓰던 말");
  await edit(minji, "오타", "고친 말");
  await jihun.sayAtOnce(Array.from({ length: 130 }, (_, i) => `말 ${i}`));
  const last = findMessage(jihun, "말 129").and(jihun.page.locator("[data-status=sent]"));
  // A link to the last message: one comes back to where the edited one is not.
  const link = `${minji.page.url()}/${await last.getAttribute("data-cursor")}`;
  for (const elsewhere of ["about:blank", `${origin}/#다른-방`]) {
    await minji.page.goto(elsewhere);
    await findMessage(minji, "말 129").waitFor({ state: "detached" });
    await minji.page.goto(link);
    await findMessage(minji, "말 129").waitFor();
    await minji.page.locator("#compose[data-mode=edit]").waitFor();
    assertEquals(await minji.box.inputValue(), "고친 말");
  }
  assertEquals(await minji.page.locator(".compose-excerpt").textContent(), "오타");
  assertEquals(await findMessage(minji, "오타").count(), 0);
  await minji.box.press("Enter");
  assertEquals(await minji.box.inputValue(), "쓰던 말");
  await jihun.page.locator("#messages").evaluate((list) => list.scrollTop = 0);
  await jihun.page.getByText("고친 말", { exact: true }).waitFor();
});

chat.test("an edit whose message was deleted meanwhile is told, and its text stays as a draft", async ({ enter, origin }) => {
  const minji = await enter("민지", "지워진-말");
  await minji.say("오타");
  await minji.reads(["오타"]);
  await minji.box.fill("쓰던 말");
  await edit(minji, "오타", "고친 말");
  const cursor = await minji.page.locator("li.message").getAttribute("data-cursor");
  await minji.page.goto(`${origin}/#다른-방`);
  await minji.page.locator("#history:not(:empty)").waitFor();
  await minji.page.evaluate((path) => {
    const headers = { authorization: `Bearer ${localStorage.getItem("maru.token")}` };
    return fetch(path, { method: "DELETE", headers });
  }, `/v1/rooms/${encodeURIComponent("지워진-말")}/messages/${cursor}`);
  await minji.page.goto(`${origin}/#${encodeURIComponent("지워진-말")}`);
  await minji.page.getByText("삭제되었거나 더는 보관되지 않는 메시지예요.").waitFor();
  await minji.page.locator("#compose[data-mode=new]").waitFor();
  assertEquals(await minji.box.inputValue(), "쓰던 말\n고친 말");
});

chat.test("a deletion can be undone for some seconds; then it is one, for everybody", async ({ pair }) => {
  const [minji, jihun] = await pair("삭제");
  await minji.say("남을 말", "지울 말");
  await jihun.reads(["남을 말", "지울 말"]);
  await chooseAction(minji, "남을 말", "삭제");
  await minji.page.getByRole("button", { name: "되돌리기" }).click();
  await minji.reads(["남을 말", "지울 말"]);
  await chooseAction(minji, "지울 말", "삭제");
  await minji.page.getByRole("button", { name: "되돌리기" }).waitFor();
  await jihun.reads(["남을 말", "지울 말"]);
  await jihun.reads(["남을 말", "삭제된 메시지"]);
  await minji.reads(["남을 말", "삭제된 메시지"]);
});

chat.test("who leaves the page within these seconds has deleted it all the same", async ({ pair }) => {
  const [minji, jihun] = await pair("떠나기");
  await minji.say("지울 말");
  await jihun.reads(["지울 말"]);
  await chooseAction(minji, "지울 말", "삭제");
  await minji.page.getByRole("button", { name: "되돌리기" }).waitFor();
  await minji.page.goto("about:blank");
  await jihun.reads(["삭제된 메시지"]);
});

/** Writes another text for an own message into the box, and leaves it there. */
async function edit(person: Person, text: string, next: string): Promise<void> {
  await chooseAction(person, text, "고치기");
  await person.page.locator("#compose[data-mode=edit]").waitFor();
  await person.box.fill(next);
}
