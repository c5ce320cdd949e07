import { assertEquals, assertRejects } from "@std/assert";
import { CursorExpired } from "../../layers/layer.ts";
import { createMemoryLayer } from "../../layers/memory.ts";
import { testContract } from "./contract.ts";
import { openMemorySetting } from "./settings.ts";
import { numbers, readAll, say, textsOf, witness } from "./witness.ts";

testContract("memory", { open: openMemorySetting, isLocal: true, groupsCommits: false });

Deno.test("[L3] a group forgets its oldest entries beyond a number, as if they were trimmed, and each group for itself", async () => {
  const layer = createMemoryLayer({ maxEntries: 40 });
  const quiet = await layer.publish("quiet", say("kept"));
  const seen = await witness(layer, "busy");
  const receipts = await Promise.all(numbers(1, 500).map((n) => layer.publish("busy", say(n))));
  await seen.sees(500);
  const log = textsOf(await readAll(layer, "busy"));
  assertEquals(log, numbers(500 - log.length + 1, 500));
  assertEquals(log.length >= 40 && log.length <= 50, true);
  await assertRejects(() => layer.read("busy", { after: receipts[400]?.cursor ?? "", limit: 9 }), CursorExpired);
  await assertRejects(() => witness(layer, "busy", { after: receipts[0]?.cursor ?? "" }), CursorExpired);
  assertEquals(
    textsOf((await layer.read("busy", { after: receipts[490]?.cursor ?? "", limit: 99 })).entries),
    numbers(492, 500),
  );
  assertEquals((await layer.read("quiet", { limit: 9 })).entries[0]?.cursor, quiet.cursor);
  await layer.close();
});

Deno.test("[L4] keys beyond a number are forgotten, the oldest first", async () => {
  const layer = createMemoryLayer({ maxKeys: 10 });
  for (const n of numbers(1, 15)) await layer.publish("room", say(n), { key: `${n}` });
  assertEquals((await layer.publish("room", say(6), { key: "6" })).duplicate, true);
  assertEquals((await layer.publish("room", say(5), { key: "5" })).duplicate, false);
  await layer.close();
});
