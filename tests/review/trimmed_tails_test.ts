import { assertEquals } from "@std/assert";
import { roomGroup } from "../../chat/keys.ts";
import { callerOf, chatStage } from "../chat/chat_stage.ts";
import { until } from "../layers/until.ts";

const MINJI = callerOf("g_minji", "민지");
const JUN = callerOf("g_jun", "준");

for (const kind of ["memory", "kv"] as const) {
  Deno.test(`${kind}: what a room keeps no longer is told and counted no longer in the lists of those who are in it`, async () => {
    await using at = await chatStage(kind);
    await at.enter("lobby", MINJI, JUN);
    const first = await at.say(JUN, "lobby", "secret");
    const last = await at.say(JUN, "lobby", "secret");
    const seen = async () => {
      const { unread, lastMessage } = await at.counts(MINJI, "lobby");
      return [unread, lastMessage?.text];
    };
    assertEquals(await seen(), [2, "secret"]);
    await at.layer.trim(roomGroup("lobby"), first);
    await until(async () => (await at.unread(MINJI, "lobby")) === 1, "one is left");
    // Also while nobody listens: a tail is left alone when nobody has asked for it for a minute.
    at.timers.advance(120_000);
    await at.layer.trim(roomGroup("lobby"), last);
    await until(async () => (await at.unread(MINJI, "lobby")) === 0, "none is left");
    assertEquals(await seen(), [0, undefined]);
    await at.say(JUN, "lobby", "new");
    await until(async () => (await at.unread(MINJI, "lobby")) === 1, "what comes then counts");
    assertEquals(await seen(), [1, "new"]);
  });
}
