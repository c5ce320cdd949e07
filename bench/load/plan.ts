/**
 * What the load generator is asked to do and what it answers. It takes one plan as a JSON argument and writes one JSON
 * object a line to stdout, so that whoever started it can sample the server at the marks.
 *
 * @module
 */

/** The protocols that the generator speaks. */
export type AdapterName = "maru_v1" | "maru_plain" | "bare" | "socket_io";

/** Send at a steady rate to one room and watch every delivery. */
export interface TrafficPlan {
  readonly mode: "traffic";
  readonly adapter: AdapterName;
  /** Port on 127.0.0.1. */
  readonly port: number;
  /** Sockets, all in one room; they take turns at sending. */
  readonly clients: number;
  /** Messages a second, all clients together. */
  readonly ratePerS: number;
  /** Seconds at that rate before anything is measured. */
  readonly warmUpS: number;
  /** Seconds measured. */
  readonly seconds: number;
  /** Longest wait for what is still under way when sending has ended, in milliseconds. */
  readonly drainMs: number;
}

/** Open connections, join them to rooms of 50, and say nothing. */
export interface IdlePlan {
  readonly mode: "idle";
  readonly adapter: AdapterName;
  /** Port on 127.0.0.1. */
  readonly port: number;
  /** Sockets besides the first one, which is open before the base is taken. */
  readonly connections: number;
  /** Pause before each of the two samples, in milliseconds. */
  readonly settleMs: number;
}

/** Either plan. */
export type LoadPlan = TrafficPlan | IdlePlan;

/** What one run of traffic came to. Times are milliseconds of one monotonic clock. */
export interface TrafficResult {
  /** Messages written to sockets. */
  readonly sent: number;
  /** Messages acknowledged; equal to `sent` where the protocol has no acknowledgements. */
  readonly acked: number;
  /** Whether the protocol acknowledges. */
  readonly acknowledges: boolean;
  /** Messages refused by the server, and the first refusal's words. */
  readonly refused: number;
  readonly refusal?: string;
  /** Length of the measured window. */
  readonly windowMs: number;
  /** Messages received within the window, summed over all clients. */
  readonly deliveriesInWindow: number;
  /** Messages received from the first to the last, summed over all clients. */
  readonly deliveries: number;
  /** Acknowledged messages that did not reach a client, summed over all clients. */
  readonly lost: number;
  /** Messages that reached a client a second time, summed over all clients. */
  readonly doubled: number;
  /** Different orders seen: 1 when all clients saw the same messages in the same order. */
  readonly orders: number;
  /** Frames whose `prev` was not the cursor that the client held. */
  readonly gaps: number;
  /** Frames that were not understood. */
  readonly foreign: number;
  /** Connections that ended before the generator ended them. */
  readonly disconnects: number;
  /** From the scheduled time of a message of the window to its receipt, over all deliveries of those messages. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** How late the generator itself was at sending. */
  readonly lagP99Ms: number;
  readonly lagMaxMs: number;
  /** Messages not yet acknowledged (or not yet with everyone) when the last one was sent. */
  readonly backlog: number;
  /** From the last message sent to the last delivery. */
  readonly drainMs: number;
  /** Whether nothing was under way any more within the plan's `drainMs`: all had arrived, or what had not was lost. */
  readonly drained: boolean;
  /** Frames parsed, and frames recognized by their bytes alone. */
  readonly framesParsed: number;
  readonly framesRecognized: number;
}

/** A line of the generator's stdout. */
export type LoadEvent =
  | { readonly event: "window_start" | "window_end" | "idle_base" | "idle_full" }
  | { readonly event: "traffic_done"; readonly result: TrafficResult };
