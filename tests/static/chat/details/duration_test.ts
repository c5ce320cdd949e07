import { assertEquals } from "@std/assert";
import { duration } from "../../../../static/chat/details/duration.js";
import { createI18n } from "../../../../static/ui/i18n.js";

Deno.test("a time is told in the largest unit that says it whole", async () => {
  const i18n = await createI18n("en", ["en"], { languages: ["en", "ko"] });
  await i18n.learnPanes();
  assertEquals([0, 1, 45, 60, 90, 300, 3_600, 5_400, 21_600].map((seconds) => duration(i18n, seconds)), [
    "No wait",
    "1 second",
    "45 seconds",
    "1 minute",
    "90 seconds",
    "5 minutes",
    "1 hour",
    "90 minutes",
    "6 hours",
  ]);
});
