import { assertEquals } from "@std/assert";
import { FrameGraph } from "./frame_graph.ts";
import { Tally } from "./tally.ts";

Deno.test("Tally counts what is lost, what is doubled and how many orders there were", () => {
  const tally = new Tally(3, 4, 0);
  for (const message of [0, 1, 2]) tally.acknowledged(message);
  tally.delivered(0, Int32Array.of(0, 1, 2), 1);
  tally.delivered(1, Int32Array.of(0), 1);
  tally.delivered(1, Int32Array.of(1, 2), 2);
  assertEquals([tally.missing(), tally.doubled, tally.orders()], [3, 0, 2]);

  tally.delivered(2, Int32Array.of(1, 0, 1), 3);
  assertEquals([tally.missing(), tally.doubled, tally.orders()], [1, 1, 2]);
  assertEquals(tally.deliveries, 9);
});

Deno.test("Tally measures from the time when a message was due, and only messages of the window", () => {
  const tally = new Tally(1, 2, 1);
  tally.scheduled(0, 0);
  tally.scheduled(1, 100);
  tally.delivered(0, Int32Array.of(0, 1), 130.05);
  assertEquals([tally.latency.count, tally.latency.quantileMs(0.5)], [1, 30.1]);
});

Deno.test("FrameGraph recognizes a frame by its bytes, and knows when it does not follow", () => {
  const graph = new FrameGraph();
  const bytes = new TextEncoder().encode("a frame of some bytes");
  const view = new DataView(Uint8Array.of(0, ...bytes).buffer);
  const start = graph.state("c0");
  assertEquals(graph.find(start, view, 1, bytes.length), undefined);
  const edge = graph.add(start, bytes, { numbers: [1, 2], key: "c2", prev: "c0" });
  assertEquals(graph.find(start, view, 1, bytes.length), edge);
  assertEquals(edge.gap, false);

  view.setUint8(bytes.length, 0);
  assertEquals(graph.find(start, view, 1, bytes.length), undefined, "the last byte differs");
  assertEquals(graph.add(edge.to, bytes, { numbers: [4], key: "c4", prev: "c3" }).gap, true);
});
