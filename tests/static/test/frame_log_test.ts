import { assertEquals } from "@std/assert";
import { createFrameLog, isMatch, pretty } from "../../../static/test/frame_log.js";
import { FakeClock } from "../fake_clock.ts";

Deno.test("an entry has its direction, its bytes in UTF-8, the clock's time and that since the socket was opened", () => {
  const clock = new FakeClock();
  const log = createFrameLog(clock);
  clock.pass(70);
  log.opened();
  clock.pass(30);
  assertEquals(log.addFrame("out", '{"글":1}'), {
    direction: "out",
    text: '{"글":1}',
    bytes: 9,
    at: clock.now(),
    sinceMs: 30,
  });
  assertEquals(log.addFrame("in", new Uint8Array([0, 255]).buffer).text, "00 ff");
  assertEquals(log.addNote("closed").bytes, 0);
});

Deno.test("the oldest entries go, a frame of a megabyte is cut, and cleared is empty", () => {
  const log = createFrameLog({ now: () => 0, max: 3 });
  for (const text of ["1", "2", "3", "4"]) log.addFrame("in", text);
  assertEquals(log.entries.map(({ text }) => text), ["2", "3", "4"]);
  const large = log.addFrame("out", "😀".repeat(250_000));
  assertEquals([large.bytes, large.text.length, large.text.isWellFormed()], [1_000_000, 20_001, true]);
  log.clear();
  assertEquals(log.entries, []);
});

Deno.test("a filter looks for text in either case and for a direction; notes go with both", () => {
  const entry = { direction: "in", text: '{"type":"Events"}', bytes: 1, at: 0, sinceMs: 0 } as const;
  const note = { ...entry, direction: "note", text: "open" } as const;
  assertEquals(isMatch(entry, { text: " events ", direction: "" }), true);
  assertEquals(isMatch(entry, { text: "hello", direction: "" }), false);
  assertEquals(isMatch(entry, { text: "", direction: "out" }), false);
  assertEquals(isMatch(note, { text: "", direction: "out" }), true);
});

Deno.test("JSON is put over several lines, anything else stays as it is", () => {
  assertEquals(pretty('{"a":1}'), '{\n  "a": 1\n}');
  assertEquals(pretty('{"a":'), '{"a":');
});
