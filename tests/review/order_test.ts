import { assertEquals } from "@std/assert";
import type { ChannelLayer } from "../../layers/layer.ts";
import { openKvLayer } from "../../layers/kv.ts";
import { createMemoryLayer } from "../../layers/memory.ts";
import { jihun, openRoom, stranger } from "../chat/message_room.ts";
import { gate } from "../layers/until.ts";

/** Holds back each first publish of a text that begins with "held", until the gate opens. */
function holding(layer: ChannelLayer, opened: Promise<unknown>): ChannelLayer {
  const held = new Set<unknown>();
  return {
    ...layer,
    async publish(group, event, options) {
      const text = event["text"];
      if (typeof text === "string" && text.startsWith("held") && !held.has(text)) {
        held.add(text);
        await opened;
      }
      return await layer.publish(group, event, options);
    },
  };
}

async function says(layer: ChannelLayer, end: () => void): Promise<void> {
  const opening = gate();
  await using room = await openRoom({ layer: holding(layer, opening.passed), end });
  await room.messages.send(jihun, "r", { text: "known", key: "k" });
  const sending = ["held 1", "held 2", "3 @nobody", "4", "5 @nobody", "6"].map((text) =>
    room.messages.send(jihun, "r", { text, key: text })
  );
  // What the first two rely on is over: they are refused, and decided again.
  await room.become(stranger, { role: "member", joinedAt: 0 });
  opening.open();
  await Promise.all(sending);
  const texts = (await room.log()).filter(({ type }) => type === "message").map(({ text }) => text);
  assertEquals(texts, ["known", "held 1", "held 2", "3 @nobody", "4", "5 @nobody", "6"]);
}

Deno.test("[V13] a plain message that has to be decided again is not overtaken by one that has more to look up: memory", async () => {
  await says(createMemoryLayer(), () => {});
});

Deno.test("[V13] a plain message that has to be decided again is not overtaken by one that has more to look up: kv", async () => {
  const kv = await Deno.openKv(":memory:");
  await says(await openKvLayer(kv), () => kv.close());
});
