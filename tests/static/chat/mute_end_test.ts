import { assertEquals } from "@std/assert";
import { awaitMuteEnd } from "../../../static/chat/mute_end.js";
import { createStanding } from "../../../static/chat/standing.js";
import { roomInfo } from "../listed_rooms.ts";

const INFO = roomInfo("r");

/** A room in which one is something, and timers that run when they are told to. */
function stage() {
  const standing = createStanding();
  const waits: number[] = [];
  const asked: PromiseWithResolvers<Record<string, unknown>>[] = [];
  let due = () => {};
  let room = "r";
  awaitMuteEnd({
    standing,
    room: () => room,
    ask() {
      const answer = Promise.withResolvers<Record<string, unknown>>();
      asked.push(answer);
      return answer.promise;
    },
    setTimeout(run, ms) {
      waits.push(ms);
      due = run;
      return 1;
    },
    clearTimeout: () => due = () => {},
    now: () => 1_000,
  });
  return {
    standing,
    waits,
    asked,
    pass: () => due(),
    goTo: (next: string) => room = next,
    async answer(index: number, you: Record<string, unknown>) {
      asked[index]?.resolve({ room: INFO, you });
      await asked[index]?.promise;
      await Promise.resolve();
    },
  };
}

Deno.test("the join does not say until when: it is asked, and when the time has come it is asked whether it is over", async () => {
  const { standing, waits, asked, pass, answer } = stage();
  standing.enter(INFO, "muted");
  await answer(0, { level: "muted", muted: { until: 61_000 } });
  assertEquals([standing.until, waits], [61_000, [60_000]]);
  pass();
  await answer(1, { level: "member" });
  assertEquals([standing.level, standing.bar, standing.until, asked.length], ["member", undefined, undefined, 2]);
});

Deno.test("a mute without an end is asked for once, and again after the next join of another room", async () => {
  const { standing, waits, asked, answer } = stage();
  standing.enter(INFO, "muted");
  await answer(0, { level: "muted", muted: {} });
  standing.enter({ ...INFO, title: "x" }, "muted");
  assertEquals([asked.length, waits], [1, []]);
  standing.leave();
  standing.enter(INFO, "muted");
  assertEquals(asked.length, 2);
});

Deno.test("an end that is told is waited for, and one that has passed by this clock not in a loop", () => {
  const { standing, waits, asked } = stage();
  standing.enter(INFO, "member");
  const muted = (until: number) =>
    standing.take([{
      type: "member",
      cursor: "c",
      at: 1,
      user: { id: "g_o", name: "o" },
      member: { id: "g_me", name: "me" },
      change: "muted",
      until,
    }], "g_me");
  muted(500);
  muted(400 * 86_400_000);
  assertEquals([waits, asked.length], [[1_000, 86_400_000], 0]);
});

Deno.test("an answer about a room that was left says nothing, and one that was lost is asked for again", async () => {
  const { standing, asked, goTo, answer } = stage();
  standing.enter(INFO, "muted");
  goTo("other");
  standing.enter(INFO, "muted");
  await answer(0, { level: "member" });
  assertEquals(standing.level, "muted");
  goTo("r");
  standing.leave();
  standing.enter(INFO, "muted");
  asked.at(-1)?.reject({ code: "lost" });
  await asked.at(-1)?.promise.catch(() => {});
  await Promise.resolve();
  const before = asked.length;
  standing.enter(INFO, "muted");
  assertEquals(asked.length, before + 1);
});
