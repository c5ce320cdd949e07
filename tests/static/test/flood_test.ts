import { assertEquals } from "@std/assert";
import { startFlood } from "../../../static/test/flood.js";
import { FakeClock } from "../fake_clock.ts";

/** Starts one; what it sends is counted with the time at which it was. */
function flooding(perSecond: number, seconds: number, room = Infinity) {
  const clock = new FakeClock();
  const times: number[] = [];
  const begin = clock.now();
  const done: number[] = [];
  const stop = startFlood({
    clock,
    perSecond,
    seconds,
    send() {
      if (times.length >= room) return false;
      times.push(clock.now() - begin);
      return true;
    },
    onDone: (sent) => done.push(sent),
  });
  return { clock, times, done, stop };
}

Deno.test("a flood sends as many as it says in the time that it says, evenly, and ends by itself", () => {
  const { clock, times, done } = flooding(50, 2);
  clock.pass(999);
  assertEquals([times.length, done], [50, []]);
  clock.pass(10_000);
  assertEquals([times.length, done, clock.pending], [100, [100], 0]);
  assertEquals(times.filter((at) => at === 0).length, 5);
});

Deno.test("a slow one sends now and then", () => {
  const { clock, times } = flooding(3, 1);
  clock.pass(5_000);
  assertEquals(times, [0, 300, 600]);
});

Deno.test("more than 1,000 messages, 100 a second, nobody gets", () => {
  for (const [perSecond, seconds] of [[1e9, 1e9], [Infinity, 10]] as const) {
    const { clock, times } = flooding(perSecond, seconds);
    clock.pass(60_000);
    assertEquals(times.length, perSecond === Infinity ? 10 : 1_000);
  }
  const { clock, times } = flooding(NaN, -1);
  clock.pass(60_000);
  assertEquals(times.length, 1);
});

Deno.test("it is over when nothing takes it, and when somebody stops it", () => {
  const lost = flooding(100, 10, 25);
  lost.clock.pass(60_000);
  assertEquals([lost.times.length, lost.done, lost.clock.pending], [25, [25], 0]);
  const stopped = flooding(10, 10);
  stopped.clock.pass(1_000);
  stopped.stop();
  assertEquals([stopped.done, stopped.clock.pending], [[11], 0]);
});
