/**
 * A run of traffic: everyone enters one room, messages go out by the clock, every delivery is counted.
 *
 * @module
 */

import { adapterOf } from "./adapters/adapter_of.ts";
import { enterAll } from "./enter_all.ts";
import { FrameGraph } from "./frame_graph.ts";
import { Histogram } from "./histogram.ts";
import { openLibc } from "./libc.ts";
import type { LoadEvent, TrafficPlan, TrafficResult } from "./plan.ts";
import { Poller } from "./poller.ts";
import { createReceiver, type Shared } from "./receiver.ts";
import { sendEvenly } from "./schedule.ts";
import { Tally } from "./tally.ts";

const BUFFER_BYTES = 128 * 1024;
/** After the last delivery that was awaited, the time in which a double would still be noticed. */
const LINGER_MS = 300;
/** After that long without a delivery, what has not come will not come. */
const QUIET_MS = 3_000;

/**
 * Runs the plan to its end. It never yields to the event loop: nothing else runs in this process.
 *
 * @param run As in `createMaruV1`.
 * @param mark Is told when the measured window opens and closes.
 */
export function runTraffic(plan: TrafficPlan, run: string, mark: (event: LoadEvent) => void): TrafficResult {
  const { clients, ratePerS, port } = plan;
  const total = ratePerS * (plan.warmUpS + plan.seconds);
  const firstMeasured = ratePerS * plan.warmUpS;
  const adapter = adapterOf(plan.adapter, run);
  const tally = new Tally(clients, total, firstMeasured);
  const shared: Shared = {
    ...{ adapter, graph: new FrameGraph(), tally },
    ...{ framesParsed: 0, framesRecognized: 0, gaps: 0, foreign: 0, refused: 0 },
  };
  const libc = openLibc();
  const poller = new Poller(libc);
  const entered = [...enterAll({ libc, adapter, port, first: 0, count: clients, bufferBytes: BUFFER_BYTES })];
  entered.forEach((one, client) => poller.add(one.socket, createReceiver(shared, one, client)));

  const lag = new Histogram();
  let windowStartMs = 0;
  let lastSendMs = 0;
  sendEvenly({
    ratePerS,
    total,
    pause: (ms) => poller.turn(ms),
    send(message, dueAtMs) {
      const nowMs = performance.now();
      if (message === firstMeasured) {
        windowStartMs = nowMs;
        tally.windowOpen = true;
        mark({ event: "window_start" });
      }
      if (message >= firstMeasured) lag.add(nowMs - dueAtMs);
      tally.scheduled(message, dueAtMs);
      lastSendMs = nowMs;
      entered[message % clients]?.socket.send(adapter.say(message));
      if (!adapter.acknowledges) tally.acknowledged(message);
    },
  });
  const backlog = unfinished(shared, total, clients);
  poller.run(windowStartMs + plan.seconds * 1000);
  tally.windowOpen = false;
  const windowMs = performance.now() - windowStartMs;
  mark({ event: "window_end" });

  const drained = drain(poller, shared, plan, lastSendMs);
  const disconnects = entered.filter(({ socket }) => socket.closed).length;
  for (const { socket } of entered) socket.close();
  return {
    ...{ sent: total, acked: tally.acked, acknowledges: adapter.acknowledges, refused: shared.refused },
    ...shared.refusal !== undefined && { refusal: shared.refusal },
    ...{ windowMs, deliveriesInWindow: tally.deliveriesInWindow, deliveries: tally.deliveries },
    ...{ lost: tally.missing(), doubled: tally.doubled, orders: tally.orders() },
    ...{ gaps: shared.gaps, foreign: shared.foreign + tally.foreign, disconnects },
    ...{ p50Ms: tally.latency.quantileMs(0.5), p99Ms: tally.latency.quantileMs(0.99), maxMs: tally.latency.maxMs },
    ...{ lagP99Ms: lag.quantileMs(0.99), lagMaxMs: lag.maxMs },
    ...{ backlog, drained, drainMs: Math.max(0, tally.lastDeliveryAtMs - lastSendMs) },
    ...{ framesParsed: shared.framesParsed, framesRecognized: shared.framesRecognized },
  };
}

/** Messages that are not done: not answered, or, where nothing is answered, not yet with everyone. */
function unfinished({ adapter, tally, refused }: Shared, sent: number, clients: number): number {
  return adapter.acknowledges ? sent - tally.acked - refused : Math.ceil((sent * clients - tally.deliveries) / clients);
}

/**
 * Waits until all messages are answered and with everyone, or until nothing has come for so long that the rest is lost;
 * false when there is still something coming after `drainMs`.
 */
function drain(poller: Poller, shared: Shared, { drainMs, clients }: TrafficPlan, lastSendMs: number) {
  const { tally } = shared;
  const isDone = () => {
    const answered = tally.acked + shared.refused >= tally.messages;
    return answered && tally.deliveries - tally.doubled >= tally.acked * clients;
  };
  const isQuiet = () => performance.now() - Math.max(lastSendMs, tally.lastDeliveryAtMs) > QUIET_MS;
  poller.run(lastSendMs + drainMs, () => isDone() || isQuiet());
  const drained = isDone() || isQuiet();
  poller.run(performance.now() + LINGER_MS);
  return drained;
}
