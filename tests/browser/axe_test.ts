import { assertEquals, assertMatch } from "@std/assert";
import { findBarriers } from "./axe.ts";
import { useChat } from "./chat.ts";

const chat = useChat();

for (const colorScheme of ["light", "dark"] as const) {
  for (
    const [name, viewport] of [["wide", { width: 1300, height: 800 }], ["narrow", { width: 390, height: 800 }]] as const
  ) {
    chat.test(`axe finds nothing serious at the door and in a room (${name}, ${colorScheme})`, async ({ visit }) => {
      const person = await visit("문턱", { viewport, colorScheme });
      const { page } = person;
      await page.locator("#name:focus").waitFor();
      assertEquals(await findBarriers(page), []);
      await page.fill("#name", "민지");
      await page.press("#name", "Enter");
      await person.say("**굵게** `코드` https://example.com/", "```\n코드 블록\n```");
      await page.locator("li.own[data-status=sent]").nth(1).waitFor();
      assertEquals(await findBarriers(page), []);
    });
  }
}

chat.test("axe sees what is wrong: a control without a name, a faint text", async ({ enter }) => {
  const { page } = await enter("민지", "흠");
  await page.evaluate(() => {
    const button = document.createElement("button");
    const text = document.createElement("p");
    text.textContent = "faint";
    text.style.color = "#ccc";
    text.style.background = "#fff";
    document.querySelector("main")?.append(button, text);
  });
  const found = (await findBarriers(page)).join("\n");
  assertMatch(found, /^button-name: /m);
  assertMatch(found, /^color-contrast: /m);
});
