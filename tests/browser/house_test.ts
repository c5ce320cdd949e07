/**
 * What the page says to somebody whom a room does not let in, puts out or does not let write.
 *
 * @module
 */

import { type Person, useChat } from "./chat.ts";
import { API_KEY, idOf, operate } from "./operator.ts";

const chat = useChat({ env: { API_KEY } });

chat.test("a private room and one that does not exist are closed alike, and another room is open", async ({ origin, visit }) => {
  const { room } = await operate(origin, "POST", "/v1/rooms", { kind: "private" });
  // Safe: the service's documentation says so.
  const { name } = room as { name: string };
  for (const [open, closed] of [["안채", name], ["바깥채", `p-${"0".repeat(20)}`]] as const) {
    const person = await visit(closed);
    await person.page.fill("#name", "민지");
    await person.page.press("#name", "Enter");
    await person.page.getByText(`‘${closed}’ 방에 들어갈 수 없어요.`).waitFor();
    await goTo(person, open);
    await person.say("여기는 열려 있네요");
    await person.reads(["여기는 열려 있네요"]);
  }
});

chat.test("who is put out of a room is told so, and may come back; who is banned may not", async ({ origin, pair }) => {
  const [minji, jihun] = await pair("사랑방");
  await minji.say("안녕");
  await jihun.reads(["안녕"]);
  const id = await idOf(minji);
  await operate(origin, "DELETE", `/v1/rooms/사랑방/members/${id}`);
  await minji.page.getByText("이제 ‘사랑방’ 방에 있지 않아요.").waitFor();
  await goTo(minji, "사랑방");
  await minji.reads(["안녕"]);

  await operate(origin, "PUT", `/v1/rooms/사랑방/bans/${id}`, {});
  await minji.page.getByText("이제 ‘사랑방’ 방에 있지 않아요.").waitFor();
  await goTo(minji, "사랑방");
  await minji.page.getByText("‘사랑방’ 방에 들어갈 수 없어요.").waitFor();
  await jihun.say("조용하네요");
  await jihun.reads(["안녕", "조용하네요"]);
});

chat.test("who is muted sees that a message was not taken, and sends it when they may write again", async ({ origin, pair }) => {
  const [minji, jihun] = await pair("대청");
  const id = await idOf(minji);
  await operate(origin, "PUT", `/v1/rooms/대청/mutes/${id}`, {});
  await minji.say("들리나요");
  const failed = minji.page.locator("li.message[data-status=failed]");
  await failed.getByText("여기에 쓸 수 없어요").waitFor();
  await operate(origin, "DELETE", `/v1/rooms/대청/mutes/${id}`);
  await failed.getByRole("button").first().click();
  await jihun.reads(["들리나요"]);
});

/** Follows a link to a room. */
async function goTo({ page }: Person, room: string) {
  await page.evaluate((room) => location.hash = `#${encodeURIComponent(room)}`, room);
}
